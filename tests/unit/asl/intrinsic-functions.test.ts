import { errors, intrinsic, outputs } from './asl-harness';

describe('intrinsic functions', () => {
  outputs([
    ['States.Format', intrinsic("States.Format('{}-{}', $.text, 1)"), { x: 'x-1' }],
    ['States.StringToJson', intrinsic("States.StringToJson('120')"), { x: 120 }],
    ['States.JsonToString', intrinsic('States.JsonToString($.a)'), { x: '{"b":1}' }],
    ['States.JsonMerge', intrinsic('States.JsonMerge($.a, $.a, false)'), { x: { b: 1 } }],
    ['States.Array', intrinsic('States.Array(1, $.text)'), { x: [1, 'x'] }],
    ['States.ArrayPartition', intrinsic('States.ArrayPartition($.list, 2)'), { x: [[1, 2], [3]] }],
    ['States.ArrayContains', intrinsic('States.ArrayContains($.list, 2)'), { x: true }],
    ['States.ArrayRange', intrinsic('States.ArrayRange(1, 5, 2)'), { x: [1, 3, 5] }],
    ['States.ArrayGetItem', intrinsic('States.ArrayGetItem($.list, 2)'), { x: 3 }],
    ['States.ArrayLength', intrinsic('States.ArrayLength($.list)'), { x: 3 }],
    ['States.ArrayUnique', intrinsic('States.ArrayUnique(States.Array(1, 1, 2))'), { x: [1, 2] }],
    ['States.Base64Encode', intrinsic("States.Base64Encode('a')"), { x: 'YQ==' }],
    ['States.Base64Decode', intrinsic("States.Base64Decode('YQ==')"), { x: 'a' }],
    ['States.Hash', intrinsic("States.Hash('a', 'MD5')"), { x: '0cc175b9c0f1b6a831c399e269772661' }],
    ['States.MathAdd', intrinsic('States.MathAdd($.a.b, -3)'), { x: -2 }],
    ['States.StringSplit', intrinsic("States.StringSplit('a,b;c', ',;')"), { x: ['a', 'b', 'c'] }],
  ]);

  errors([
    ['an intrinsic function with wrong arguments', intrinsic("States.MathAdd('a', 1)"), 'States.IntrinsicFailure'],
  ]);
});
