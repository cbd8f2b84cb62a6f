import { errors, task, world, type Input } from './asl-harness';

describe('Retry and Catch', () => {
  errors([
    [
      'States.ALL, which does not match States.Runtime',
      task({ Parameters: { 'MessageBody.$': '$.none' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] }),
      'States.Runtime',
    ],
  ]);

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
