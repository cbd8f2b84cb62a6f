import {
  DescribeIndexCommand,
  GetIndexingConfigurationCommand,
  type IoTClient,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';
import * as v from 'valibot';
import { isAwsError } from '../../shared/errors';
import type { CustomResource } from '../custom-resource';

/** Switches on registry and connectivity indexing; what is on already, and more, stays as it is. */
export const enableFleetIndexing = (iot: IoTClient) => async (): Promise<void> => {
  const { thingIndexingConfiguration } = await iot.send(new GetIndexingConfigurationCommand({}));
  // AWS owns the managed fields, and an update cannot change them:
  // https://docs.aws.amazon.com/iot/latest/apireference/API_ThingIndexingConfiguration.html
  const { managedFields: _managed, ...current } = thingIndexingConfiguration ?? { thingIndexingMode: undefined };
  const registry = current.thingIndexingMode !== undefined && current.thingIndexingMode !== 'OFF';
  if (registry && current.thingConnectivityIndexingMode === 'STATUS') return;
  await iot.send(
    new UpdateIndexingConfigurationCommand({
      thingIndexingConfiguration: {
        ...current,
        thingIndexingMode: registry ? current.thingIndexingMode : 'REGISTRY',
        thingConnectivityIndexingMode: 'STATUS',
      },
    }),
  );
};

const INDEX = 'AWS_Things';
/** How long the index may take. In the template the function and CloudFormation wait longer, so that the reason is reported. */
export const INDEX_DEADLINE_MS = 540_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

const indexStatus = async (iot: IoTClient): Promise<string> => {
  try {
    return (await iot.send(new DescribeIndexCommand({ indexName: INDEX }))).indexStatus ?? 'without status';
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return 'not there';
    throw error;
  }
};

export interface Time {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/**
 * Waits until the fleet index can be searched: AWS builds it for minutes after it was switched on.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeIndex.html
 * @throws Error when it takes longer than the deadline
 */
export const untilIndexIsActive =
  (iot: IoTClient, { now, wait }: Time) =>
  async (): Promise<void> => {
    const deadline = now() + INDEX_DEADLINE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const status = await indexStatus(iot);
      if (status === 'ACTIVE') return;
      if (now() + pause > deadline)
        throw new Error(
          `The fleet index ${INDEX} is ${status} after ${INDEX_DEADLINE_MS / 60_000} minutes. ` +
            `When "aws iot describe-index --index-name ${INDEX}" says ACTIVE, deploy again.`,
        );
      await wait(pause);
    }
  };

/** Switches on the events of jobs and job executions; other event types stay as they are. */
export const enableJobEvents = (iot: IoTClient) => async (): Promise<void> => {
  await iot.send(
    new UpdateEventConfigurationsCommand({
      eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } },
    }),
  );
};

const flag = v.picklist(['true', 'false']);
const propertiesSchema = v.object({ EnableFleetIndexing: flag, EnableJobEvents: flag });

export interface AccountSettingsDeps {
  readonly enableFleetIndexing: () => Promise<void>;
  /** @throws Error when the index does not become active in time */
  readonly untilIndexIsActive: () => Promise<void>;
  readonly enableJobEvents: () => Promise<void>;
}

/** Switches on what the stack needs account-wide. A delete leaves it on: others may rely on it. */
export const accountSettingsResource = (deps: AccountSettingsDeps): CustomResource => ({
  apply: async (properties) => {
    const { EnableFleetIndexing, EnableJobEvents } = v.parse(propertiesSchema, properties);
    if (EnableJobEvents === 'true') await deps.enableJobEvents();
    if (EnableFleetIndexing === 'true') {
      await deps.enableFleetIndexing();
      await deps.untilIndexIsActive();
    }
    return {};
  },
  remove: () => Promise.resolve(),
});
