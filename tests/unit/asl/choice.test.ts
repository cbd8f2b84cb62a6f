import { choice, DATA, errors, outputs, world, type Input } from './asl-harness';

/** Choice rules on DATA: [rule, whether it applies]. */
const RULES: readonly (readonly [Input, boolean])[] = [
  [{ Variable: '$.text', StringEquals: 'x' }, true],
  [{ Variable: '$.text', StringEqualsPath: '$.text' }, true],
  [{ Variable: '$.text', StringLessThan: 'a' }, false],
  [{ Variable: '$.text', StringGreaterThanEquals: 'x' }, true],
  [{ Variable: '$.text', StringMatches: '*' }, true],
  [{ Variable: '$.text', StringMatches: 'y*' }, false],
  [{ Variable: '$.a.b', NumericEquals: 1 }, true],
  [{ Variable: '$.a.b', NumericGreaterThan: 1 }, false],
  [{ Variable: '$.a.b', NumericLessThanEqualsPath: '$.list[2]' }, true],
  [{ Variable: '$.a.b', StringEquals: '1' }, false],
  [{ Variable: '$.flag', BooleanEquals: true }, true],
  [{ Variable: '$.when', TimestampEquals: '2026-01-01T01:00:00+01:00' }, true],
  [{ Variable: '$.when', TimestampLessThan: '2025-01-01T00:00:00Z' }, false],
  [{ Variable: '$.none', IsPresent: false }, true],
  [{ Variable: '$.a', IsPresent: true }, true],
  [{ Variable: '$.nil', IsNull: true }, true],
  [{ Variable: '$.nil', IsPresent: true }, true],
  [{ Variable: '$.nil', IsNull: false }, false],
  [{ Variable: '$.nil', IsString: false }, true],
  [{ Variable: '$.text', IsNull: false }, true],
  [{ Variable: '$.text', IsString: true }, true],
  [{ Variable: '$.text', IsNumeric: true }, false],
  [{ Variable: '$.flag', IsBoolean: true }, true],
  [{ Variable: '$.when', IsTimestamp: true }, true],
  [{ Not: { Variable: '$.flag', BooleanEquals: false } }, true],
  [
    {
      And: [
        { Variable: '$.flag', IsBoolean: true },
        { Variable: '$.text', StringEquals: 'y' },
      ],
    },
    false,
  ],
  [
    {
      Or: [
        { Variable: '$.flag', BooleanEquals: false },
        { Variable: '$.text', StringEquals: 'x' },
      ],
    },
    true,
  ],
];

/** What IsTimestamp makes of a text (spec#timestamps). */
const TIMESTAMPS: readonly (readonly [string, boolean])[] = [
  ['2024-02-29T00:00:00Z', true],
  ['2024-02-30T00:00:00Z', false],
  ['2023-02-29T00:00:00Z', false],
  ['2024-04-31T12:00:00.5+02:00', false],
  ['2024-13-01T00:00:00Z', false],
  ['2024-01-01T25:00:00Z', false],
  ['2024-01-01T00:00:00', false],
  ['2024-01-01t00:00:00z', false],
  ['2024-01-01', false],
];

describe('Choice', () => {
  test.each(TIMESTAMPS)('IsTimestamp of %s is %s (spec#timestamps)', async (text, expected) => {
    const { start, result } = world();
    expect(await result(await start(choice({ Variable: '$.t', IsTimestamp: true }), { t: text }))).toEqual({
      output: expected,
    });
  });

  outputs([
    [
      'Choice Assign',
      {
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Variable: '$.text', IsString: true, Assign: { v: 5 }, Next: 'B' }] },
          B: { Type: 'Pass', InputPath: '$v', End: true },
        },
      },
      5,
    ],
  ]);

  errors([
    [
      'a choice without a match',
      {
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Variable: '$.text', StringEquals: 'y', Next: 'Y' }] },
          Y: { Type: 'Succeed' },
        },
      },
      'States.NoChoiceMatched',
    ],
    ['a choice on a missing variable', choice({ Variable: '$.none', StringEquals: 'x' }), 'States.Runtime'],
  ]);

  test.each(RULES)('the choice rule %j applies: %s', async (rule, applies) => {
    const { start, result } = world();
    expect(await result(await start(choice(rule), DATA))).toEqual({ output: applies });
  });
});
