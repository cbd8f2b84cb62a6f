import { errors, type Input, one, world } from './asl-harness';

describe('Wait and Fail', () => {
  errors([
    ['Fail Error', one({ Type: 'Fail', Error: 'E', Cause: 'c' }), 'E'],
    ['Fail ErrorPath', one({ Type: 'Fail', ErrorPath: '$.text', CausePath: "States.Format('{}', $.a.b)" }), 'x'],
  ]);

  const WAIT = 'dg/state-wait';
  const wait = (fields: Input) => one({ Type: 'Wait', ...fields });
  /** A Wait whose input is this value. */
  const on = (value: unknown, fields: Input) => ({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Result: value, Next: 'W' }, W: { Type: 'Wait', ...fields, End: true } },
  });
  const seconds = (value: unknown) => on(value, { SecondsPath: '$' });
  const until = (value: unknown) => on(value, { TimestampPath: '$' });
  errors([
    ['SecondsPath that is text', seconds('10'), 'States.Runtime', WAIT],
    ['SecondsPath that is negative', seconds(-1), 'States.Runtime', WAIT],
    ['SecondsPath that is a fraction', seconds(1.5), 'States.Runtime', WAIT],
    ['SecondsPath that is null', seconds(null), 'States.Runtime', WAIT],
    ['SecondsPath that is too large', seconds(100_000_000), 'States.Runtime', WAIT],
    ['TimestampPath without a zone', until('2026-01-01T00:00:10'), 'States.Runtime', 'spec#timestamps'],
    ['TimestampPath of a day that does not exist', until('2026-02-30T00:00:00Z'), 'States.Runtime', 'spec#timestamps'],
    ['TimestampPath that is a number', until(10), 'States.Runtime', 'spec#timestamps'],
  ]);

  test.each([
    ['Seconds that are text', { Seconds: '10' }, 'Seconds'],
    ['Seconds that are negative', { Seconds: -1 }, 'Seconds'],
    ['Seconds that are a fraction', { Seconds: 1.5 }, 'Seconds'],
    ['a Timestamp without a zone', { Timestamp: '2026-01-01T00:00:10' }, 'Timestamp'],
  ])('CreateStateMachine refuses %s (dg/state-wait)', async (_, fields, field) => {
    await expect(world().start(wait(fields))).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringContaining(`at /States/S/${field}`),
    });
  });

  test('SecondsPath is applied to what InputPath selects (spec#filters)', async () => {
    const { start, result, clock } = world();
    const execution = await start(wait({ InputPath: '$.a', SecondsPath: '$.n' }), { a: { n: 10 } });
    await clock.advance(10_000);
    expect(await result(execution)).toEqual({ output: { n: 10 } });
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
});
