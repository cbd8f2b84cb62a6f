import { ACCOUNT_PRINCIPAL, type AwsApi } from '../../../local/core/api';
import { AwsError } from '../../../local/core/aws-error';
import { drivenClock } from '../../../local/core/clock';
import { createStatesService } from '../../../local/services/states/states-service';

type Input = Readonly<Record<string, unknown>>;

/** The interpreter with a driven clock; `sqs:SendMessage` answers {MessageId} or fails as the test wants. */
const world = () => {
  const clock = drivenClock(Date.UTC(2026, 0, 1));
  const calls: { name: string; input: Input }[] = [];
  const failures: string[] = [];
  const api: AwsApi = {
    call: async (service, operation, input) => {
      calls.push({ name: `${service}:${operation}`, input });
      const failure = failures.shift();
      if (failure !== undefined && failure !== '') throw new AwsError(failure, `${failure} happened`);
      if (operation === 'SearchIndex') return { things: [{ thingName: 'a', attributes: { firmwareVersion: '1' } }] };
      if (operation === 'Invoke') return { StatusCode: 200, Payload: Buffer.from('{"answer":42}') };
      return { MessageId: 'm' };
    },
  };
  const states = createStatesService({
    clock,
    api,
    environment: { accountId: '0', region: 'r' },
    report: () => undefined,
  });
  const call = async (operation: string, input: Input): Promise<Record<string, unknown>> => {
    const result: unknown = await states.operations[operation]?.(input as never, {
      principal: ACCOUNT_PRINCIPAL,
      requestId: 'r',
    });
    await clock.advance(0);
    return result as Record<string, unknown>;
  };
  const start = async (definition: unknown, input: unknown = {}) => {
    const { stateMachineArn } = states.createStateMachine({ name: 'm', definition, roleArn: 'arn:role' });
    const { executionArn } = await call('StartExecution', { stateMachineArn, input: JSON.stringify(input), name: 'e' });
    return String(executionArn);
  };
  const result = async (executionArn: string) => {
    const { status, output, error, cause } = await call('DescribeExecution', { executionArn });
    return status === 'SUCCEEDED' ? { output: JSON.parse(String(output)) as unknown } : { status, error, cause };
  };
  return { clock, calls, failures, call, start, result };
};

const one = (state: Input) => ({ StartAt: 'S', States: { S: { End: true, ...state } } });
const pass = (fields: Input) => one({ Type: 'Pass', ...fields });
const task = (fields: Input) =>
  one({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl: 'q', MessageBody: 'b' },
    ...fields,
  });
const waiting = (fields: Input) =>
  task({
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } },
    ...fields,
  });
const choice = (rule: Input) => ({
  StartAt: 'C',
  States: {
    C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: true, End: true },
    No: { Type: 'Pass', Result: false, End: true },
  },
});
const intrinsic = (call: string) => pass({ Parameters: { 'x.$': call } });

const DATA = { a: { b: 1 }, list: [1, 2, 3], text: 'x', flag: true, nil: null, when: '2026-01-01T00:00:00Z' };

/** What each field of each state makes of DATA: [field, definition, output]. */
const OUTPUTS: readonly (readonly [string, unknown, unknown])[] = [
  ['Pass', pass({}), DATA],
  ['Pass Result', pass({ Result: 7 }), 7],
  ['InputPath', pass({ InputPath: '$.a' }), { b: 1 }],
  ['InputPath null', pass({ InputPath: null }), {}],
  ['OutputPath', pass({ OutputPath: '$.a.b' }), 1],
  ['Parameters', pass({ Parameters: { 'c.$': '$.a.b', d: [{ 'e.$': '$.text' }] } }), { c: 1, d: [{ e: 'x' }] }],
  ['ResultPath', pass({ Result: 7, ResultPath: '$.a.c' }), { ...DATA, a: { b: 1, c: 7 } }],
  ['ResultPath null', pass({ Result: 7, ResultPath: null }), DATA],
  ['path: index', pass({ InputPath: '$.list[1]' }), 2],
  ['path: quoted key', pass({ InputPath: "$['a']['b']" }), 1],
  ['path: wildcard', pass({ InputPath: '$.list[*]' }), [1, 2, 3]],
  ['path: slice', pass({ InputPath: '$.list[0:2]' }), [1, 2]],
  ['path: deep scan', pass({ InputPath: '$..b' }), [1]],
  ['path: filter', pass({ InputPath: '$.list[?(@ > 1)]' }), [2, 3]],
  ['context object', pass({ Parameters: { 'n.$': '$$.Execution.Name', 's.$': '$$.State.Name' } }), { n: 'e', s: 'S' }],
  [
    'Assign and variables',
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { 'v.$': '$.a' }, Next: 'B' },
        B: { Type: 'Pass', InputPath: '$v.b', End: true },
      },
    },
    1,
  ],
  ['Succeed', { StartAt: 'S', States: { S: { Type: 'Succeed', OutputPath: '$.a' } } }, { b: 1 }],
  [
    'Choice Assign',
    {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Variable: '$.text', IsString: true, Assign: { v: 5 }, Next: 'B' }] },
        B: { Type: 'Pass', InputPath: '$v', End: true },
      },
    },
    5,
  ],
  ['Task result', task({}), { MessageId: 'm' }],
  ['Task ResultSelector', task({ ResultSelector: { 'id.$': '$.MessageId' } }), { id: 'm' }],
  [
    'Task on the AWS SDK: names in PascalCase, map keys as they are',
    one({ Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:iot:searchIndex', Parameters: { QueryString: '*' } }),
    { Things: [{ ThingName: 'a', Attributes: { firmwareVersion: '1' } }] },
  ],
  [
    'Task lambda:invoke',
    one({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' } }),
    { StatusCode: 200, Payload: { answer: 42 } },
  ],
  ['Parallel', one({ Type: 'Parallel', Branches: [pass({ InputPath: '$.a' }), pass({ Result: 2 })] }), [{ b: 1 }, 2]],
  [
    'Parallel: outer variables',
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: 1 }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [pass({ InputPath: '$v' })], End: true },
      },
    },
    [1],
  ],
  ['Map', one({ Type: 'Map', ItemsPath: '$.list', ItemProcessor: pass({}) }), [1, 2, 3]],
  [
    'Map ItemSelector',
    one({
      Type: 'Map',
      ItemsPath: '$.list',
      MaxConcurrency: 1,
      ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value' },
      ItemProcessor: pass({}),
    }),
    [
      { i: 0, v: 1 },
      { i: 1, v: 2 },
      { i: 2, v: 3 },
    ],
  ],
  ['JSONata Output', { QueryLanguage: 'JSONata', ...pass({ Output: '{% $states.input.a.b + 1 %}' }) }, 2],
  [
    'JSONata Assign and Arguments',
    {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: '{% $states.input.text %}' }, Next: 'T' },
        T: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Arguments: { QueueUrl: 'q', MessageBody: '{% $v %}' },
          Output: '{% $states.result.MessageId %}',
          End: true,
        },
      },
    },
    'm',
  ],
  [
    'JSONata Condition',
    {
      QueryLanguage: 'JSONata',
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Condition: "{% $states.input.text = 'x' %}", Next: 'Yes' }] },
        Yes: { Type: 'Succeed', Output: true },
      },
    },
    true,
  ],
  ['States.Format', intrinsic("States.Format('{}-{}', $.text, 1)"), { x: 'x-1' }],
  ['States.StringToJson', intrinsic("States.StringToJson('120')"), { x: 120 }],
  ['States.JsonToString', intrinsic('States.JsonToString($.a)'), { x: '{"b":1}' }],
  ['States.JsonMerge', intrinsic('States.JsonMerge($.a, $.a, false)'), { x: { b: 1 } }],
  ['States.Array', intrinsic('States.Array(1, $.text)'), { x: [1, 'x'] }],
  ['States.ArrayPartition', intrinsic('States.ArrayPartition($.list, 2)'), { x: [[1, 2], [3]] }],
  ['States.ArrayContains', intrinsic('States.ArrayContains($.list, 2)'), { x: true }],
  ['States.ArrayRange', intrinsic('States.ArrayRange(1, 5, 2)'), { x: [1, 3, 5] }],
  ['States.ArrayGetItem', intrinsic('States.ArrayGetItem($.list, 2)'), { x: 3 }],
  ['States.ArrayLength', intrinsic('States.ArrayLength($.list)'), { x: 3 }],
  ['States.ArrayUnique', intrinsic('States.ArrayUnique(States.Array(1, 1, 2))'), { x: [1, 2] }],
  ['States.Base64Encode', intrinsic("States.Base64Encode('a')"), { x: 'YQ==' }],
  ['States.Base64Decode', intrinsic("States.Base64Decode('YQ==')"), { x: 'a' }],
  ['States.Hash', intrinsic("States.Hash('a', 'MD5')"), { x: '0cc175b9c0f1b6a831c399e269772661' }],
  ['States.MathAdd', intrinsic('States.MathAdd($.a.b, -3)'), { x: -2 }],
  ['States.StringSplit', intrinsic("States.StringSplit('a,b;c', ',;')"), { x: ['a', 'b', 'c'] }],
];

/** Choice rules on DATA: [rule, whether it applies]. */
const RULES: readonly (readonly [Input, boolean])[] = [
  [{ Variable: '$.text', StringEquals: 'x' }, true],
  [{ Variable: '$.text', StringEqualsPath: '$.text' }, true],
  [{ Variable: '$.text', StringLessThan: 'a' }, false],
  [{ Variable: '$.text', StringGreaterThanEquals: 'x' }, true],
  [{ Variable: '$.text', StringMatches: '*' }, true],
  [{ Variable: '$.text', StringMatches: 'y*' }, false],
  [{ Variable: '$.a.b', NumericEquals: 1 }, true],
  [{ Variable: '$.a.b', NumericGreaterThan: 1 }, false],
  [{ Variable: '$.a.b', NumericLessThanEqualsPath: '$.list[2]' }, true],
  [{ Variable: '$.a.b', StringEquals: '1' }, false],
  [{ Variable: '$.flag', BooleanEquals: true }, true],
  [{ Variable: '$.when', TimestampEquals: '2026-01-01T01:00:00+01:00' }, true],
  [{ Variable: '$.when', TimestampLessThan: '2025-01-01T00:00:00Z' }, false],
  [{ Variable: '$.none', IsPresent: false }, true],
  [{ Variable: '$.a', IsPresent: true }, true],
  [{ Variable: '$.nil', IsNull: true }, true],
  [{ Variable: '$.text', IsString: true }, true],
  [{ Variable: '$.text', IsNumeric: true }, false],
  [{ Variable: '$.flag', IsBoolean: true }, true],
  [{ Variable: '$.when', IsTimestamp: true }, true],
  [{ Not: { Variable: '$.flag', BooleanEquals: false } }, true],
  [
    {
      And: [
        { Variable: '$.flag', IsBoolean: true },
        { Variable: '$.text', StringEquals: 'y' },
      ],
    },
    false,
  ],
  [
    {
      Or: [
        { Variable: '$.flag', BooleanEquals: false },
        { Variable: '$.text', StringEquals: 'x' },
      ],
    },
    true,
  ],
];

/** Definitions that fail on DATA: [what, definition, error]. */
const ERRORS: readonly (readonly [string, unknown, string])[] = [
  ['Fail Error', one({ Type: 'Fail', Error: 'E', Cause: 'c' }), 'E'],
  ['Fail ErrorPath', one({ Type: 'Fail', ErrorPath: '$.text', CausePath: "States.Format('{}', $.a.b)" }), 'x'],
  ['a path that selects nothing', pass({ InputPath: '$.none' }), 'States.Runtime'],
  [
    'States.ALL, which does not match States.Runtime',
    task({ Parameters: { 'MessageBody.$': '$.none' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] }),
    'States.Runtime',
  ],
  [
    'a choice without a match',
    {
      StartAt: 'C',
      States: { C: { Type: 'Choice', Choices: [{ Variable: '$.text', StringEquals: 'y', Next: 'C' }] } },
    },
    'States.NoChoiceMatched',
  ],
  ['a choice on a missing variable', choice({ Variable: '$.none', StringEquals: 'x' }), 'States.Runtime'],
  ['an intrinsic function with wrong arguments', intrinsic("States.MathAdd('a', 1)"), 'States.IntrinsicFailure'],
  [
    'JSONata that returns nothing',
    { QueryLanguage: 'JSONata', ...pass({ Output: '{% $states.input.none %}' }) },
    'States.QueryEvaluationError',
  ],
  [
    'an integration that is not emulated',
    one({ Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun' }),
    'States.Runtime',
  ],
  ['a parameter that does not exist', task({ Parameters: { Nonsense: 1 } }), 'States.Runtime'],
  ['a branch of a Parallel', one({ Type: 'Parallel', Branches: [one({ Type: 'Fail', Error: 'B' }), pass({})] }), 'B'],
  [
    'an iteration of a Map',
    one({ Type: 'Map', ItemsPath: '$.list', ItemProcessor: one({ Type: 'Fail', Error: 'I' }) }),
    'I',
  ],
  ['an output that is too large', pass({ Result: 'x'.repeat(262_145) }), 'States.DataLimitExceeded'],
];

describe('the interpreter', () => {
  test.each(OUTPUTS)('%s', async (_, definition, output) => {
    const { start, result } = world();
    expect(await result(await start(definition, DATA))).toEqual({ output });
  });

  test.each(RULES)('the choice rule %j applies: %s', async (rule, applies) => {
    const { start, result } = world();
    expect(await result(await start(choice(rule), DATA))).toEqual({ output: applies });
  });

  test.each(ERRORS)('fails with its error: %s', async (_, definition, error) => {
    const { start, result } = world();
    expect(await result(await start(definition, DATA))).toMatchObject({ status: 'FAILED', error });
  });

  test.each([
    ['Seconds', { Seconds: 10 }],
    ['SecondsPath', { SecondsPath: '$.n' }],
    ['Timestamp', { Timestamp: '2026-01-01T00:00:10Z' }],
    ['TimestampPath', { TimestampPath: '$.t' }],
  ])('Wait %s', async (_, fields) => {
    const { start, result, clock } = world();
    const execution = await start(one({ Type: 'Wait', ...fields }), { n: 10, t: '2026-01-01T00:00:10Z' });
    await clock.advance(9_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toHaveProperty('output');
  });

  test('Retry waits IntervalSeconds times BackoffRate, at most MaxDelaySeconds, MaxAttempts times', async () => {
    const { start, result, clock, calls, failures } = world();
    failures.push('Bad', 'Bad', 'Bad', 'Bad');
    const Retry = [
      { ErrorEquals: ['SQS.Bad'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 5, MaxAttempts: 3 },
    ];
    const execution = await start(task({ Retry }));
    for (const [seconds, total] of [
      [2, 2],
      [5, 3],
      [5, 4],
    ] as const) {
      await clock.advance(seconds * 1000 - 1);
      expect(calls).toHaveLength(total - 1);
      await clock.advance(1);
      expect(calls).toHaveLength(total);
    }
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'SQS.Bad', cause: 'Bad happened' });
  });

  test.each([['SQS.Bad'], ['States.TaskFailed'], ['States.ALL']])(
    'Catch of %s places the error and assigns from it',
    async (name) => {
      const { start, result, failures } = world();
      failures.push('Bad');
      const definition = {
        StartAt: 'T',
        States: {
          T: {
            ...(task({}).States.S as Input),
            Catch: [{ ErrorEquals: [name], Assign: { 'e.$': '$.Error' }, ResultPath: '$.error', Next: 'P' }],
          },
          P: { Type: 'Pass', Parameters: { 'e.$': '$e', 'c.$': '$.error.Cause' }, End: true },
        },
      };
      expect(await result(await start(definition))).toEqual({ output: { e: 'SQS.Bad', c: 'Bad happened' } });
    },
  );

  test.each([
    ['TimeoutSeconds', { TimeoutSeconds: 5 }, 'States.Timeout'],
    ['TimeoutSecondsPath', { TimeoutSecondsPath: '$.n' }, 'States.Timeout'],
    ['HeartbeatSeconds', { HeartbeatSeconds: 5 }, 'States.HeartbeatTimeout'],
    ['HeartbeatSecondsPath', { HeartbeatSecondsPath: '$.n' }, 'States.HeartbeatTimeout'],
  ])('%s ends a task that nobody answers, and closes its token', async (_, fields, error) => {
    const { start, result, clock, calls, call } = world();
    const execution = await start(waiting(fields), { n: 5 });
    const { token } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
    await clock.advance(4_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error });
    await expect(call('SendTaskSuccess', { taskToken: token, output: '{}' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  test('SendTaskHeartbeat keeps a task alive, SendTaskSuccess ends it, a second answer is refused', async () => {
    const { start, result, clock, calls, call } = world();
    const execution = await start(waiting({ HeartbeatSeconds: 5 }));
    const { token: taskToken } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
    await clock.advance(4_000);
    await call('SendTaskHeartbeat', { taskToken });
    await clock.advance(4_000);
    await call('SendTaskSuccess', { taskToken, output: '{"ok":1}' });
    expect(await result(execution)).toEqual({ output: { ok: 1 } });
    await expect(call('SendTaskFailure', { taskToken })).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await expect(call('SendTaskSuccess', { taskToken: 'x', output: '{}' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });

  test('a failing branch cancels its siblings: their timers and tokens are gone', async () => {
    const { start, result, calls, call, clock } = world();
    const failing = {
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'B' } },
    };
    const execution = await start(one({ Type: 'Parallel', Branches: [waiting({}), failing] }));
    const { token: taskToken } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
    await clock.advance(1_000);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'B' });
    await expect(call('SendTaskSuccess', { taskToken, output: '{}' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  test('TimeoutSeconds of the machine ends the execution', async () => {
    const { start, result, clock } = world();
    const execution = await start({ TimeoutSeconds: 5, ...one({ Type: 'Wait', Seconds: 60 }) });
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('executions', () => {
  test('StartExecution with the same name and input again is the same running execution; a closed one exists already', async () => {
    const { start, call } = world();
    const definition = one({ Type: 'Wait', Seconds: 60 });
    const first = await start(definition, { a: 1 });
    expect(await start(definition, { a: 2 }).catch((error: unknown) => (error as AwsError).code)).toBe(
      'ExecutionAlreadyExists',
    );
    await call('StopExecution', { executionArn: first, error: 'E', cause: 'c' });
    expect(await call('DescribeExecution', { executionArn: first })).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'c',
    });
    expect(await start(definition, { a: 1 }).catch((error: unknown) => (error as AwsError).code)).toBe(
      'ExecutionAlreadyExists',
    );
  });

  test('GetExecutionHistory tells every step in the shape of AWS, also backwards and in pages', async () => {
    const { start, call } = world();
    const executionArn = await start(task({}), { a: 1 });
    const { events } = (await call('GetExecutionHistory', { executionArn })) as {
      events: { type: string; id: number }[];
    };
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[1]).toMatchObject({
      id: 2,
      previousEventId: 1,
      stateEnteredEventDetails: { name: 'S', input: '{"a":1}' },
    });
    const page = await call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 2 });
    expect(page).toMatchObject({ events: [{ id: 7 }, { id: 6 }], nextToken: '2' });
  });
});
