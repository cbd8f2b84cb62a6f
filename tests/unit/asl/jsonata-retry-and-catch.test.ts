import { one, world, type Input } from './asl-harness';
import { FAILURE, jsonata, task } from './jsonata-harness';

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

  test('the Cause of a time-out is empty', async () => {
    const { start, result, clock } = world();
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const execution = await start(
      caught(
        { Resource, TimeoutSeconds: 5 },
        {
          ErrorEquals: ['States.Timeout'],
          Assign: { e: "{% $states.errorOutput.Cause = '' ? 'none' : $states.errorOutput.Cause %}" },
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
