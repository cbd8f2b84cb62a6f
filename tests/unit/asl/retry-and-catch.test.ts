import { errors, outputs, task, waiting, world, type Input } from './asl-harness';

const ERRORS = 'dg/concepts-error-handling';

describe('Retry and Catch', () => {
  /** Tries a Task that fails against a Retry and a Catch of these names. */
  const handled = (names: readonly string[], failing: Input) => ({
    StartAt: 'T',
    States: {
      T: {
        ...(task(failing).States.S as Input),
        Retry: [{ ErrorEquals: names, MaxAttempts: 0 }],
        Catch: [{ ErrorEquals: names, Next: 'Caught' }],
      },
      Caught: { Type: 'Pass', OutputPath: '$.Error', End: true },
    },
  });
  const runtime = { Parameters: { 'MessageBody.$': '$.none' } };
  const tooLarge = { Parameters: { MessageBody: 'x'.repeat(262_144) } };

  errors([
    ['States.ALL does not match States.Runtime', handled(['States.ALL'], runtime), 'States.Runtime', ERRORS],
    [
      'States.TaskFailed does not match States.Runtime',
      handled(['States.TaskFailed'], runtime),
      'States.Runtime',
      ERRORS,
    ],
    ['States.Runtime always fails the execution', handled(['States.Runtime'], runtime), 'States.Runtime', ERRORS],
    [
      'States.ALL does not match States.DataLimitExceeded',
      handled(['States.ALL'], tooLarge),
      'States.DataLimitExceeded',
      ERRORS,
    ],
  ]);

  outputs([
    [
      'States.DataLimitExceeded is caught by its name',
      handled(['States.DataLimitExceeded'], tooLarge),
      'States.DataLimitExceeded',
      ERRORS,
    ],
    [
      'States.TaskFailed matches every other error but a time-out',
      handled(['States.TaskFailed'], tooLarge),
      'States.DataLimitExceeded',
      ERRORS,
    ],
    [
      'States.ALL matches an intrinsic function that fails',
      handled(['States.ALL'], { Parameters: { 'MessageBody.$': "States.MathAdd('a', 1)" } }),
      'States.IntrinsicFailure',
      ERRORS,
    ],
  ]);

  test('States.Runtime is not retried (dg/concepts-error-handling)', async () => {
    const { start, result } = world();
    const Retry = [{ ErrorEquals: ['States.Runtime'], IntervalSeconds: 60 }];
    expect(await result(await start(task({ ...runtime, Retry })))).toMatchObject({ status: 'FAILED' });
  });

  test.each([
    ['States.Timeout', 'TimeoutSeconds', 'States.Timeout'],
    ['States.ALL', 'TimeoutSeconds', 'States.Timeout'],
    ['States.HeartbeatTimeout', 'HeartbeatSeconds', 'States.HeartbeatTimeout'],
    ['States.Timeout', 'HeartbeatSeconds', 'States.HeartbeatTimeout'],
  ])('Catch of %s with %s: the error output of a time-out has an empty Cause', async (name, limit, Error) => {
    const { start, result, clock } = world();
    const execution = await start({
      StartAt: 'T',
      States: {
        T: { ...(waiting({ [limit]: 5 }).States.S as Input), Catch: [{ ErrorEquals: [name], Next: 'P' }] },
        P: { Type: 'Pass', End: true },
      },
    });
    await clock.advance(5_000);
    expect(await result(execution)).toEqual({ output: { Error, Cause: '' } });
  });

  test('States.TaskFailed does not match a time-out (dg/concepts-error-handling)', async () => {
    const { start, result, clock } = world();
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'S' }];
    const execution = await start(waiting({ TimeoutSeconds: 5, Catch }));
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
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
});
