import { errors, one, world } from './asl-harness';

describe('Wait and Fail', () => {
  errors([
    ['Fail Error', one({ Type: 'Fail', Error: 'E', Cause: 'c' }), 'E'],
    ['Fail ErrorPath', one({ Type: 'Fail', ErrorPath: '$.text', CausePath: "States.Format('{}', $.a.b)" }), 'x'],
  ]);

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
});
