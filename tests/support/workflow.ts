import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_PRINCIPAL, type AwsApi } from '../../local/core/api';
import { AwsError } from '../../local/core/aws-error';
import { drivenClock } from '../../local/core/clock';
import { createStatesService } from '../../local/services/states/states-service';
import { substituted } from '../../local/template/substitutions';
import { isAwsError } from '../../functions/shared/errors';
import { operationIdOf } from '../../functions/jobs/operation-id';
import { type MessageOf, parseMessage } from '../../functions/shared/messages';
import {
  startWait,
  upgradeStatus,
  type UpgradeStatusDeps,
} from '../../functions/workflow/upgrade-status/upgrade-status';
import { fakeInbox } from '../unit/functions/support/fake-inbox';
import { fakeLog } from '../unit/functions/support/fakes';
import { ROOT } from './template';

type DeviceReport = MessageOf<
  'FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE' | 'DEVICE_REBOOTED' | 'ACTIVATION_FAILED'
>;
const CALLER = { principal: ACCOUNT_PRINCIPAL, requestId: 'r' };

/** Values for the substitutions of the definition, as the template gives them. */
export const SUBSTITUTIONS: Readonly<Record<string, string>> = {
  Partition: 'aws',
  ExecutionsTable: 'executions',
  EventsTopicArn: 'arn:aws:sns:us-east-1:000000000000:events',
  UpgradeStatusReceivedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:upgrade-status',
  ActivationWindowFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:activation-window',
  ConnectSeconds: '86400',
  StartDownloadSeconds: '120',
  TransferSeconds: '1800',
  OperationSeconds: '1800',
  RebootSeconds: '2700',
  RebootGraceSeconds: '60',
};

/** The real definition with its substitutions made. */
export const firmwareUpgradeDefinition = (): unknown => {
  const text = readFileSync(join(ROOT, 'statemachines', 'firmware-upgrade.asl.json'), 'utf8');
  const definition: unknown = JSON.parse(
    substituted(text, (name) => {
      const value = SUBSTITUTIONS[name];
      if (value === undefined) throw new Error(`no substitution for ${name}`);
      return value;
    }),
  );
  return definition;
};

export const THING = 'sim-1';
export const JOB = 'FirmwareUpgrade-abcdefghij';
/** The first attempt of the job at the thing. */
export const OPERATION = `${JOB}.1`;
export const TARGET = '1.2.3';

export interface Message {
  readonly name: string;
  readonly token?: string;
  readonly details?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

type Input = Readonly<Record<string, unknown>>;
const get = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as never)[key] : undefined), value);

/** notify-next as IoT Jobs sends it and the rule passes it on. */
export const notification = (overrides: { jobDocument?: Input; executionNumber?: number } = {}) => ({
  timestamp: 1_767_225_600,
  thingName: THING,
  operationId: operationIdOf({ jobId: JOB, executionNumber: overrides.executionNumber ?? 1 }),
  execution: {
    jobId: JOB,
    status: 'QUEUED',
    queuedAt: 1_767_225_600,
    lastUpdatedAt: 1_767_225_600,
    versionNumber: 1,
    executionNumber: overrides.executionNumber ?? 1,
    jobDocument: overrides.jobDocument ?? {
      version: '1.0',
      firmwareVersion: TARGET,
      stateMachineName: 'wme-FirmwareUpgrade',
      eventTopic: SUBSTITUTIONS['EventsTopicArn'],
      upgradeTrigger: 'manual',
    },
  },
});

/** The claims of ClaimExecution, without its condition on the mark of an ended job execution. */
const claimsInMemory = () => {
  const claims = new Map<string, string>();
  return (input: Input) => {
    const key = `${String(get(input, 'Key', 'thingName', 'S'))} ${String(get(input, 'ExpressionAttributeNames', '#attempt'))}`;
    const arn = String(get(input['ExpressionAttributeValues'], ':arn', 'S'));
    if ((claims.get(key) ?? arn) !== arn)
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
    claims.set(key, arn);
    return {};
  };
};

/**
 * The real state machine on the interpreter, with a driven clock and the other AWS services played by the test:
 * one thing in the registry, the executions table as a map, the inbox with the real function in front of it, the topic as a list.
 */
export const workflowWorld = ({ updateItem = claimsInMemory() }: { updateItem?: (input: Input) => unknown } = {}) => {
  const clock = drivenClock();
  const published: Message[] = [];
  const windowRequests: Input[] = [];
  /** The waits that the state machine has begun, in order. */
  const waits: string[] = [];
  const updatedThings: Input[] = [];
  const world = {
    thing: {
      thingName: THING,
      attributes: { firmwareVersion: '1.2.1' },
      connectivity: { connected: true, timestamp: 1 },
    } as Input | undefined,
    /** Milliseconds since the epoch. */
    windowOpensAt: clock.now(),
    /** Operations that fail, with the error they throw and how often. */
    failures: new Map<string, { error: AwsError; times: number }>(),
  };
  const answers: Readonly<Record<string, (input: Input) => unknown>> = {
    'dynamodb:UpdateItem': updateItem,
    'iot:DescribeThing': (input) => {
      if (world.thing === undefined || input['thingName'] !== THING)
        throw new AwsError('ResourceNotFoundException', `Thing ${String(input['thingName'])} not found.`);
      const { connectivity: _, ...thing } = world.thing;
      return { thingName: THING, version: 1, ...thing };
    },
    'iot:GetThingConnectivityData': () => {
      const connectivity = world.thing?.['connectivity'];
      if (connectivity === undefined) throw new AwsError('ResourceNotFoundException', 'No connectivity data.');
      return { thingName: THING, ...(connectivity as Input) };
    },
    'iot:UpdateThing': (input) => {
      updatedThings.push(input);
      return {};
    },
    'sns:Publish': (input) => {
      published.push(JSON.parse(String(input['Message'])) as Message);
      return { MessageId: 'm-1' };
    },
    'lambda:Invoke': async (input) => {
      const payload = JSON.parse(Buffer.from(input['Payload'] as Uint8Array).toString()) as Input;
      if (input['FunctionName'] === SUBSTITUTIONS['ActivationWindowFunctionArn']) {
        windowRequests.push(payload);
        const waitUntil = new Date(world.windowOpensAt).toISOString();
        return { StatusCode: 200, Payload: Buffer.from(JSON.stringify({ waitUntil })) };
      }
      waits.push(String(get(payload, 'wait', 'name')));
      try {
        await startWait(status, log)(payload);
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        return {
          StatusCode: 200,
          FunctionError: 'Unhandled',
          Payload: Buffer.from(JSON.stringify({ errorType, errorMessage })),
        };
      }
      return { StatusCode: 200, Payload: Buffer.from('null') };
    },
  };
  const api: AwsApi = {
    call: async (service, operation, input) => {
      const name = `${service}:${operation}`;
      const failure = world.failures.get(name);
      if (failure !== undefined && failure.times > 0) {
        failure.times -= 1;
        throw failure.error;
      }
      const answer = answers[name];
      if (answer === undefined) throw new Error(`the state machine called ${name}, which this test does not know`);
      return answer(input);
    },
  };
  const states = createStatesService({
    clock,
    api,
    environment: { accountId: '000000000000', region: 'us-east-1' },
    report: () => undefined,
  });
  const { stateMachineArn } = states.createStateMachine({
    name: 'wme-FirmwareUpgrade',
    definition: firmwareUpgradeDefinition(),
    roleArn: 'arn:aws:iam::000000000000:role/workflow',
  });
  const settle = async (operation: string, input: Input) => {
    try {
      await states.operations[operation]?.(input as never, CALLER);
      return true;
    } catch (error) {
      if (!isAwsError(error, 'TaskTimedOut')) throw error;
      return false;
    }
  };
  const { log } = fakeLog();
  const { inbox } = fakeInbox();
  const status: UpgradeStatusDeps = {
    inbox,
    tasks: {
      succeed: async (taskToken, output) => settle('SendTaskSuccess', { taskToken, output: JSON.stringify(output) }),
      fail: async (taskToken, error, cause) => settle('SendTaskFailure', { taskToken, error, cause }),
    },
    now: clock.now,
  };
  const call = async (operation: string, input: Input): Promise<unknown> => {
    const handler = states.operations[operation];
    if (handler === undefined) throw new Error(`no operation ${operation}`);
    const result: unknown = await handler(input as never, CALLER);
    await clock.advance(0);
    return result;
  };
  let names = 0;
  const start = async (input: unknown = notification()): Promise<string> =>
    String(
      get(
        await call('StartExecution', { stateMachineArn, name: `e${names++}`, input: JSON.stringify(input) }),
        'executionArn',
      ),
    );
  const deviceReports = async (name: DeviceReport['name'], fields: Input = {}, operationId = OPERATION) => {
    const message = parseMessage({
      name,
      id: operationId,
      operationId,
      thingName: THING,
      status: 'SUCCESS',
      ...fields,
    });
    await upgradeStatus(status)(message as DeviceReport, log);
    await clock.advance(0);
  };
  const succeed = (taskToken: string, output: Input) =>
    call('SendTaskSuccess', { taskToken, output: JSON.stringify({ ...output, token: taskToken }) });
  const fail = (taskToken: string, error: string, cause: string) =>
    call('SendTaskFailure', { taskToken, error, cause });
  const tokenOf = (name: string): string => {
    const token = published.findLast((message) => message.name === name)?.token;
    if (token === undefined) throw new Error(`no token for ${name} yet`);
    return token;
  };
  return {
    ...{ clock, published, updatedThings, waits, start, succeed, fail, tokenOf, call },
    setThing: (thing: Input | undefined) => {
      world.thing = thing;
    },
    windowRequests,
    openWindowAt: (at: number) => {
      world.windowOpensAt = at;
    },
    failures: world.failures,
    describe: async (executionArn: string) =>
      (await call('DescribeExecution', { executionArn })) as { status: string; error?: string; cause?: string },
    /** Names of the states entered, in order. */
    path: async (executionArn: string): Promise<readonly string[]> => {
      const { events } = (await call('GetExecutionHistory', { executionArn, maxResults: 1000 })) as {
        events: readonly { stateEnteredEventDetails?: { name: string } }[];
      };
      return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
    },
    outcomes: () => published.filter(({ name }) => name.startsWith('FIRMWARE_UPGRADE_')),
    /** Brings an execution to where it waits for the device. */
    startAndDownload: async (input?: unknown) => {
      const executionArn = await start(input);
      await succeed(tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
      return executionArn;
    },
    /** Hands a message of the device management domain to the function that records it. */
    deviceReports,
  };
};
