import { errors, one, outputs, pass, sentToken, task, waiting, world } from './asl-harness';

const QUOTAS = 'dg/service-quotas';

describe('limits of an execution', () => {
  // Two bytes are the quotes of the JSON.
  errors([
    ['an output that is too large', pass({ Result: 'x'.repeat(262_143) }), 'States.DataLimitExceeded', QUOTAS],
    ['bytes of UTF-8 count, not characters', pass({ Result: 'é'.repeat(131_072) }), 'States.DataLimitExceeded', QUOTAS],
    [
      'parameters that are too large',
      task({ Parameters: { MessageBody: 'x'.repeat(262_144) } }),
      'States.DataLimitExceeded',
      'dg/concepts-error-handling',
    ],
  ]);
  outputs([
    ['262,144 bytes are an output', pass({ Result: 'x'.repeat(262_142) }), 'x'.repeat(262_142), QUOTAS],
    ['262,144 bytes of UTF-8 are an output', pass({ Result: 'é'.repeat(131_071) }), 'é'.repeat(131_071), QUOTAS],
  ]);

  test('a result of a Task may have 262,144 bytes', async () => {
    const { start, result, calls, call } = world();
    const execution = await start(waiting({ ResultPath: null }));
    const output = JSON.stringify({ a: 'é'.repeat(131_068) });
    expect(Buffer.byteLength(output)).toBe(262_144);
    await call('SendTaskSuccess', { taskToken: sentToken(calls), output });
    expect(await result(execution)).toEqual({ output: {} });
  });

  test('a result of a Task that is too large fails it, even if ResultPath drops it (dg/concepts-error-handling)', async () => {
    const { start, result, replies } = world();
    replies.push({ MessageId: 'x'.repeat(262_144) });
    const execution = await start(task({ ResultPath: null }));
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test.each([
    ['StartExecution', 'InvalidExecutionInput', { input: JSON.stringify('é'.repeat(131_072)) }],
    ['SendTaskSuccess', 'InvalidOutput', { output: JSON.stringify('é'.repeat(131_072)) }],
  ])('%s refuses more than 262,144 bytes with %s', async (operation, code, input) => {
    const { start, calls, call } = world();
    const { stateMachineArn } = await call('DescribeExecution', { executionArn: await start(waiting({})) });
    const taskToken = sentToken(calls);
    await expect(call(operation, { stateMachineArn, taskToken, ...input })).rejects.toMatchObject({ code });
  });

  test('TimeoutSeconds of the machine ends the execution', async () => {
    const { start, result, clock } = world();
    const execution = await start({ TimeoutSeconds: 5, ...one({ Type: 'Wait', Seconds: 60 }) });
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});
