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

describe('Choice', () => {
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
        States: { C: { Type: 'Choice', Choices: [{ Variable: '$.text', StringEquals: 'y', Next: 'C' }] } },
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
