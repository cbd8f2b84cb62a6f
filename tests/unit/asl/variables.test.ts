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
