import { startWait, upgradeStatus } from '../functions/workflow/upgrade-status/upgrade-status';
import type { Log } from '../functions/shared/log';
import { type DomainMessage, type MessageInput, parseMessage } from '../functions/shared/messages';
import { ACCOUNT_PRINCIPAL, type AwsApi } from '../local/core/api';
import { drivenClock } from '../local/core/clock';
import { createStatesService } from '../local/services/states/states-service';
import { lambdaModel } from './lambda-model';
import { memoryInbox } from './memory-inbox';
import { type BucketUse, quotaBuckets } from './quota-buckets';
import type { QuotaName } from './quotas';
import { workflowDefinition } from './workflow-definition';

export interface SimulationRequest {
  readonly devices: number;
  /** Devices per second that begin. */
  readonly rate: number;
  readonly region: string;
  /** From the command to the boot into the firmware, seconds. */
  readonly deviceSeconds: number;
}

export interface SimulationResult {
  readonly succeeded: number;
  readonly failed: number;
  /** Notifications whose workflow could not be started: they are in the queue of rule errors. */
  readonly notStarted: number;
  readonly deadLetters: number;
  /** Seconds from the first notification to the last outcome. */
  readonly seconds: number;
  /** Outcomes per second, between the first and the last. */
  readonly achievedRate: number;
  readonly uses: readonly BucketUse[];
  /** How many devices had their outcome, by seconds since the first notification. */
  readonly done: readonly (readonly [seconds: number, devices: number])[];
}

const START = Date.UTC(2026, 0, 1);
const CALLER = { principal: ACCOUNT_PRINCIPAL, requestId: 'simulation' };
const TARGET = '2.0.0';
/** A message between device and broker takes so long, milliseconds. */
const NETWORK_MS = 100;
/** Shares of the device's time after which it reports transfer, end of the operation, and boot. */
const STEPS = { FIRMWARE_TRANSFERRED: 0.6, DOWNLOAD_OPERATION_DONE: 0.65, DEVICE_REBOOTED: 1 } as const;

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  count: () => undefined,
  measure: () => undefined,
  with: () => silent,
};

const notification = (thingName: string, now: number) => ({
  timestamp: Math.floor(now / 1000),
  thingName,
  operationId: 'Plan-simulated.1',
  execution: {
    ...{ jobId: 'Plan-simulated', status: 'QUEUED', executionNumber: 1, versionNumber: 1 },
    ...{ queuedAt: Math.floor(now / 1000), lastUpdatedAt: Math.floor(now / 1000) },
    jobDocument: { firmwareVersion: TARGET },
  },
});

const textOf = (payload: unknown): string => (payload instanceof Uint8Array ? Buffer.from(payload).toString() : '{}');

/**
 * The whole way of a roll-out, from the notification to the outcome, under AWS's quotas: the real state machine on a clock that
 * jumps, the real functions of the waits, and models of the others and of the devices that make the same calls in the same order.
 */
export const simulate = async (request: SimulationRequest): Promise<SimulationResult> => {
  const { devices, rate, region, deviceSeconds } = request;
  const clock = drivenClock(START);
  const buckets = quotaBuckets(clock, region);
  const lambda = lambdaModel(clock, buckets);
  const inbox = memoryInbox(lambda);
  const releases = new Map<string, () => void>();
  const outcomes: number[] = [];
  const counts = { succeeded: 0, failed: 0, notStarted: 0 };

  const settle = async (operation: 'SendTaskSuccess' | 'SendTaskFailure', input: Readonly<Record<string, unknown>>) => {
    await lambda.call('send-task');
    try {
      await states.operations[operation]?.(input as never, CALLER);
      return true;
    } catch {
      return false;
    }
  };
  const tasks = {
    succeed: (taskToken: string, output: Readonly<Record<string, string>>) =>
      settle('SendTaskSuccess', { taskToken, output: JSON.stringify(output) }),
    fail: (taskToken: string, error: string, cause: string) => settle('SendTaskFailure', { taskToken, error, cause }),
  };
  const status = { inbox, tasks, now: clock.now };
  const onStatus = upgradeStatus(status);
  const onWait = startWait(status, silent);

  const publish = async (message: MessageInput): Promise<void> => {
    await lambda.call('sns-publish');
    deliver(parseMessage(message));
  };
  /** A message of the device: the rule hands it to the function that handles device messages. */
  const says = (afterMs: number, work: () => Promise<void>) =>
    void clock.setTimeout(() => {
      try {
        buckets.take('publish-in');
        buckets.take('rules');
        lambda.event(work);
      } catch {
        // The broker refuses what exceeds its rate, and the device sends it again (QoS 1).
        says(1000 * (1 + Math.random()), work);
      }
    }, afterMs);

  /** The device takes the command, and reports each step; the change of its version comes with the boot. */
  const takeCommand = ({
    thingName,
    id,
    token,
    firmwareVersion,
  }: Extract<DomainMessage, { name: 'START_UPGRADE' }>) => {
    const operation = { id, operationId: id, thingName };
    says(NETWORK_MS, async () => {
      await lambda.call('dynamodb-write', 2);
      await publish({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id, thingName, token, firmwareVersion });
    });
    const at = (step: keyof typeof STEPS) => STEPS[step] * deviceSeconds * 1000;
    for (const name of ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE'] as const)
      says(at(name), () => publish({ name, ...operation, status: 'SUCCESS', receivedAt: clock.now() }));
    says(at('DEVICE_REBOOTED'), async () => {
      await lambda.call('dynamodb-write', 2);
      await publish({ name: 'DEVICE_REBOOTED', ...operation, status: 'SUCCESS', firmwareVersion });
    });
    says(at('DEVICE_REBOOTED'), () => lambda.call('dynamodb-write', 2));
  };

  const ended = (outcome: 'succeeded' | 'failed', thingName: string) => {
    counts[outcome] += 1;
    outcomes.push((clock.now() - START) / 1000);
    releases.get(thingName)?.();
    releases.delete(thingName);
  };
  /** The functions that SNS invokes with a message. */
  const deliver = (message: DomainMessage): void => {
    switch (message.name) {
      case 'START_UPGRADE':
        return lambda.event(async () => {
          await lambda.call('dynamodb-read', 0.5);
          await lambda.call('dynamodb-write', 2);
          await lambda.call('publish-in');
          await lambda.call('publish-out');
          takeCommand(message);
        });
      case 'DEVICE_STARTED_DOWNLOAD_SUCCESS':
        lambda.event(
          async () => void (await tasks.succeed(message.token, { status: 'SUCCESS', token: message.token })),
        );
        return lambda.event(() => lambda.call('update-job-execution'));
      case 'FIRMWARE_TRANSFERRED':
      case 'DOWNLOAD_OPERATION_DONE':
      case 'DEVICE_REBOOTED':
        return lambda.event(() => onStatus(message, silent));
      case 'FIRMWARE_UPGRADE_SUCCESS':
      case 'FIRMWARE_UPGRADE_FAIL':
        return lambda.event(async () => {
          await lambda.call('update-job-execution');
          ended(message.name === 'FIRMWARE_UPGRADE_SUCCESS' ? 'succeeded' : 'failed', message.thingName);
        });
    }
  };

  const CALLS: Readonly<Record<string, readonly [QuotaName, number]>> = {
    'dynamodb:UpdateItem': ['dynamodb-write', 1],
    'iot:DescribeThing': ['describe-thing', 1],
    'iot:GetThingConnectivityData': ['connectivity', 1],
    'iot:UpdateThing': ['update-thing', 1],
    'sns:Publish': ['sns-publish', 1],
  };
  /** What the state machine calls. */
  const api: AwsApi = {
    call: async (service, operation, input) => {
      const name = `${service}:${operation}`;
      if (name === 'lambda:Invoke') {
        const payload: unknown = JSON.parse(textOf(input['Payload']));
        await lambda.invoke(() => onWait(payload));
        return { StatusCode: 200, Payload: Buffer.from('null') };
      }
      const call = CALLS[name];
      if (!call) throw new Error(`the state machine called ${name}, which the simulation does not know`);
      buckets.take(...call);
      if (name === 'sns:Publish') deliver(parseMessage(JSON.parse(String(input['Message']))));
      if (name === 'iot:DescribeThing') return { attributes: { firmwareVersion: '1.0.0' } };
      if (name === 'iot:GetThingConnectivityData') return { connected: true, timestamp: new Date(START) };
      return {};
    },
  };
  const states = createStatesService({
    ...{ clock, api, report: () => undefined },
    environment: { accountId: '000000000000', region },
  });
  // AWS delays a transition that exceeds the rate; here it is counted only.
  states.onStateEntered(() => {
    try {
      buckets.take('state-transitions');
    } catch {
      // Counted as refused.
    }
  });
  const { stateMachineArn } = states.createStateMachine({
    ...{ name: 'simulated', definition: workflowDefinition() },
    roleArn: 'arn:aws:iam::000000000000:role/simulated',
  });

  /** The rule starts the workflow. */
  const begin = (index: number) => {
    const thingName = `device-${index}`;
    try {
      buckets.take('rules');
      buckets.take('publish-in');
      buckets.take('publish-out');
      buckets.take('start-execution');
    } catch {
      counts.notStarted += 1;
      return;
    }
    const release = buckets.hold('open-executions');
    if (!release) {
      counts.notStarted += 1;
      return;
    }
    releases.set(thingName, release);
    const input = JSON.stringify(notification(thingName, clock.now()));
    void states.operations['StartExecution']?.({ stateMachineArn, name: thingName, input } as never, CALLER);
  };
  for (let index = 0; index < devices; index += 1) clock.setTimeout(() => begin(index), (index / rate) * 1000);
  await clock.runAll();
  states.close();

  const [first = 0] = outcomes;
  const last = outcomes.at(-1) ?? 0;
  return {
    ...counts,
    deadLetters: lambda.deadLetters(),
    seconds: last,
    achievedRate: last > first ? (outcomes.length - 1) / (last - first) : 0,
    uses: buckets.uses(),
    done: outcomes.map((seconds, index) => [seconds, index + 1] as const),
  };
};
