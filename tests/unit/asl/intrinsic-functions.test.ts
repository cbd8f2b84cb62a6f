import { errors, intrinsic, outputs } from './asl-harness';

const INTRINSICS = 'dg/intrinsic-functions';
const AB = `States.StringToJson('\\{"a":1,"b":2\\}')`;
const BA = `States.StringToJson('\\{"b":2,"a":1\\}')`;

describe('intrinsic functions', () => {
  outputs([
    ['States.Format', intrinsic("States.Format('{}-{}', $.text, 1)"), { x: 'x-1' }],
    [
      "States.Format: \\' in a text",
      intrinsic("States.Format('it\\'s {}', 1)"),
      { x: "it's 1" },
      'dg/intrinsic-functions',
    ],
    [
      'States.Format: escaped braces',
      intrinsic("States.Format('\\{\\} {} \\{{}\\}', 1, 2)"),
      { x: '{} 1 {2}' },
      INTRINSICS,
    ],
    ['States.Format: an escaped backslash', intrinsic("States.Format('a\\\\{}', 1)"), { x: 'a\\1' }, INTRINSICS],
    [
      'States.Format: values may contain braces',
      intrinsic("States.Format('{}{}', '\\{\\}', 1)"),
      { x: '{}1' },
      INTRINSICS,
    ],
    [
      'States.Format: null and booleans',
      intrinsic("States.Format('{} {}', $.nil, $.flag)"),
      { x: 'null true' },
      'spec#statesformat',
    ],
    ['escapes in other functions', intrinsic("States.Array('\\'\\{\\}\\\\')"), { x: ["'{}\\"] }, INTRINSICS],
    ['a comma and parentheses in a text', intrinsic("States.Array('a,b)', 1)"), { x: ['a,b)', 1] }, INTRINSICS],
    [
      'a path in quotes and a nested call',
      intrinsic("States.Array($['text'], States.Array())"),
      { x: ['x', []] },
      INTRINSICS,
    ],
    ['States.StringToJson', intrinsic("States.StringToJson('120')"), { x: 120 }],
    ['States.JsonToString', intrinsic('States.JsonToString($.a)'), { x: '{"b":1}' }],
    ['States.JsonMerge', intrinsic('States.JsonMerge($.a, $.a, false)'), { x: { b: 1 } }],
    ['States.Array', intrinsic('States.Array(1, $.text)'), { x: [1, 'x'] }],
    ['States.ArrayPartition', intrinsic('States.ArrayPartition($.list, 2)'), { x: [[1, 2], [3]] }],
    ['States.ArrayContains', intrinsic('States.ArrayContains($.list, 2)'), { x: true }],
    [
      'States.ArrayContains: the order of keys does not matter',
      intrinsic(`States.ArrayContains(States.Array(${AB}), ${BA})`),
      { x: true },
      INTRINSICS,
    ],
    [
      'States.ArrayContains: null',
      intrinsic('States.ArrayContains(States.Array(null), $.nil)'),
      { x: true },
      INTRINSICS,
    ],
    [
      'States.ArrayUnique: the order of keys does not matter',
      intrinsic(`States.ArrayUnique(States.Array(${AB}, ${BA}))`),
      { x: [{ a: 1, b: 2 }] },
      INTRINSICS,
    ],
    ['States.ArrayGetItem: null', intrinsic('States.ArrayGetItem(States.Array($.nil), 0)'), { x: null }, INTRINSICS],
    [
      'States.ArrayPartition rounds its size',
      intrinsic('States.ArrayPartition($.list, 1.6)'),
      { x: [[1, 2], [3]] },
      INTRINSICS,
    ],
    [
      'States.ArrayRange rounds its arguments',
      intrinsic('States.ArrayRange(1.4, 5.4, 1.5)'),
      { x: [1, 3, 5] },
      INTRINSICS,
    ],
    ['States.ArrayRange', intrinsic('States.ArrayRange(1, 5, 2)'), { x: [1, 3, 5] }],
    ['States.ArrayGetItem', intrinsic('States.ArrayGetItem($.list, 2)'), { x: 3 }],
    ['States.ArrayLength', intrinsic('States.ArrayLength($.list)'), { x: 3 }],
    ['States.ArrayUnique', intrinsic('States.ArrayUnique(States.Array(1, 1, 2))'), { x: [1, 2] }],
    ['States.Base64Encode', intrinsic("States.Base64Encode('a')"), { x: 'YQ==' }],
    ['States.Base64Decode', intrinsic("States.Base64Decode('YQ==')"), { x: 'a' }],
    ['States.Hash', intrinsic("States.Hash('a', 'MD5')"), { x: '0cc175b9c0f1b6a831c399e269772661' }],
    ['States.MathAdd', intrinsic('States.MathAdd($.a.b, -3)'), { x: -2 }],
    ['States.MathAdd rounds each argument', intrinsic('States.MathAdd(1.5, 1.51)'), { x: 4 }, INTRINSICS],
    ['States.MathAdd rounds down below a half', intrinsic('States.MathAdd(1.49, 1.5)'), { x: 3 }, INTRINSICS],
    ['States.MathAdd rounds negative halves up', intrinsic('States.MathAdd(-1.49, -1.5)'), { x: -2 }, INTRINSICS],
    [
      'States.MathRandom repeats itself for a seed',
      intrinsic(`States.ArrayUnique(States.Array(${Array(5).fill('States.MathRandom(0, 1000000, 7)').join(', ')}))`),
      { x: [expect.any(Number)] },
      INTRINSICS,
    ],
    [
      'States.MathRandom rounds start and end; the end is excluded',
      intrinsic('States.MathRandom(6.5, 8.4)'),
      { x: 7 },
      INTRINSICS,
    ],
    ['States.StringSplit', intrinsic("States.StringSplit('a,b;c', ',;')"), { x: ['a', 'b', 'c'] }],
  ]);

  errors([
    ['an intrinsic function with wrong arguments', intrinsic("States.MathAdd('a', 1)"), 'States.IntrinsicFailure'],
    ['a backslash that escapes nothing', intrinsic("States.Format('a\\b')"), 'States.IntrinsicFailure', INTRINSICS],
    ['more values than {}', intrinsic("States.Format('\\{\\}', 1)"), 'States.IntrinsicFailure', INTRINSICS],
    [
      'States.Format with an object',
      intrinsic("States.Format('{}', $.a)"),
      'States.IntrinsicFailure',
      'spec#statesformat',
    ],
    [
      'States.MathAdd beyond 32 bits',
      intrinsic('States.MathAdd(2147483648, 1)'),
      'States.IntrinsicFailure',
      INTRINSICS,
    ],
    ['States.ArrayRange with step 0', intrinsic('States.ArrayRange(1, 2, 0.4)'), 'States.IntrinsicFailure', INTRINSICS],
  ]);
});
