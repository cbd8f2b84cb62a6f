import { DATA, errors, outputs, pass } from './asl-harness';

describe('JSONPath: what the fields of a state make of its input', () => {
  outputs([
    ['Pass', pass({}), DATA],
    ['Pass Result', pass({ Result: 7 }), 7],
    ['InputPath', pass({ InputPath: '$.a' }), { b: 1 }],
    ['InputPath null', pass({ InputPath: null }), {}],
    ['OutputPath', pass({ OutputPath: '$.a.b' }), 1],
    ['Parameters', pass({ Parameters: { 'c.$': '$.a.b', d: [{ 'e.$': '$.text' }] } }), { c: 1, d: [{ e: 'x' }] }],
    ['ResultPath', pass({ Result: 7, ResultPath: '$.a.c' }), { ...DATA, a: { b: 1, c: 7 } }],
    ['ResultPath null', pass({ Result: 7, ResultPath: null }), DATA],
    ['path: index', pass({ InputPath: '$.list[1]' }), 2],
    ['path: quoted key', pass({ InputPath: "$['a']['b']" }), 1],
    ['path: wildcard', pass({ InputPath: '$.list[*]' }), [1, 2, 3]],
    ['path: slice', pass({ InputPath: '$.list[0:2]' }), [1, 2]],
    ['path: deep scan', pass({ InputPath: '$..b' }), [1]],
    ['path: quoted key after a dot', pass({ InputPath: "$.a.['b']" }), 1, 'dg/intrinsic-functions'],
    [
      'path: escaped dot in a name',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Result: { 'a.b': 7 }, Next: 'B' },
          B: { Type: 'Pass', InputPath: '$.a\\.b', End: true },
        },
      },
      7,
      'spec#ref-paths',
    ],
    ['path: null is a value', pass({ Parameters: { 'x.$': '$.nil' } }), { x: null }, 'spec#path'],
    ['Result null', pass({ Result: null }), null, 'spec#pass-state'],
    [
      'context object',
      pass({ Parameters: { 'n.$': '$$.Execution.Name', 's.$': '$$.State.Name' } }),
      { n: 'e', s: 'S' },
    ],
    [
      'ResultPath with a dot in a name',
      pass({ Parameters: { n: 1 }, ResultPath: "$['a.b'].c" }),
      { ...DATA, 'a.b': { c: { n: 1 } } },
      'spec#ref-paths',
    ],
    [
      'ResultPath at an index',
      pass({ Result: 7, ResultPath: '$.list[1]' }),
      { ...DATA, list: [1, 7, 3] },
      'spec#ref-paths',
    ],
    [
      'Succeed with InputPath',
      { StartAt: 'S', States: { S: { Type: 'Succeed', InputPath: '$.a' } } },
      { b: 1 },
      'spec#filters',
    ],
    [
      'Succeed with InputPath and OutputPath',
      { StartAt: 'S', States: { S: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } } },
      1,
      'spec#filters',
    ],
    ['Succeed', { StartAt: 'S', States: { S: { Type: 'Succeed', OutputPath: '$.a' } } }, { b: 1 }],
  ]);

  errors([
    ['a path that selects nothing', pass({ InputPath: '$.none' }), 'States.Runtime'],
    [
      'a ResultPath that does not fit the input',
      pass({ Result: 7, ResultPath: '$.a[0]' }),
      'States.ResultPathMatchFailure',
      'spec#jsonpath-runtime-errors',
    ],
    [
      'a ResultPath on an input that is no object',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', InputPath: '$.text', Next: 'B' },
          B: { Type: 'Pass', Result: 7, ResultPath: '$.x', End: true },
        },
      },
      'States.ResultPathMatchFailure',
      'spec#jsonpath-runtime-errors',
    ],
  ]);
});
