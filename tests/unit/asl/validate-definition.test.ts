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
    'at /States/S/Catch[0]/ResultPath',
  ],
  [
    'a field of JSONPath in a rule',
    jsonata({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'S' }] }),
    'at /States/S/Choices[0]/Variable',
  ],
  ['a field of JSONata in a JSONPath state', one({ Type: 'Pass', Output: 1 }), 'JSONPath at /States/S/Output'],
  ['a JSONPath state in a JSONata machine', pass({ QueryLanguage: 'JSONPath' }), 'at /States/S'],
  ['an expression that does not parse', pass({ Output: { a: '{% 1 + %}' } }), 'at /States/S/Output/a'],
  ['an expression that is not closed', pass({ Output: '{% 1' }), 'at /States/S/Output'],
  ['$states.errorOutput outside of a Catch', task({ Output: '{% $states.errorOutput %}' }), 'at /States/S/Output'],
  [
    '$states.result in a state without a result (dg/transforming-data)',
    pass({ Output: ['{% $states.result %}'] }),
    '$states.result is not available in this field at /States/S/Output[0]',
  ],
  [
    '$states.result in Arguments (dg/transforming-data)',
    task({ Arguments: { MessageBody: '{% $states.result %}' } }),
    'at /States/S/Arguments/MessageBody',
  ],
  [
    '$states.result in a Catch (dg/transforming-data)',
    task({ Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.result %}', Next: 'S' }] }),
    'at /States/S/Catch[0]/Output',
  ],
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
  [
    'a variable of an outer scope that a branch assigns from a path (dg/workflow-variables)',
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { 'v.$': '$' }, Next: 'M' },
        M: { Type: 'Map', ItemProcessor: branch({ v: 2 }), End: true },
      },
    },
    "The variable 'v' is already assigned in an outer scope at /States/M/ItemProcessor/States/S",
  ],
  [
    'the name states from a path (spec#reserved-states-variable-with-jsonpath)',
    branch({ 'states.$': '$' }),
    'reserved',
  ],
];

const next = (Next: string) => ({ Type: 'Pass', Next });
const END = { Type: 'Pass', End: true };
const machine = (States: Input, StartAt = 'A') => ({ StartAt, States });
const MISSING = "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at";

/** As AWS words it. The codes: api/API_ValidateStateMachineDefinitionDiagnostic. */
const TRANSITIONS: readonly (readonly [string, unknown, string])[] = [
  [
    'StartAt',
    machine({ A: END }, 'X'),
    `${MISSING} /StartAt, MISSING_TRANSITION_TARGET: State "A" is not reachable. at /States/A`,
  ],
  [
    'Next',
    machine({ A: next('X'), B: END }),
    `${MISSING} /States/A/Next, MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B`,
  ],
  [
    'Default',
    machine({ A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'B' }], Default: 'X' }, B: END }),
    `${MISSING} /States/A/Default`,
  ],
  [
    'Next of a rule',
    machine({ A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'X' }], Default: 'B' }, B: END }),
    `${MISSING} /States/A/Choices[0]/Next`,
  ],
  [
    'Next of a Catch',
    one({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'X' }],
    }),
    `${MISSING} /States/S/Catch[0]/Next`,
  ],
  [
    'a target in another scope',
    machine({ A: { Type: 'Parallel', Branches: [machine({ B: next('C'), D: END }, 'B')], Next: 'C' }, C: END }),
    "Missing 'Next' target: C at /States/A/Branches[0]/States/B/Next",
  ],
  [
    'a state that nothing leads to',
    machine({ A: END, B: END }),
    'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
  ],
  [
    'states that lead only to each other',
    machine({ A: END, B: next('C'), C: next('B') }),
    'State "B" is not reachable. at /States/B, MISSING_TRANSITION_TARGET: State "C" is not reachable.',
  ],
  [
    'an endless loop',
    machine({ A: next('B'), B: next('A') }),
    'MISSING_END_STATE: Workflow has no terminal state at null',
  ],
  ['an endless loop in a branch', one({ Type: 'Map', ItemProcessor: machine({ A: next('A') }) }), 'MISSING_END_STATE'],
  ['a state without Next or End', machine({ A: { Type: 'Pass' }, B: END }), 'needs Next or End at /States/A'],
  ['no StartAt', { States: { A: END } }, 'SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /'],
  ['no States', { StartAt: 'A' }, 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'],
];

const handlers = (list: 'Retry' | 'Catch', ...names: readonly (readonly string[])[]) =>
  one({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    [list]: names.map((ErrorEquals) => ({ ErrorEquals, ...(list === 'Catch' && { Next: 'S' }) })),
  });

/** dg/concepts-error-handling */
const ERROR_NAMES: readonly (readonly [string, unknown, string])[] = (['Retry', 'Catch'] as const).flatMap((list) => [
  [
    `names beside States.ALL in ${list}`,
    handlers(list, ['E', 'States.ALL']),
    `States.ALL must appear alone at /States/S/${list}[0]/ErrorEquals`,
  ],
  [
    `States.ALL before another ${list}`,
    handlers(list, ['States.ALL'], ['E']),
    `States.ALL must appear in the last element at /States/S/${list}[0]/ErrorEquals`,
  ],
]);

const jsonPathPass = (fields: Input) => one({ Type: 'Pass', ...fields });
const CALL = "must be a valid JSONPath or a valid intrinsic function call: '";
const PATHS: readonly (readonly [string, unknown, string])[] = [
  [
    'ResultPath into a variable (spec#ref-paths)',
    jsonPathPass({ ResultPath: '$x.y' }),
    "Value is not a Reference Path: '$x.y' at /States/S/ResultPath",
  ],
  [
    'ResultPath into the context object (spec#filters)',
    jsonPathPass({ ResultPath: '$$.x' }),
    'at /States/S/ResultPath',
  ],
  ['ResultPath to several places (spec#ref-paths)', jsonPathPass({ ResultPath: '$.a[*]' }), 'at /States/S/ResultPath'],
  [
    'ResultPath of a Catch into a variable',
    one({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Catch: [{ ErrorEquals: ['E'], ResultPath: '$x', Next: 'S' }],
    }),
    'at /States/S/Catch[0]/ResultPath',
  ],
  [
    'InputPath that is no path',
    jsonPathPass({ InputPath: 'a' }),
    'Value is not a path: \'a\': expected a path that begins with $ at "a" at /States/S/InputPath',
  ],
  ['OutputPath that is not closed', jsonPathPass({ OutputPath: '$.a[' }), 'at /States/S/OutputPath'],
  [
    'an intrinsic function where a path belongs (dg/intrinsic-functions)',
    jsonPathPass({ InputPath: 'States.Array()' }),
    'at /States/S/InputPath',
  ],
  [
    'a text in Parameters that is no path',
    jsonPathPass({ Parameters: { a: [{ 'b.$': 'text' }] } }),
    `The value for the field 'b.$' ${CALL}text'`,
  ],
  [
    'a number in Parameters under a name that ends in .$',
    jsonPathPass({ Parameters: { 'b.$': 1 } }),
    "The value for the field 'b.$' must be",
  ],
  [
    'an intrinsic function that does not exist',
    jsonPathPass({ Parameters: { 'b.$': 'States.Nothing()' } }),
    'there is no intrinsic function States.Nothing',
  ],
  [
    'an intrinsic function that is not closed',
    jsonPathPass({ Assign: { 'b.$': 'States.Array(1' } }),
    `The value for the field 'b.$' ${CALL}States.Array(1'`,
  ],
  [
    'a Variable that is no path',
    machine({
      A: { Type: 'Choice', Choices: [{ Not: { Variable: 'a', IsNull: true }, Next: 'B' }], Default: 'B' },
      B: END,
    }),
    "Value is not a path: 'a'",
  ],
];

describe('what CreateStateMachine refuses', () => {
  test.each([...REFUSED, ...TRANSITIONS, ...ERROR_NAMES, ...PATHS])('%s', async (_, definition, message) => {
    await expect(world().start(definition)).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringContaining(message),
    });
  });

  test('all problems are in one message', async () => {
    const definition = machine({ A: { Type: 'Pass', InputPath: 'a', ResultPath: '$$', Next: 'X' }, B: END });
    await expect(world().start(definition)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Invalid State Machine Definition: '.*InputPath, .*ResultPath, .*A\/Next, .*"B" is not reachable\. at \/States\/B'$/,
      ),
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
