import { DATA, errors, type Input, one, outputs, world } from './asl-harness';

const jsonata = (definition: Input) => ({ QueryLanguage: 'JSONata', ...definition });
const pass = (fields: Input) => jsonata(one({ Type: 'Pass', ...fields }));
const expression = (text: string) => pass({ Output: `{% ${text} %}` });
/** Assigns variables, then shows what the second state makes of them. */
const assignThen = (Assign: Input, second: Input) =>
  jsonata({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Assign, Next: 'B' }, B: { Type: 'Pass', ...second, End: true } },
  });
const task = (fields: Input) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Arguments: { QueueUrl: 'q', MessageBody: 'b' },
  End: true,
  ...fields,
});
const FAILURE = 'States.QueryEvaluationError';

describe('JSONata: Output, Arguments, Condition', () => {
  outputs([
    ['JSONata Output', expression('$states.input.a.b + 1'), 2],
    ['without Output the input passes', pass({}), DATA],
    ['Output of literals', pass({ Output: { a: [1, null, 'x'] } }), { a: [1, null, 'x'] }],
    ['Output null', pass({ Output: null }), null],
    [
      'expressions in objects and arrays',
      pass({ Output: { a: [{ b: '{% $states.input.text %}' }], c: '{%$states.input.a.b%}' } }),
      { a: [{ b: 'x' }], c: 1 },
    ],
    ['a text with spaces around the delimiters is a text', pass({ Output: ' {% 1 %} ' }), ' {% 1 %} '],
    ['a text in the middle is a text', pass({ Output: 'a {% 1 %} b' }), 'a {% 1 %} b'],
    ['keys that end in .$ mean nothing', pass({ Output: { 'a.$': '$.text' } }), { 'a.$': '$.text' }],
    ['an object constructor drops keys without a value', expression("{'a': $states.input.none, 'b': 1}"), { b: 1 }],
    ['null is a value', expression('$states.input.nil'), null],
    ['local variables', expression('( $a := 1; $a + 1 )'), 2],
    [
      'JSONata Assign and Arguments',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { v: '{% $states.input.text %}' }, Next: 'T' },
          T: task({
            Arguments: { QueueUrl: 'q', MessageBody: '{% $v %}' },
            Output: '{% $states.result.MessageId %}',
          }),
        },
      }),
      'm',
    ],
    ['without Output a Task passes its result', jsonata(one(task({}))), { MessageId: 'm' }],
    [
      'Assign of a Task reads the result, which the next state does not have',
      jsonata({
        StartAt: 'T',
        States: {
          T: task({ Assign: { id: '{% $states.result.MessageId %}' }, End: undefined, Next: 'P' }),
          P: { Type: 'Pass', Output: "{% {'id': $id, 'has': $exists($states.result)} %}", End: true },
        },
      }),
      { id: 'm', has: false },
    ],
    [
      'JSONata Condition',
      jsonata({
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Condition: "{% $states.input.text = 'x' %}", Next: 'Yes' }] },
          Yes: { Type: 'Succeed', Output: true },
        },
      }),
      true,
    ],
    [
      'Succeed',
      jsonata({ StartAt: 'S', States: { S: { Type: 'Succeed', Output: '{% $states.input.a %}' } } }),
      { b: 1 },
    ],
    [
      'a JSONata state in a JSONPath machine',
      one({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $states.input.text %}' }),
      'x',
    ],
  ]);

  errors([
    ['JSONata that returns nothing', expression('$states.input.none'), FAILURE],
    ['$states.result in a state without a result', expression('$states.result'), FAILURE],
    ['there is no document: a bare name', expression('text'), FAILURE],
    ['there is no document: $', expression('$'), FAILURE],
    ['a function is no JSON', expression('$sum'), FAILURE],
    ['a type error', expression("1 + 'a'"), FAILURE],
    ['a variable that was not assigned', expression('$unknown'), FAILURE],
    ['Fail', jsonata(one({ Type: 'Fail', Error: "{% 'E' & $states.input.text %}" })), 'Ex'],
    ['Fail with an Error that is no text', jsonata(one({ Type: 'Fail', Error: '{% 1 %}' })), FAILURE],
    [
      'a Condition that is not a boolean',
      jsonata({ StartAt: 'C', States: { C: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'C' }] } } }),
      FAILURE,
    ],
    ['Map items that are no array', jsonata(one({ Type: 'Map', Items: '{% 1 %}', ItemProcessor: pass({}) })), FAILURE],
  ]);

  test('the cause is in the words of AWS, and the history has the place', async () => {
    const { start, result, call } = world();
    const executionArn = await start(pass({ Output: { a: ['{% 1 %}', '{% $unknown() %}'] } }));
    const { cause } = (await result(executionArn)) as { cause: string };
    expect(cause).toBe(
      "An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression " +
        "'$unknown()' specified for the field 'Output/a/1' threw an error during evaluation. " +
        'T1006: Attempted to invoke a non-function',
    );
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'EvaluationFailed',
        evaluationFailedEventDetails: { state: 'S', error: FAILURE, cause, location: 'Output/a/1' },
      }),
    );
  });
});

describe('JSONata: variables', () => {
  outputs([
    [
      'all names are assigned at once, from the old values',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
          B: {
            Type: 'Pass',
            Assign: { x: '{% $y %}', y: '{% $x %}' },
            Output: { x: '{% $x %}', y: '{% $y %}' },
            Next: 'C',
          },
          C: { Type: 'Pass', Output: { old: '{% $states.input %}', x: '{% $x %}', y: '{% $y %}' }, End: true },
        },
      }),
      { old: { x: 1, y: 2 }, x: 2, y: 1 },
    ],
    ['null is a value', assignThen({ v: null }, { Output: '{% $v = null %}' }), true],
    ['objects keep their shape', assignThen({ v: { a: [1] } }, { Output: '{% $v.a %}' }), [1]],
    [
      'a rule of a Choice assigns, its Output is the output',
      jsonata({
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [
              { Condition: false, Assign: { v: 'first' }, Next: 'P' },
              { Condition: '{% $states.input.flag %}', Assign: { v: 'second' }, Output: { o: 1 }, Next: 'P' },
            ],
            Assign: { v: 'default' },
            Output: { o: 2 },
            Default: 'P',
          },
          P: { Type: 'Pass', Output: '{% [$v, $states.input.o] %}', End: true },
        },
      }),
      ['second', 1],
    ],
    [
      'without a match the Choice itself assigns',
      jsonata({
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [{ Condition: false, Assign: { v: 'first' }, Next: 'P' }],
            Assign: { v: "{% 'default ' & $states.input.text %}" },
            Default: 'P',
          },
          P: { Type: 'Pass', Output: '{% [$v, $states.input.text] %}', End: true },
        },
      }),
      ['default x', 'x'],
    ],
    [
      'branches read outer variables, and their own stay inside',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'P' },
          P: {
            Type: 'Parallel',
            Arguments: { n: '{% $outer + 1 %}' },
            Branches: [
              {
                StartAt: 'X',
                States: {
                  X: { Type: 'Pass', Assign: { own: '{% $states.input.n + $outer %}' }, Next: 'Y' },
                  Y: { Type: 'Pass', Output: '{% $own %}', End: true },
                },
              },
              { StartAt: 'Z', States: { Z: { Type: 'Pass', Output: '{% $exists($own) %}', End: true } } },
            ],
            Assign: { sum: '{% $states.result[0] %}' },
            Output: '{% $states.result %}',
            Next: 'E',
          },
          E: { Type: 'Pass', Output: '{% [$sum, $exists($own), $states.input] %}', End: true },
        },
      }),
      [3, false, 3, false],
    ],
    [
      'Map: Items, ItemSelector and the item in the context object, also in a Parallel inside',
      jsonata(
        one({
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemSelector: { v: '{% $states.context.Map.Item.Value * 2 %}' },
          ItemProcessor: one({
            Type: 'Parallel',
            Branches: [one({ Type: 'Pass', Output: '{% $states.input.v + $states.context.Map.Item.Index %}' })],
            Output: '{% $states.result[0] %}',
          }),
        }),
      ),
      [2, 5, 8],
    ],
  ]);

  test('the history shows what a state assigned', async () => {
    const { start, call } = world();
    const executionArn = await start(pass({ Assign: { v: { a: 1 } } }));
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events).toContainEqual(
      expect.objectContaining({
        stateExitedEventDetails: expect.objectContaining({ assignedVariables: { v: '{"a":1}' } }),
      }),
    );
  });
});

describe('JSONata: the context object', () => {
  test('Execution, StateMachine and State', async () => {
    const { start, result, clock } = world();
    await clock.advance(1_500);
    const context = '$states.context';
    const fields = ['Execution.Id', 'Execution.Name', 'Execution.Input', 'Execution.StartTime', 'State.Name'];
    const all = [...fields, 'State.EnteredTime', 'StateMachine.Name'];
    const Output = Object.fromEntries(all.map((field) => [field, `{% ${context}.${field} %}`]));
    const wait = { Type: 'Wait', Seconds: 2, Next: 'S' };
    const execution = await start(
      jsonata({ StartAt: 'W', States: { W: wait, S: { Type: 'Pass', Output, End: true } } }),
      { a: 1 },
    );
    await clock.advance(2_000);
    expect(await result(execution)).toEqual({
      output: {
        'Execution.Id': execution,
        'Execution.Name': 'e',
        'Execution.Input': { a: 1 },
        'Execution.StartTime': '2026-01-01T00:00:01.500Z',
        'State.Name': 'S',
        'State.EnteredTime': '2026-01-01T00:00:03.500Z',
        'StateMachine.Name': 'm',
      },
    });
  });

  test('Task.Token in Arguments, the answer in $states.result', async () => {
    const { start, result, calls, call } = world();
    const execution = await start(
      jsonata(
        one(
          task({
            Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
            Arguments: { QueueUrl: 'q', MessageBody: { token: '{% $states.context.Task.Token %}' } },
            Output: '{% $states.result.ok %}',
          }),
        ),
      ),
    );
    const { token } = JSON.parse(String(calls[0]?.input['MessageBody'])) as { token: string };
    await call('SendTaskSuccess', { taskToken: token, output: '{"ok":1}' });
    expect(await result(execution)).toEqual({ output: 1 });
  });
});

describe('JSONata: time limits', () => {
  test.each([
    ['a literal', 5],
    ['an expression', '{% $states.input.n %}'],
  ])('TimeoutSeconds as %s', async (_, TimeoutSeconds) => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(jsonata(one(task({ Resource, TimeoutSeconds }))), { n: 5 });
    await clock.advance(4_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('HeartbeatSeconds as an expression', async () => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(jsonata(one(task({ Resource, HeartbeatSeconds: '{% 5 %}' }))));
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
  });

  errors(
    ["{% '5' %}", '{% 0 %}', '{% -1 %}', '{% 1.5 %}', '{% 100000000 %}', '{% null %}', '{% $states.input.none %}'].map(
      (TimeoutSeconds) =>
        [`TimeoutSeconds ${TimeoutSeconds}`, jsonata(one(task({ TimeoutSeconds }))), FAILURE] as const,
    ),
  );

  test('the cause of a wrong limit names the field and the value', async () => {
    const { start, result } = world();
    const { cause } = (await result(await start(jsonata(one(task({ TimeoutSeconds: "{% '5' %}" })))))) as {
      cause: string;
    };
    expect(cause).toContain(
      "The JSONata expression ''5'' specified for the field 'TimeoutSeconds' returned an unexpected result type. " +
        "Expected 'number', but was 'string' for value: \"5\"",
    );
  });

  test.each([
    ['Seconds', { Seconds: '{% $states.input.n %}' }],
    ['Timestamp', { Timestamp: '{% $states.input.t %}' }],
    ['Timestamp made of the time', { Timestamp: '{% $fromMillis($millis() + 10000) %}' }],
  ])('Wait %s', async (_, fields) => {
    const { start, result, clock } = world();
    const input = { n: 10, t: '2026-01-01T00:00:10Z' };
    const execution = await start(jsonata(one({ Type: 'Wait', ...fields, Output: '{% $states.input.n %}' })), input);
    await clock.advance(9_999);
    expect(await result(execution)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(1);
    expect(await result(execution)).toEqual({ output: 10 });
  });

  errors([
    ['Wait Seconds that are no number', jsonata(one({ Type: 'Wait', Seconds: "{% '10' %}" })), FAILURE],
    ['Wait Timestamp that is none', jsonata(one({ Type: 'Wait', Timestamp: "{% 'soon' %}" })), FAILURE],
  ]);
});

describe('JSONata: Retry and Catch', () => {
  const caught = (fields: Input, Catch: Input) =>
    jsonata({
      StartAt: 'T',
      States: {
        T: task({ Catch: [{ Next: 'P', ...Catch }], ...fields }),
        P: { Type: 'Pass', Output: '{% [$exists($e) ? $e : null, $states.input] %}', End: true },
      },
    });

  test.each([
    ['its name', 'SQS.Bad'],
    ['States.TaskFailed', 'States.TaskFailed'],
    ['States.ALL', 'States.ALL'],
  ])('a Catch by %s assigns from $states.errorOutput', async (_, name) => {
    const { start, result, failures } = world();
    failures.push('Bad');
    const Assign = { e: '{% $states.errorOutput.Error %}' };
    const Output = '{% $states.errorOutput.Cause %}';
    const execution = await start(caught({}, { ErrorEquals: [name], Assign, Output }));
    expect(await result(execution)).toEqual({ output: ['SQS.Bad', 'Bad happened'] });
  });

  test('without Output the error output is the output, and the input is still there to read', async () => {
    const { start, result, failures } = world();
    failures.push('Bad');
    const execution = await start(caught({}, { ErrorEquals: ['States.ALL'], Assign: { e: '{% $states.input.a %}' } }), {
      a: 1,
    });
    expect(await result(execution)).toEqual({ output: [1, { Error: 'SQS.Bad', Cause: 'Bad happened' }] });
  });

  test.each([
    ['Arguments', { Arguments: { QueueUrl: '{% $unknown %}' } }],
    ['TimeoutSeconds', { TimeoutSeconds: '{% 0 %}' }],
    ['Output', { Output: '{% $unknown %}' }],
    ['Assign', { Assign: { v: '{% $unknown %}' } }],
  ])('States.ALL catches an expression that fails in %s', async (field, fields) => {
    const { start, result } = world();
    const Assign = { e: '{% $states.errorOutput.Error %}' };
    const Output = '{% $states.errorOutput.Cause %}';
    const execution = await start(caught(fields, { ErrorEquals: ['States.ALL'], Assign, Output }));
    expect(await result(execution)).toEqual({ output: [FAILURE, expect.stringContaining(`'${field}`)] });
  });

  test('a time-out has no Cause: an expression needs a default for it', async () => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(
      caught(
        { Resource, TimeoutSeconds: 5 },
        {
          ErrorEquals: ['States.Timeout'],
          Assign: { e: "{% $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : 'none' %}" },
          Output: '{% $states.errorOutput.Error %}',
        },
      ),
    );
    await clock.advance(5_000);
    expect(await result(execution)).toEqual({ output: ['none', 'States.Timeout'] });
  });

  test('an expression that fails in the Catch fails the execution', async () => {
    const { start, result, failures } = world();
    failures.push('Bad');
    const execution = await start(caught({}, { ErrorEquals: ['States.ALL'], Output: '{% $unknown %}' }));
    expect(await result(execution)).toMatchObject({
      status: 'FAILED',
      error: FAILURE,
      cause: expect.stringContaining("'Catch/0/Output'"),
    });
  });

  test('Retry goes by the error name, also that of an expression; the attempt is in the context object', async () => {
    const { start, result, clock, calls, failures } = world();
    failures.push('Bad', 'Bad');
    const Retry = [
      { ErrorEquals: ['SQS.Other'], IntervalSeconds: 50 },
      { ErrorEquals: ['SQS.Bad'], IntervalSeconds: 1, BackoffRate: 1 },
      { ErrorEquals: [FAILURE], IntervalSeconds: 1, MaxAttempts: 1 },
    ];
    const Arguments = { QueueUrl: 'q', MessageBody: '{% $string($states.context.State.RetryCount) %}' };
    const execution = await start(jsonata(one(task({ Arguments, Retry, Output: '{% $unknown %}' }))));
    await clock.advance(2_000);
    expect(calls.map(({ input }) => input['MessageBody'])).toEqual(['0', '1', '2']);
    await clock.advance(1_000);
    expect(calls).toHaveLength(4);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: FAILURE });
  });

  test('an execution that is stopped while its Arguments are evaluated makes no call', async () => {
    const { start, calls, call } = world();
    const started = start(jsonata(one(task({ Arguments: { QueueUrl: "{% 'q' %}", MessageBody: 'b' } }))));
    await call('StopExecution', { executionArn: 'arn:aws:states:r:0:execution:m:e' });
    await started;
    expect(calls).toEqual([]);
  });
});
