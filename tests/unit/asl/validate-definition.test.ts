import { type Input, one, world } from './asl-harness';

const jsonata = (state: Input) => ({ QueryLanguage: 'JSONata', ...one(state) });
const pass = (fields: Input) => jsonata({ Type: 'Pass', ...fields });
const task = (fields: Input) => jsonata({ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', ...fields });
const branch = (Assign: Input) => one({ Type: 'Pass', Assign });

/** Definitions that CreateStateMachine refuses: [what, definition, part of the message]. */
const REFUSED: readonly (readonly [string, unknown, string])[] = [
  ['a field of JSONPath in a JSONata state', pass({ ResultPath: null }), 'JSONata at /States/S/ResultPath'],
  ['a path field', task({ TimeoutSecondsPath: '$.n' }), 'at /States/S/TimeoutSecondsPath'],
  [
    'a field of JSONPath in a Catch',
    task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'S' }] }),
    'at /States/S/Catch/0/ResultPath',
  ],
  [
    'a field of JSONPath in a rule',
    jsonata({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'S' }] }),
    'at /States/S/Choices/0/Variable',
  ],
  ['a field of JSONata in a JSONPath state', one({ Type: 'Pass', Output: 1 }), 'JSONPath at /States/S/Output'],
  ['a JSONPath state in a JSONata machine', pass({ QueryLanguage: 'JSONPath' }), 'at /States/S'],
  ['an expression that does not parse', pass({ Output: { a: '{% 1 + %}' } }), 'at /States/S/Output/a'],
  ['an expression that is not closed', pass({ Output: '{% 1' }), 'at /States/S/Output'],
  ['$states.errorOutput outside of a Catch', task({ Output: '{% $states.errorOutput %}' }), 'at /States/S/Output'],
  ['the name states', pass({ Assign: { states: 1 } }), 'at /States/S'],
  [
    'a variable of an outer scope that a branch assigns',
    {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: 1 }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [branch({ v: 2 })], End: true },
      },
    },
    "'v' is already assigned",
  ],
];

describe('what CreateStateMachine refuses', () => {
  test.each(REFUSED)('%s', async (_, definition, message) => {
    await expect(world().start(definition)).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringContaining(message),
    });
  });

  test('two branches may assign the same name', async () => {
    const { start, result } = world();
    const definition = jsonata({
      Type: 'Parallel',
      Branches: [branch({ v: 1 }), branch({ v: 2 })],
      Output: '{% $count($states.result) %}',
    });
    expect(await result(await start(definition))).toEqual({ output: 2 });
  });
});
