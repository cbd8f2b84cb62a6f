import { one, outputs, world } from './asl-harness';
import { assignThen, jsonata, pass } from './jsonata-harness';

describe('JSONata: variables', () => {
  outputs([
    [
      'all names are assigned at once, from the old values',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
          B: {
            Type: 'Pass',
            Assign: { x: '{% $y %}', y: '{% $x %}' },
            Output: { x: '{% $x %}', y: '{% $y %}' },
            Next: 'C',
          },
          C: { Type: 'Pass', Output: { old: '{% $states.input %}', x: '{% $x %}', y: '{% $y %}' }, End: true },
        },
      }),
      { old: { x: 1, y: 2 }, x: 2, y: 1 },
    ],
    ['null is a value', assignThen({ v: null }, { Output: '{% $v = null %}' }), true],
    ['objects keep their shape', assignThen({ v: { a: [1] } }, { Output: '{% $v.a %}' }), [1]],
    [
      'a rule of a Choice assigns, its Output is the output',
      jsonata({
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [
              { Condition: false, Assign: { v: 'first' }, Next: 'P' },
              { Condition: '{% $states.input.flag %}', Assign: { v: 'second' }, Output: { o: 1 }, Next: 'P' },
            ],
            Assign: { v: 'default' },
            Output: { o: 2 },
            Default: 'P',
          },
          P: { Type: 'Pass', Output: '{% [$v, $states.input.o] %}', End: true },
        },
      }),
      ['second', 1],
    ],
    [
      'without a match the Choice itself assigns',
      jsonata({
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [{ Condition: false, Assign: { v: 'first' }, Next: 'P' }],
            Assign: { v: "{% 'default ' & $states.input.text %}" },
            Default: 'P',
          },
          P: { Type: 'Pass', Output: '{% [$v, $states.input.text] %}', End: true },
        },
      }),
      ['default x', 'x'],
    ],
    [
      'branches read outer variables, and their own stay inside',
      jsonata({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'P' },
          P: {
            Type: 'Parallel',
            Arguments: { n: '{% $outer + 1 %}' },
            Branches: [
              {
                StartAt: 'X',
                States: {
                  X: { Type: 'Pass', Assign: { own: '{% $states.input.n + $outer %}' }, Next: 'Y' },
                  Y: { Type: 'Pass', Output: '{% $own %}', End: true },
                },
              },
              { StartAt: 'Z', States: { Z: { Type: 'Pass', Output: '{% $exists($own) %}', End: true } } },
            ],
            Assign: { sum: '{% $states.result[0] %}' },
            Output: '{% $states.result %}',
            Next: 'E',
          },
          E: { Type: 'Pass', Output: '{% [$sum, $exists($own), $states.input] %}', End: true },
        },
      }),
      [3, false, 3, false],
    ],
    [
      'Map: Items, ItemSelector and the item in the context object, also in a Parallel inside',
      jsonata(
        one({
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemSelector: { v: '{% $states.context.Map.Item.Value * 2 %}' },
          ItemProcessor: one({
            Type: 'Parallel',
            Branches: [one({ Type: 'Pass', Output: '{% $states.input.v + $states.context.Map.Item.Index %}' })],
            Output: '{% $states.result[0] %}',
          }),
        }),
      ),
      [2, 5, 8],
    ],
  ]);

  test('the history shows what a state assigned', async () => {
    const { start, call } = world();
    const executionArn = await start(pass({ Assign: { v: { a: 1 } } }));
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events).toContainEqual(
      expect.objectContaining({
        stateExitedEventDetails: expect.objectContaining({ assignedVariables: { v: '{"a":1}' } }),
      }),
    );
  });
});
