import { parseStatement } from '../../../local/services/rules/sql/parser';
import { runSql as run } from '../../support/rule-sql';

/** The value of one expression; `'omitted'` when it is Undefined. */
const valueOf = (expression: string, payload: unknown = {}): unknown => {
  const output = run(`SELECT ${expression} AS v FROM 'a/#'`, payload);
  return typeof output === 'object' && output !== null && 'v' in output ? output.v : 'omitted';
};

describe('SELECT', () => {
  const payload = { color: 'red', temp: 21.5, deep: { list: [{ n: 'x' }, { n: 'y' }] } };

  test.each<[string, unknown]>([
    ['*', payload],
    ['color', { color: 'red' }],
    ['color AS rgb, temp', { rgb: 'red', temp: 21.5 }],
    ['deep.list[1].n', { n: 'y' }],
    ['deep.list[0] AS first', { first: { n: 'x' } }],
    ["*, topic(2) AS second, 'new' AS color", { ...payload, color: 'new', second: 'b' }],
    ['missing, deep.missing.more AS gone, color', { color: 'red' }],
    ['color AS out.shade, temp AS out.celsius', { out: { shade: 'red', celsius: 21.5 } }],
    ['VALUE deep.list', [{ n: 'x' }, { n: 'y' }]],
    ["{'a': color, b: [1, temp]} AS made", { made: { a: 'red', b: [1, 21.5] } }],
  ])('%s', (list, expected) => {
    expect(run(`SELECT ${list} FROM 'a/#'`, payload)).toEqual(expected);
  });

  test('keywords are case-insensitive and line breaks do not matter', () => {
    expect(run("select color\n  as c\nfrom 'a/#'\nwhere color = 'red'", payload)).toEqual({ c: 'red' });
  });

  test('a payload that is not JSON passes SELECT * as it is, and its fields are Undefined', () => {
    const bytes = Buffer.from([1, 2, 255]);
    expect(run("SELECT * FROM 'a/#'", bytes)).toEqual(bytes);
    expect(run("SELECT *, x, encode(*, 'base64') AS raw FROM 'a/#'", bytes)).toEqual({ raw: 'AQL/' });
  });

  test('names of JavaScript object internals are not fields', () => {
    expect(valueOf('constructor')).toBe('omitted');
    expect(valueOf('x.__proto__', { x: {} })).toBe('omitted');
  });
});

describe('nested queries (examples of the AWS documentation)', () => {
  const payload = {
    e: [
      { n: 'temperature', u: 'Cel', t: 1234, v: 22.5 },
      { n: 'light', u: 'lm', t: 1235, v: 135 },
      { n: 'acidity', u: 'pH', t: 1235, v: 7 },
    ],
  };
  test.each([
    ['(SELECT VALUE n FROM e) as sensors', { sensors: ['temperature', 'light', 'acidity'] }],
    ["(SELECT v FROM e WHERE n = 'temperature') as temperature", { temperature: [{ v: 22.5 }] }],
    ["get((SELECT v FROM e WHERE n = 'temperature'), 0).v as temperature", { temperature: 22.5 }],
    ['EXISTS (SELECT * FROM e WHERE v > 100) AS bright', { bright: true }],
    ['(SELECT v FROM missing) AS none', {}],
  ])('%s', (list, expected) => {
    expect(run(`SELECT ${list} FROM 'my/topic'`, payload)).toEqual(expected);
  });
});

describe('SET', () => {
  test('variables are usable in SELECT, WHERE, nested queries and later variables', () => {
    const sql = `SET @a = x.y, @b = @a.z + 1
      SELECT @b AS b, @a.z AS z, (SELECT VALUE n + @b FROM list) AS sums FROM 'a' WHERE @b = 3`;
    expect(run(sql, { x: { y: { z: 2 } }, list: [{ n: 10 }] })).toEqual({ b: 3, z: 2, sums: [13] });
  });

  test('each variable is evaluated at most once per message', () => {
    const output = run("SET @id = newuuid() SELECT @id AS one, @id AS two FROM 'a'");
    expect(output).toEqual({ one: expect.any(String), two: expect.any(String) });
    expect(Object.values(output ?? {})[0]).toBe(Object.values(output ?? {})[1]);
  });
});

describe('WHERE', () => {
  test.each<[string, boolean]>([
    ['n = 5', true],
    ['n <> 5', false],
    ['n > 4 AND n < 6', true],
    ['n >= 6 OR n <= 5', true],
    ["NOT s = 'x'", true],
    ['missing = 5', false],
    ['missing <> 5', false],
    ['NOT missing = 5', false],
    ['isUndefined(missing)', true],
    ['isUndefined(missing) = false', false],
    ['isUndefined(nothing) = false', true],
    ['isNull(nothing)', true],
    ["s IN ['a', 'text']", true],
    ['n IN [1, 2]', false],
    ["flag = true AND s <> ''", true],
    ['alias = 1', false],
  ])('%s: %s', (where, matches) => {
    const output = run(`SELECT 1 AS alias FROM 'a' WHERE ${where}`, { n: 5, s: 'text', nothing: null, flag: true });
    expect(output !== 'no match').toBe(matches);
  });
});

describe('values', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 2 - 3', 5],
    ['-2 + 1', -1],
    ['7 / 2', 3],
    ['7.0 / 2.5', 2.8],
    ['7 % 4', 3],
    ['1 / 0', 'omitted'],
    ["'a' + 1", 'a1'],
    ["'5' - 2", 3],
    ["'x' - 2", 'omitted'],
    ["'2' > 1", true],
    ["'it''s'", "it's"],
    ['"double ""quoted"""', 'double "quoted"'],
    ['1.5e3', 1500],
    ['null', null],
    ['undefined', 'omitted'],
    ['[1, 2] = [1, 2]', true],
    ['[1, 2] = [2, 1]', false],
    ["{'a': 1, 'b': 2} = {'b': 2, 'a': 1}", true],
    ["1 = '1'", false],
    ["1 <> '1'", true],
    ["'true' AND true", true],
    ["'yes' AND true", 'omitted'],
    ["CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END", 'two'],
    ["CASE 3 WHEN 1 THEN 'one' ELSE 'many' END", 'many'],
    ["CASE 3 WHEN 1 THEN 'one' END", 'omitted'],
    ["cast('12' AS Int) + 1", 13],
    ['cast(true AS Int)', 1],
    ['cast(2.7 AS Int)', 2],
    ['cast(0 AS Boolean)', false],
    ["cast('TRUE' AS Bool)", true],
    ['cast(5 AS String)', '5'],
    ['cast([1] AS Int)', 'omitted'],
  ])('%s', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });
});

/** SQL reference, operators and data types. With SQL 2016-03-23 a whole number such as 5.0 is an Int. */
describe('Int and Decimal', () => {
  const payload = { int: 5, whole: 5.0, decimal: 2.5, text: '5', word: 'five', nothing: null };
  test.each<[string, unknown]>([
    ['5 / 2', 2],
    ['-5 / 2', -2],
    ['5.0 / 2', 2],
    ['int / 2', 2],
    ['whole / 2', 2],
    ['5 / 2.5', 2],
    ['5.5 / 2', 2.75],
    ["'5' / 2", 2.5],
    ["5 / '2'", 2.5],
    ['text / int', 1],
    ['text / 2', 2.5],
    ["'-5e1' / 20", -2.5],
    ['decimal * 2 / 2', 2.5],
    ['int * 2 / 4', 2],
    ['(decimal + decimal) / 2', 2.5],
    ['-(decimal * 2) / 2', -2.5],
    ["('7' - 2) / 2", 2.5],
    ['cast(5 AS Decimal) / 2', 2.5],
    ["cast('5' AS Int) / 2", 2],
    ['cast(5.7 AS Int) / 2', 2],
    ['word / 2', 'omitted'],
    ['nothing / 2', 'omitted'],
    ['missing / 2', 'omitted'],
    ['true / 2', 'omitted'],
    ['[4] / 2', 'omitted'],
    ['int % 3', 2],
    ["'7' % 4", 3],
    ["7.5 % '2'", 1.5],
    ['-7 % 4', -3],
    ['int % 0', 'omitted'],
    ['word % 2', 'omitted'],
    ["'2' * '3'", 6],
    ["'2' * true", 'omitted'],
    ["'7' - '2'", 5],
    ["'1e2' - 1", 99],
    ["'+5' - 1", 'omitted'],
    ["' 5' - 1", 'omitted'],
    ["1 + '2'", '12'],
    ["'a' + true", 'atrue'],
    ["'a' + [1]", 'a[1]'],
    ["'a' + nothing", 'omitted'],
    ['1 + true', 'omitted'],
    ['[1] + [2]', 'omitted'],
    ["'10' > 9", true],
    ["'10' > '9'", true],
    ["'a' > 1", 'omitted'],
    ['true > false', 'omitted'],
  ])('%s', (expression, expected) => {
    expect(valueOf(expression, payload)).toEqual(expected);
  });
});

describe('functions', () => {
  test.each<[string, unknown]>([
    ['topic()', 'a/b/c'],
    ['topic(1)', 'a'],
    ['topic(9)', 'omitted'],
    ['clientid()', 'client-1'],
    ['principal()', 'n/a'],
    ['accountid()', '000000000000'],
    ['timestamp()', 1_700_000_000_000],
    ["get(['a', 'b'], 1)", 'b'],
    ["get({'a': 'b'}, 'a')", 'b'],
    ["get('abc', 1)", 'b'],
    ["get(['a'], 1)", 'omitted'],
    ['concat([1, 2], 3)', [1, 2, 3]],
    ["concat(1, 'x', true)", '1xtrue'],
    ['concat()', 'omitted'],
    ["substring('012345', 2.745)", '2345'],
    ["substring('012345', -1)", '012345'],
    ["substring('012345', 1, 3)", '12'],
    ["substring('012345', 3, 1)", ''],
    ['substring(true, 1.2)', 'rue'],
    ["indexof('abcd', 'bc')", 1],
    ["startswith('ranger', 'ran')", true],
    ["endswith('cat', 'at')", true],
    ["startswith(nothing, 'x')", 'omitted'],
    ["lower('HeL')", 'hel'],
    ["upper('HeL')", 'HEL'],
    ['length(false)', 5],
    ["numbytes('€')", 3],
    ["trim('  x ')", 'x'],
    ["replace('abcdabcd', 'b', 'x')", 'axcdaxcd'],
    ["regexp_matches('aaaa', 'a{2,}')", true],
    ["regexp_matches('aaaa', '(')", 'omitted'],
    ["regexp_replace('abcd', 'b(.*)d', '$1')", 'ac'],
    ["regexp_substr('hihihello', '(hi)*')", 'hihi'],
    ["encode('hi', 'base64')", 'aGk='],
    ["decode('aGk=', 'base64')", 'hi'],
    ["decode(encode({'t': 33}, 'base64'), 'base64').t", 33],
    ['isUndefined(floor([1]))', true],
    ['floor(-1.2)', -2],
    ['ceil(-1.2)', -1],
    ['round(-1.5)', -2],
    ["md5('hello')", '5d41402abc4b2a76b9719d911017c592'],
    ["nanvl(missing, 'other')", 'other'],
  ])('%s', (expression, expected) => {
    expect(valueOf(expression, { nothing: null })).toEqual(expected);
  });

  test('encode(*) encodes the bytes of the payload', () => {
    expect(valueOf("encode(*, 'base64')", { a: 1 })).toBe(Buffer.from('{"a":1}').toString('base64'));
  });
});

describe('statements that are refused when the rule is made', () => {
  const proto = "decode(x, 'proto', 'b', 'k', 'f.proto', 'M')";
  test.each([
    ["SELECT nosuch(1) FROM 'a'", /function nosuch\(\) does not exist.* at character 8/],
    ["SELECT a FROM 'a' WHERE", /expected a value but found the end at character 24/],
    ["SELECT a b FROM 'a'", /expected FROM but found b at character 10/],
    ['SELECT a FROM topic', /topic filter in quotes/],
    ["SELECT a FROM 'a/#/b'", /last segment/],
    ["SELECT a FROM 'a' WHERE a != 1", /unexpected character ! \(use <> for "not equal"\)/],
    ["SELECT a || b FROM 'a'", /use \+ or concat/],
    ["SELECT a FROM 'a' WHERE a LIKE 'x%'", /unexpected LIKE/],
    ["SELECT 'open FROM a", /string is not closed/],
    ["SELECT @x FROM 'a'", /variable @x is not defined/],
    ["SET @x = 1, @x = 2 SELECT @x FROM 'a'", /@x is already set/],
    ["SELECT substring('a') FROM 'a'", /takes 2 to 3 arguments, not 1/],
    ["SELECT encode(a, 'hex') FROM 'a'", /'base64'/],
    ["SELECT cast(a AS Date) FROM 'a'", /does not support the type Date/],
    [`SELECT ${proto}, ${proto}, ${proto} FROM 'a'`, /at most 2 decode/],
    ["SELECT decode(x, 'proto', bucket, 'k', 'f', 'M') FROM 'a'", /the bucket must be a string/],
    ["UPDATE a FROM 'a'", /expected SELECT but found UPDATE at character 1/],
    ["SELECT a FROM 'a' nonsense", /unexpected nonsense/],
  ])('%s', (sql, problem) => {
    expect(() => parseStatement(sql)).toThrow(problem);
  });
});
