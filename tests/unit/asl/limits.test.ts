import { errors, one, pass, world } from './asl-harness';

describe('limits of an execution', () => {
  errors([['an output that is too large', pass({ Result: 'x'.repeat(262_145) }), 'States.DataLimitExceeded']]);

  test('TimeoutSeconds of the machine ends the execution', async () => {
    const { start, result, clock } = world();
    const execution = await start({ TimeoutSeconds: 5, ...one({ Type: 'Wait', Seconds: 60 }) });
    await clock.advance(5_000);
    expect(await result(execution)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});
