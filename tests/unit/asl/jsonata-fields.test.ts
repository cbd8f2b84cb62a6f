import { DATA, type ErrorCase, errors, one, outputs, world } from './asl-harness';
import { expression, FAILURE, jsonata, pass, task } from './jsonata-harness';

const JSONATA = 'dg/transforming-data';
const NO_BOOLEANS = ["'true'", '1', 'null', '[true]', '{}', '$states.input.none'];

describe('JSONata: Output, Arguments, Condition', () => {
  outputs([
    ['JSONata Output', expression('$states.input.a.b + 1'), 2],
    ['without Output the input passes', pass({}), DATA],
    ['Output of literals', pass({ Output: { a: [1, null, 'x'] } }), { a: [1, null, 'x'] }],
    ['Output null', pass({ Output: null }), null],
    [
      'expressions in objects and arrays',
      pass({ Output: { a: [{ b: '{% $states.input.text %}' }], c: '{%$states.input.a.b%}' } }),
      { a: [{ b: 'x' }], c: 1 },
    ],
    ['a text with spaces around the delimiters is a text', pass({ Output: ' {% 1 %} ' }), ' {% 1 %} '],
    ['a text in the middle is a text', pass({ Output: 'a {% 1 %} b' }), 'a {% 1 %} b'],
    ['keys that end in .$ mean nothing', pass({ Output: { 'a.$': '$.text' } }), { 'a.$': '$.text' }],
    ['an object constructor drops keys without a value', expression("{'a': $states.input.none, 'b': 1}"), { b: 1 }],
    ['null is a value', expression('$states.input.nil'), null],
    [
      'ItemSelector null is null, not the item',
      jsonata(one({ Type: 'Map', Items: [1], ItemSelector: null, ItemProcessor: pass({}) })),
      [null],
      JSONATA,
    ],
    ['local variables', expression('( $a := 1; $a + 1 )'), 2],
    [
      'JSONata Assign and Arguments',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { v: '{% $states.input.text %}' }, Next: 'T' },
          T: task({
            Arguments: { QueueUrl: 'q', MessageBody: '{% $v %}' },
            Output: '{% $states.result.MessageId %}',
          }),
        },
      }),
      'm',
    ],
    ['without Output a Task passes its result', jsonata(one(task({}))), { MessageId: 'm' }],
    [
      'Assign of a Task reads the result',
      jsonata({
        StartAt: 'T',
        States: {
          T: task({ Assign: { id: '{% $states.result.MessageId %}' }, End: undefined, Next: 'P' }),
          P: { Type: 'Pass', Output: "{% {'id': $id} %}", End: true },
        },
      }),
      { id: 'm' },
    ],
    [
      'JSONata Condition',
      jsonata({
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Condition: "{% $states.input.text = 'x' %}", Next: 'Yes' }] },
          Yes: { Type: 'Succeed', Output: true },
        },
      }),
      true,
    ],
    [
      'Succeed',
      jsonata({ StartAt: 'S', States: { S: { Type: 'Succeed', Output: '{% $states.input.a %}' } } }),
      { b: 1 },
    ],
    [
      'a JSONata state in a JSONPath machine',
      one({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $states.input.text %}' }),
      'x',
    ],
  ]);

  errors([
    ['JSONata that returns nothing', expression('$states.input.none'), FAILURE],
    ['there is no document: a bare name', expression('text'), FAILURE],
    ['there is no document: $', expression('$'), FAILURE],
    ['a function is no JSON', expression('$sum'), FAILURE],
    ['a type error', expression("1 + 'a'"), FAILURE],
    ['a variable that was not assigned', expression('$unknown'), FAILURE],
    ['Fail', jsonata(one({ Type: 'Fail', Error: "{% 'E' & $states.input.text %}" })), 'Ex'],
    ['Fail with an Error that is no text', jsonata(one({ Type: 'Fail', Error: '{% 1 %}' })), FAILURE],
    [
      'Map Items that are null',
      jsonata(one({ Type: 'Map', Items: '{% null %}', ItemProcessor: pass({}) })),
      FAILURE,
      JSONATA,
    ],
    ...NO_BOOLEANS.map(
      (condition): ErrorCase => [
        `a Condition that is not a boolean: ${condition}`,
        jsonata({
          StartAt: 'C',
          States: {
            C: { Type: 'Choice', Choices: [{ Condition: `{% ${condition} %}`, Next: 'Y' }], Default: 'Y' },
            Y: { Type: 'Succeed' },
          },
        }),
        FAILURE,
        JSONATA,
      ],
    ),
    ['Map items that are no array', jsonata(one({ Type: 'Map', Items: '{% 1 %}', ItemProcessor: pass({}) })), FAILURE],
  ]);

  test('the cause is in the words of AWS, and the history has the place', async () => {
    const { start, result, call } = world();
    const executionArn = await start(pass({ Output: { a: ['{% 1 %}', '{% $unknown() %}'] } }));
    const { cause } = (await result(executionArn)) as { cause: string };
    expect(cause).toBe(
      "An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression " +
        "'$unknown()' specified for the field 'Output/a/1' threw an error during evaluation. " +
        'T1006: Attempted to invoke a non-function',
    );
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'EvaluationFailed',
        evaluationFailedEventDetails: { state: 'S', error: FAILURE, cause, location: 'Output/a/1' },
      }),
    );
  });
});
