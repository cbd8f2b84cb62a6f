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
    ['path: filter', pass({ InputPath: '$.list[?(@ > 1)]' }), [2, 3]],
    [
      'context object',
      pass({ Parameters: { 'n.$': '$$.Execution.Name', 's.$': '$$.State.Name' } }),
      { n: 'e', s: 'S' },
    ],
    ['Succeed', { StartAt: 'S', States: { S: { Type: 'Succeed', OutputPath: '$.a' } } }, { b: 1 }],
  ]);

  errors([['a path that selects nothing', pass({ InputPath: '$.none' }), 'States.Runtime']]);
});
