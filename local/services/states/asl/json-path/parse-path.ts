import type { Json } from '../json';
import { type JsonPath, type Segment, selectAll } from './path';
import { type Scanner, takeQuoted, unescaped } from './scanner';

const PAGE = 'https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html';

/** Names end at the characters that mean something in a path, a filter or a call; a backslash escapes them. */
const DOT_STEP = /(\.\.?)(\*|(?:\\.|[^.[\]\s()=!<>&|,\\])+)/sy;
const BRACKET = /\.?\[\s*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const COMPARE: Readonly<Record<string, (a: Json, b: Json) => boolean>> = {
  '==': (a, b) => a === b,
  '<': (a, b) => a !== null && b !== null && typeof a === typeof b && a < b,
  '<=': (a, b) => a !== null && b !== null && typeof a === typeof b && a <= b,
  '>': (a, b) => a !== null && b !== null && typeof a === typeof b && a > b,
  '>=': (a, b) => a !== null && b !== null && typeof a === typeof b && a >= b,
};

type Test = (item: Json) => boolean;

const literal = (scanner: Scanner): Json => {
  if (scanner.take(/[$@]/y))
    scanner.fail(`A filter cannot compare with another value of the data (${PAGE}): found a path`);
  const text = takeQuoted(scanner);
  if (text !== undefined) return text;
  return JSON.parse(scanner.expect(NUMBER, 'a text in quotes, a number, true, false or null')[0]) as Json;
};

/** `@.a == 'x'` or, for what has a value, `@.a`. */
const comparison = (scanner: Scanner): Test => {
  scanner.expect(/@/y, 'a path that begins with @, on the left side of a comparison');
  const path = parseSteps(scanner);
  const operator = scanner.take(/\s*(==|!=|<=|>=|<|>|=~|[A-Za-z]+)\s*/y)?.[1];
  if (operator === undefined) return (item) => selectAll(path, item).length > 0;
  if (operator === '=~') scanner.fail(`A filter cannot use regular expressions (${PAGE}): found =~`);
  const compare = COMPARE[operator === '!=' ? '==' : operator];
  if (!compare) return scanner.fail(`A filter has no operator '${operator}' (${PAGE})`);
  const value = literal(scanner);
  const some: Test = (item) => selectAll(path, item).some((found) => compare(found, value));
  return operator === '!=' ? (item) => !some(item) : some;
};

const term = (scanner: Scanner): Test => {
  scanner.take(/\s*/y);
  if (scanner.take(/!/y)) {
    const test = term(scanner);
    return (item) => !test(item);
  }
  if (!scanner.take(/\(/y)) return comparison(scanner);
  const test = either(scanner);
  scanner.expect(/\s*\)/y, ')');
  return test;
};

const both = (scanner: Scanner): Test => {
  const tests = [term(scanner)];
  while (scanner.take(/\s*&&/y)) tests.push(term(scanner));
  return (item) => tests.every((test) => test(item));
};

const either = (scanner: Scanner): Test => {
  const tests = [both(scanner)];
  while (scanner.take(/\s*\|\|/y)) tests.push(both(scanner));
  return (item) => tests.some((test) => test(item));
};

const key = (scanner: Scanner): string | number =>
  takeQuoted(scanner) ?? Number(scanner.expect(/-?\d+/y, 'an index, a name in quotes, *, a slice or a filter')[0]);

const bracket = (scanner: Scanner): Segment => {
  if (scanner.take(/\*/y)) return { kind: 'wildcard' };
  if (scanner.take(/\?\s*\(/y)) {
    const test = either(scanner);
    scanner.expect(/\s*\)/y, 'an operator or )');
    return { kind: 'filter', test };
  }
  const slice = scanner.take(/(-?\d+)?\s*:\s*(-?\d+)?/y);
  if (slice) {
    const [, from, to] = slice;
    return {
      kind: 'slice',
      ...(from !== undefined && { from: Number(from) }),
      ...(to !== undefined && { to: Number(to) }),
    };
  }
  const first = key(scanner);
  const keys = [first];
  while (scanner.take(/\s*,\s*/y)) keys.push(key(scanner));
  if (keys.length > 1) return { kind: 'union', keys };
  return typeof first === 'number' ? { kind: 'index', index: first } : { kind: 'key', key: first };
};

/**
 * The steps of a path below its root, as far as they go: `.a[0]['b']`.
 * @throws JsonPathError
 */
export const parseSteps = (scanner: Scanner): JsonPath => {
  const steps: Segment[] = [];
  for (;;) {
    const dot = scanner.take(DOT_STEP);
    if (dot) {
      const [, dots, name = ''] = dot;
      const last: Segment = name === '*' ? { kind: 'wildcard' } : { kind: 'key', key: unescaped(name) };
      steps.push(dots === '..' ? { kind: 'descend', key: unescaped(name) } : last);
    } else if (scanner.take(BRACKET)) {
      steps.push(bracket(scanner));
      scanner.expect(/\s*\]/y, ']');
    } else return steps;
  }
};
