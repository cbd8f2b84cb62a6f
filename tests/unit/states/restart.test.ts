import { ACCOUNT_PRINCIPAL, type AwsApi } from '../../../local/core/api';
import { AwsError } from '../../../local/core/aws-error';
import { MAX_ENDED_EXECUTIONS } from '../../../local/services/states/executions';
import { createStatesService } from '../../../local/services/states/states-service';
import { type Life, lives } from '../../support/lives';

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

const SEND = 'arn:aws:states:::sqs:sendMessage';
const task = (body: unknown, more: object) => ({
  ...{ Type: 'Task', Resource: SEND, Parameters: { QueueUrl: 'q', MessageBody: body }, ...more },
});
const machine = (states: Readonly<Record<string, object>>) => ({ StartAt: Object.keys(states)[0], States: states });
const single = (state: object) => machine({ S: { ...state, End: true } });

/** Waits in every way in which an execution can wait, for about a minute. */
const EVERYTHING = {
  ...machine({
    Wait: { Type: 'Wait', Seconds: 2, Next: 'Until' },
    Until: { Type: 'Wait', Timestamp: '2026-01-01T00:00:05Z', Next: 'Assign' },
    Assign: { Type: 'Pass', Assign: { 'before.$': '$.x', entered: 1 }, Next: 'Retried' },
    Retried: task('retried', {
      Retry: [
        { ErrorEquals: ['SQS.First'], IntervalSeconds: 3, MaxAttempts: 1 },
        { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 2 },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { 'failure.$': '$.Error' }, ResultPath: null, Next: 'Side' }],
      Next: 'Side',
    }),
    Side: {
      Type: 'Parallel',
      Branches: [
        machine({
          A: { Type: 'Wait', Seconds: 3, Next: 'B' },
          B: { Type: 'Pass', Assign: { mine: 1 }, Parameters: { 'seen.$': '$before' }, End: true },
        }),
        single({ Type: 'Wait', Seconds: 7 }),
        machine({
          Token: task(
            { 'token.$': '$$.Task.Token' },
            {
              Resource: `${SEND}.waitForTaskToken`,
              TimeoutSeconds: 4,
              Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Late' }],
              End: true,
            },
          ),
          Late: { Type: 'Wait', Seconds: 5, End: true },
        }),
      ],
      ResultPath: '$.side',
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemsPath: '$.list',
      MaxConcurrency: 2,
      ItemSelector: { 'n.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' },
      ItemProcessor: machine({
        M: { Type: 'Wait', SecondsPath: '$.n', Next: 'N' },
        N: task('in a map', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2 }], End: true }),
      }),
      ResultPath: '$.each',
      Next: 'End',
    },
    End: { Type: 'Pass', Parameters: { 'all.$': '$', 'before.$': '$before', 'failure.$': '$failure' }, End: true },
  }),
  TimeoutSeconds: 600,
};
/** Of the calls one after the other; later ones succeed. */
const FAILURES = ['First', 'Second', 'Third', 'Fourth', '', 'InMap', '', 'InMap'];

/** Step Functions in processes that are killed. */
const world = () => {
  const processes = lives();
  const failures = [...FAILURES];
  const calls: unknown[] = [];
  let answer: () => Promise<unknown> = async () => {
    const failure = failures.shift();
    if (failure) throw new AwsError(failure, 'it failed');
    return { MessageId: 'm' };
  };
  const api: AwsApi = {
    call: (_service, _operation, input) => {
      calls.push(input);
      return answer();
    },
  };
  let life: Life;
  let states: ReturnType<typeof createStatesService>;
  const begin = async (downtime?: number) => {
    life = processes.begin(downtime);
    const environment = { accountId: '0', region: 'r' };
    states = createStatesService({ ...life, api, environment, report: () => undefined });
    life.store.start();
    await life.clock.advance(0);
  };
  const call = async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const context = { principal: ACCOUNT_PRINCIPAL, requestId: 'r' };
    const result: unknown = await states.operations[operation]?.(input as never, context);
    await life.clock.advance(0);
    return result as Record<string, unknown>;
  };
  const events = async (executionArn: string) =>
    (await call('GetExecutionHistory', { executionArn, maxResults: 1_000 }))['events'] as readonly Event[];
  return {
    begin,
    call,
    calls,
    events,
    advance: (milliseconds: number) => life.clock.advance(milliseconds),
    answerWith: (next: typeof answer) => void (answer = next),
    create: async (definition: unknown) => states.createStateMachine({ name: 'm', definition, roleArn: 'arn:role' }),
    start: async (definition: unknown, input: unknown = {}) => {
      const { stateMachineArn } = states.createStateMachine({ name: 'm', definition, roleArn: 'arn:role' });
      const { executionArn } = await call('StartExecution', {
        stateMachineArn,
        name: 'e',
        input: JSON.stringify(input),
      });
      return String(executionArn);
    },
    types: async (executionArn: string) => (await events(executionArn)).map(({ type }) => type),
    /** The token in the only call. */
    token: () => (JSON.parse((calls[0] as { MessageBody: string }).MessageBody) as { token: string }).token,
    remove: processes.remove,
  };
};

const withoutTokens = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/\{\\+"token\\+":\\+"[^"\\]+\\+"\}/g, '<token>'));

describe('an execution in a process that is killed', () => {
  let states: ReturnType<typeof world>;
  beforeEach(async () => {
    states = world();
    await states.begin();
  });
  afterEach(() => states.remove());

  const lived = async (step: () => Promise<void>) => {
    const executionArn = await states.start(EVERYTHING, { x: 'kept', list: [1, 4, 2, 3] });
    for (let second = 0; second < 60; second += 1) {
      await step();
      await states.advance(1_000);
    }
    const { status, output } = await states.call('DescribeExecution', { executionArn });
    expect(status).toBe('SUCCEEDED');
    return { output, events: withoutTokens(await states.events(executionArn)) };
  };

  test('every second has the history of one that is not: each event once, at the same time', async () => {
    const whole = await lived(async () => undefined);
    states.remove();
    states = world();
    await states.begin();
    expect(await lived(states.begin)).toEqual(whole);
  });

  test('goes on with what was due while there was no process', async () => {
    const executionArn = await states.start(
      machine({ W: { Type: 'Wait', Seconds: 60, Next: 'V' }, V: { Type: 'Wait', Seconds: 60, End: true } }),
    );
    await states.begin(3_600_000);
    await states.advance(0);
    expect(await states.types(executionArn)).toEqual([
      ...['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'WaitStateEntered'],
    ]);
    await states.advance(60_000);
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('repeats a call that was not answered, with the same parameters, and records it once', async () => {
    states.answerWith(() => new Promise(() => undefined));
    const executionArn = await states.start(single(task({ 'at.$': '$$.State.EnteredTime' }, {})));
    await states.advance(1_000);
    await states.begin(5_000);
    states.answerWith(async () => ({ MessageId: 'm' }));
    await states.begin();
    expect(states.calls).toHaveLength(3);
    expect(states.calls).toEqual(states.calls.map(() => states.calls[0]));
    expect(await states.types(executionArn)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
      ...['TaskStateExited', 'ExecutionSucceeded'],
    ]);
  });

  const waiting = (more: object) =>
    single(task({ 'token.$': '$$.Task.Token' }, { Resource: `${SEND}.waitForTaskToken`, ...more }));

  test('takes the result of a token from before', async () => {
    states.answerWith(async () => ({ MessageId: 'm' }));
    const executionArn = await states.start(waiting({}));
    await states.begin();
    await states.call('SendTaskSuccess', { taskToken: states.token(), output: '{"a":1}' });
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({
      ...{ status: 'SUCCEEDED', output: '{"a":1}' },
    });
    expect(states.calls).toHaveLength(1);
    await states.begin();
    await expect(states.call('SendTaskSuccess', { taskToken: states.token(), output: '1' })).rejects.toThrow(
      'Task Timed Out',
    );
  });

  test('keeps the heartbeat that it has heard', async () => {
    states.answerWith(async () => ({ MessageId: 'm' }));
    const executionArn = await states.start(waiting({ HeartbeatSeconds: 10, TimeoutSeconds: 100 }));
    await states.advance(8_000);
    await states.call('SendTaskHeartbeat', { taskToken: states.token() });
    await states.begin();
    await states.advance(9_000);
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' });
    await states.begin();
    await states.advance(1_000);
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({
      ...{ status: 'FAILED', error: 'States.HeartbeatTimeout' },
    });
  });

  test('keeps the time limit of its machine, and ends with the definition that it began with', async () => {
    const executionArn = await states.start({ ...single({ Type: 'Wait', Seconds: 600 }), TimeoutSeconds: 20 });
    await states.advance(15_000);
    await states.begin();
    await states.start(single({ Type: 'Pass' })).catch(() => undefined);
    await states.advance(5_000);
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('that has ended is there, with its name taken', async () => {
    const executionArn = await states.start(single({ Type: 'Pass', Result: 7 }));
    await states.begin();
    expect(await states.call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'SUCCEEDED',
      output: '7',
    });
    await expect(states.start(single({ Type: 'Pass', Result: 7 }), { other: 1 })).rejects.toThrow('Already Exists');
  });
});

test('Step Functions keeps the last executions that have ended, and all that run', async () => {
  const states = world();
  await states.begin();
  states.answerWith(async () => ({ MessageId: 'm' }));
  const { stateMachineArn } = await states.create(
    machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.wait', IsPresent: true, Next: 'W' }], Default: 'P' },
      W: { Type: 'Wait', Seconds: 600, End: true },
      P: { Type: 'Pass', End: true },
    }),
  );
  const start = (name: string, input = '{}') => states.call('StartExecution', { stateMachineArn, name, input });
  await start('runs', '{"wait":true}');
  for (let n = 0; n < MAX_ENDED_EXECUTIONS + 2; n += 1) await start(`e${n}`);
  const arnOf = (name: string) => `arn:aws:states:r:0:execution:m:${name}`;
  const seen = async () => {
    const describe = (name: string) => states.call('DescribeExecution', { executionArn: arnOf(name) });
    await expect(describe('e1')).rejects.toThrow('Execution Does Not Exist');
    expect(await describe('e2')).toMatchObject({ status: 'SUCCEEDED' });
    expect(await describe('runs')).toMatchObject({ status: 'RUNNING' });
  };
  await seen();
  await states.begin();
  await seen();
  states.remove();
});
