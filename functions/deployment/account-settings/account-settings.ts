import {
  GetIndexingConfigurationCommand,
  type IoTClient,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';
import * as v from 'valibot';
import type { CustomResource } from '../custom-resource';

/** Switches on registry and connectivity indexing; what is on already, and more, stays as it is. */
export const enableFleetIndexing = (iot: IoTClient) => async (): Promise<void> => {
  const { thingIndexingConfiguration: current } = await iot.send(new GetIndexingConfigurationCommand({}));
  const registry = current?.thingIndexingMode !== undefined && current.thingIndexingMode !== 'OFF';
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
  readonly enableJobEvents: () => Promise<void>;
}

/** Switches on what the stack needs account-wide. A delete leaves it on: others may rely on it. */
export const accountSettingsResource = (deps: AccountSettingsDeps): CustomResource => ({
  apply: async (properties) => {
    const { EnableFleetIndexing, EnableJobEvents } = v.parse(propertiesSchema, properties);
    if (EnableFleetIndexing === 'true') await deps.enableFleetIndexing();
    if (EnableJobEvents === 'true') await deps.enableJobEvents();
    return {};
  },
  remove: () => Promise.resolve(),
});
