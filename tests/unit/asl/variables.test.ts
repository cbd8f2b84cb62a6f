import { outputs, pass } from './asl-harness';

describe('variables in JSONPath', () => {
  outputs([
    [
      'Assign and variables',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { 'v.$': '$.a' }, Next: 'B' },
          B: { Type: 'Pass', InputPath: '$v.b', End: true },
        },
      },
      1,
    ],
    [
      'Parallel: outer variables',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { v: 1 }, Next: 'P' },
          P: { Type: 'Parallel', Branches: [pass({ InputPath: '$v' })], End: true },
        },
      },
      [1],
    ],
    [
      'a variable that is null is there, and is null',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { v: null }, Next: 'C' },
          C: {
            Type: 'Choice',
            Choices: [
              {
                And: [
                  { Variable: '$v', IsPresent: true },
                  { Variable: '$v', IsNull: true },
                ],
                Next: 'Yes',
              },
            ],
            Default: 'No',
          },
          Yes: { Type: 'Pass', Result: true, End: true },
          No: { Type: 'Pass', Result: false, End: true },
        },
      },
      true,
      'dg/workflow-variables',
    ],
    [
      'OutputPath may name a variable',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { 'v.$': '$.a' }, Next: 'B' },
          B: { Type: 'Pass', OutputPath: '$v.b', End: true },
        },
      },
      1,
      'dg/workflow-variables',
    ],
    [
      'null is a value',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { v: null }, Next: 'B' },
          B: { Type: 'Pass', Parameters: { 'v.$': '$v' }, End: true },
        },
      },
      { v: null },
    ],
  ]);
});
