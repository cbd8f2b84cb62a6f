import { outputs, world } from './asl-harness';

const ITEMS = [
  { id: 1, text: 'a && b', on: true, nil: null },
  { id: 2, text: 'a || b', on: false },
  { id: 3, text: "it's (x)", tags: ['t'] },
];
/** The ids of the items for which a filter holds. */
const ids = (filter: string) => ({
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Result: { items: ITEMS, numbers: [1, 2, 3] }, Next: 'B' },
    B: { Type: 'Pass', InputPath: `$.items[?(${filter})].id`, End: true },
  },
});
const PATHS = 'dg/amazon-states-language-paths';

describe('JSONPath: filters', () => {
  outputs([
    ['a comparison', ids('@.id >= 2'), [2, 3], PATHS],
    ['a comparison with what is not there', ids('@.on == true'), [1], PATHS],
    ['different from what is not there', ids('@.on != true'), [2, 3], PATHS],
    ['types differ', ids("@.id < '9'"), [], PATHS],
    ['null is a value', ids('@.nil == null'), [1], PATHS],
    ['existence', ids('@.tags'), [3], PATHS],
    ['&& in a text', ids("@.text == 'a && b'"), [1], PATHS],
    ['|| in a text', ids('@.text == "a || b"'), [2], PATHS],
    ['a parenthesis and an escaped quote in a text', ids("@.text == 'it\\'s (x)'"), [3], PATHS],
    ['&& binds closer than ||', ids('@.id == 1 || @.id == 2 && @.on == true'), [1], PATHS],
    ['parentheses', ids('(@.id == 1 || @.id == 2) && @.on == false'), [2], PATHS],
    ['! negates existence', ids('!@.on'), [3], PATHS],
    ['! negates parentheses', ids('!(@.id == 1 || @.tags)'), [2], PATHS],
    ['a path of several steps', ids("@.tags[0] == 't'"), [3], PATHS],
    [
      '@ matches objects only, no scalar values',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Result: [1, 2, 3], Next: 'B' },
          B: { Type: 'Pass', InputPath: '$[?(@ > 1)]', End: true },
        },
      },
      [],
      PATHS,
    ],
  ]);

  test.each([
    ['the lexical operator in', '@.id in [1, 2]', "no operator 'in'"],
    ['the lexical operator subsetof', "@.tags subsetof ['t']", "no operator 'subsetof'"],
    ['a regular expression', '@.text =~ /a.*/', 'regular expressions'],
    ['another value of the item', '@.id == @.other', 'another value'],
    ['another value of the data', '@.id == $.id', 'another value'],
    ['a literal on the left', '1 == @.id', 'on the left side'],
    ['an operator that is none', '@.id = 1', 'an operator or )'],
    ['no end', '(@.id == 1', 'an operator or )'],
  ])('CreateStateMachine refuses a filter with %s, with state and path', async (_, filter, problem) => {
    const error: unknown = await world()
      .start(ids(filter))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'InvalidDefinition', message: expect.stringContaining(problem) });
    expect(error).toMatchObject({
      message: expect.stringMatching(/Value is not a path: '\$\.items\[\?.* at \/States\/B\/InputPath/),
    });
  });
});
