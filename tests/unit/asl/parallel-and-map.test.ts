import { errors, one, outputs, pass, sentToken, waiting, world } from './asl-harness';

describe('Parallel and Map', () => {
  outputs([
    ['Parallel', one({ Type: 'Parallel', Branches: [pass({ InputPath: '$.a' }), pass({ Result: 2 })] }), [{ b: 1 }, 2]],
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
  ]);

  outputs([
    [
      '$$.Map.Item in a Parallel inside a Map is that of the iteration around it',
      one({
        Type: 'Map',
        ItemsPath: '$.list',
        ItemProcessor: one({
          Type: 'Parallel',
          Branches: [
            pass({ Parameters: { 'i.$': '$$.Map.Item.Index' } }),
            pass({ Parameters: { 'v.$': '$$.Map.Item.Value' } }),
          ],
        }),
      }),
      [0, 1, 2].map((i) => [{ i }, { v: i + 1 }]),
      'dg/input-output-contextobject',
    ],
    [
      '$$.Map.Item in a Map inside a Map is that of the inner iteration',
      one({
        Type: 'Map',
        ItemsPath: '$.list',
        ItemSelector: { 'outer.$': '$$.Map.Item.Value', inner: ['a'] },
        ItemProcessor: one({
          Type: 'Map',
          ItemsPath: '$.inner',
          ItemSelector: { 'outer.$': '$.outer', 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' },
          ItemProcessor: pass({}),
        }),
      }),
      [1, 2, 3].map((outer) => [{ outer, v: 'a', i: 0 }]),
      'dg/input-output-contextobject',
    ],
  ]);

  errors([
    ['a branch of a Parallel', one({ Type: 'Parallel', Branches: [one({ Type: 'Fail', Error: 'B' }), pass({})] }), 'B'],
    [
      'an iteration of a Map',
      one({ Type: 'Map', ItemsPath: '$.list', ItemProcessor: one({ Type: 'Fail', Error: 'I' }) }),
      'I',
    ],
  ]);

  test('a failing branch cancels its siblings: their timers and tokens are gone', async () => {
    const { start, result, calls, call, clock } = world();
    const failing = {
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'B' } },
    };
    const execution = await start(one({ Type: 'Parallel', Branches: [waiting({}), failing] }));
    const taskToken = sentToken(calls);
    await clock.advance(1_000);
    expect(await result(execution)).toMatchObject({ status: 'FAILED', error: 'B' });
    await expect(call('SendTaskSuccess', { taskToken, output: '{}' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });
});
