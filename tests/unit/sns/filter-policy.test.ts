import { compileFilterPolicy } from '../../../local/services/sns/filter-policy';

const matches = (policy: unknown, message: unknown) =>
  compileFilterPolicy(JSON.stringify(policy), 'MessageBody')(message);

describe('SNS filter policies', () => {
  test.each([
    ['an exact text', { name: ['A', 'B'] }, { name: 'B' }, { name: 'C' }],
    ['a number, not its text', { n: [5] }, { n: 5 }, { n: '5' }],
    ['a boolean and null', { ok: [true, null] }, { ok: null }, { ok: false }],
    ['a prefix', { name: [{ prefix: 'DEVICE_' }] }, { name: 'DEVICE_REBOOTED' }, { name: 'MY_DEVICE_' }],
    ['a suffix', { name: [{ suffix: '_SUCCESS' }] }, { name: 'UPGRADE_SUCCESS' }, { name: 'UPGRADE_FAIL' }],
    ['any case', { name: [{ 'equals-ignore-case': 'abc' }] }, { name: 'aBC' }, { name: 'ab' }],
    ['anything but values', { name: [{ 'anything-but': ['A', 'B'] }] }, { name: 'C' }, { name: 'A' }],
    ['anything but, which needs the key', { name: [{ 'anything-but': 'A' }] }, { name: 'B' }, {}],
    ['anything but a prefix', { name: [{ 'anything-but': { prefix: 'A' } }] }, { name: 'B' }, { name: 'AB' }],
    ['a range of numbers', { n: [{ numeric: ['>', 0, '<=', 10] }] }, { n: 10 }, { n: 0 }],
    ['an equal number', { n: [{ numeric: ['=', 1.5] }] }, { n: 1.5 }, { n: 1 }],
    ['a key that exists', { name: [{ exists: true }] }, { name: null }, {}],
    ['a key that does not exist', { name: [{ exists: false }] }, { other: 1 }, { name: 'x' }],
    ['any element of a list', { tags: ['a'] }, { tags: ['b', 'a'] }, { tags: ['b'] }],
    ['nested keys', { event: { status: ['FAIL'] } }, { event: { status: 'FAIL' } }, { status: 'FAIL' }],
    ['nested keys in lists', { list: { id: [1] } }, { list: [{ id: 2 }, { id: 1 }] }, { list: [{ id: 2 }] }],
    ['all keys', { a: [1], b: [2] }, { a: 1, b: 2 }, { a: 1 }],
    ['one of several policies', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, { a: 2 }],
    // Developer guide, "String value matching", "Numeric value matching", "Key matching" and "AND/OR logic".
    [
      'any element that is none of the excluded',
      { customer_interests: [{ 'anything-but': ['rugby', 'tennis'] }] },
      { customer_interests: ['rugby', 'baseball'] },
      { customer_interests: ['rugby', 'tennis'] },
    ],
    [
      'anything but values, or no key',
      { customer_interests: [{ 'anything-but': ['rugby'] }, { exists: false }] },
      { other: 1 },
      { customer_interests: 'rugby' },
    ],
    ['anything but numbers', { price: [{ 'anything-but': [100, 500] }] }, { price: 100.1 }, { price: 100 }],
    [
      'anything but a suffix',
      { name: [{ 'anything-but': { suffix: 'ball' } }] },
      { name: 'rugby' },
      { name: 'baseball' },
    ],
    [
      'a number in any notation',
      { price: [{ numeric: ['=', 301.5] }] },
      JSON.parse('{"price":3.015e2}'),
      { price: '301.5' },
    ],
    ['a negative number', { price: [{ numeric: ['<', 0] }] }, { price: -1 }, { price: 0 }],
    ['a key with a list', { store: [{ exists: true }] }, { store: ['fans'] }, { other: ['fans'] }],
    ['nested operators', { a: { b: [{ prefix: 'x' }, { exists: false }] } }, { a: {} }, { a: { b: 'y' } }],
    [
      'one of several keys and another',
      { s: ['a'], $or: [{ m: [1] }, { n: [2] }] },
      { s: 'a', n: 2 },
      { s: 'b', n: 2 },
    ],
  ])('match %s', (_what, policy, passing, blocked) => {
    expect(matches(policy, passing)).toBe(true);
    expect(matches(policy, blocked)).toBe(false);
  });

  test.each([
    ['what is no JSON', '{', 'failed to parse JSON'],
    ['a value outside a list', '{"name":"A"}', '"name" must be an object or a list'],
    ['an empty list', '{"name":[]}', '"name" must be an object or a list'],
    ['an unknown operator', '{"ip":[{"cidr":"10.0.0.0/8"}]}', 'cidr'],
    ['six keys', '{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}', '6 keys, 5 at most'],
    [
      'more than 150 combinations',
      JSON.stringify({ a: [...Array(16).keys()], b: [...Array(10).keys()] }),
      '160 combinations',
    ],
  ])('refuse %s', (_what, policy, reason) => {
    expect(() => compileFilterPolicy(policy, 'MessageBody')).toThrow(reason);
  });

  test('refuse nested keys for message attributes', () => {
    expect(() => compileFilterPolicy('{"a":{"b":["c"]}}', 'MessageAttributes')).toThrow(
      'need FilterPolicyScope MessageBody',
    );
  });
});
