import { AwsError } from '../../../core/aws-error';
import type { PatternPart } from '../wildcard';
import type { Bound, Query } from './query';
import { createQueryReader, type Word } from './query-reader';

/** The maximum numbers of terms and of characters that AWS allows in a query. */
const MAX_TERMS = 12;
const MAX_QUERY_CHARACTERS = 1_000;

const literal = ({ parts }: Word): string =>
  parts.map((part) => (part === 'many' ? '*' : part === 'any' ? '?' : part.character)).join('');

const isPattern = (parts: readonly PatternPart[]) => parts.some((part) => part === 'many' || part === 'any');

/** `*` as an end of a range means that the range is open. */
const bound = (word: Word, inclusive: boolean): Bound | undefined =>
  literal(word) === '*' ? undefined : { value: literal(word), inclusive };

const combine = (kind: 'and' | 'or', queries: Query[]): Query =>
  queries.length === 1 && queries[0] ? queries[0] : { kind, queries };

/**
 * Parses a query of the fleet index (AWS IoT developer guide, query syntax): terms, phrases, fields, `*` and `?`, ranges,
 * AND (also implied), OR, NOT, `-`, groups of terms and of values.
 * @throws AwsError InvalidQueryException that shows where the query is wrong
 */
export const parseQuery = (text: string): Query => {
  const reader = createQueryReader(text);
  let terms = 0;

  const fail = (problem: string): never => {
    throw new AwsError(
      'InvalidQueryException',
      `Query "${text}" is not valid at character ${reader.position() + 1}: ${problem}.`,
      400,
    );
  };
  const word = (field: string | undefined): Word => reader.word(field !== undefined) ?? fail('a value is expected');
  const expect = (characters: string) => reader.take(characters) || fail(`"${characters}" is expected`);

  const range = (field: string): Query => {
    const includesFrom = reader.take('[') || !expect('{');
    const from = bound(word(field), includesFrom);
    if (!reader.keyword('TO')) fail('TO is expected between the ends of a range');
    const end = word(field);
    const includesTo = reader.take(']') || !expect('}');
    return { kind: 'range', field, from, to: bound(end, includesTo) };
  };

  const comparison = (field: string): Query | undefined => {
    for (const sign of ['>=', '<=', '>', '<'] as const) {
      if (!reader.take(sign)) continue;
      const limit: Bound = { value: literal(word(field)), inclusive: sign.endsWith('=') };
      const isLower = sign.startsWith('>');
      return { kind: 'range', field, from: isLower ? limit : undefined, to: isLower ? undefined : limit };
    }
    return undefined;
  };

  const value = (field: string | undefined, given: Word): Query => {
    if (given.quoted || !isPattern(given.parts)) return { kind: 'exact', field, value: literal(given) };
    if (field === undefined && literal(given) === '*') return { kind: 'everything' };
    return { kind: 'pattern', field, pattern: given.parts };
  };

  const term = (inherited: string | undefined): Query => {
    terms += 1;
    if (terms > MAX_TERMS) fail(`it has more than ${MAX_TERMS} terms`);
    if (inherited !== undefined) {
      if (reader.peek('[') || reader.peek('{')) return range(inherited);
      return comparison(inherited) ?? value(inherited, word(inherited));
    }
    const first = word(undefined);
    if (first.quoted || !reader.take(':')) return value(undefined, first);
    // Field names are case sensitive, so they are kept as written.
    if (reader.take('(')) {
      terms -= 1;
      return group(first.raw);
    }
    if (reader.peek('[') || reader.peek('{')) return range(first.raw);
    return comparison(first.raw) ?? value(first.raw, word(first.raw));
  };

  const group = (field: string | undefined): Query => {
    const inner = anyOf(field);
    expect(')');
    return inner;
  };

  const negatable = (field: string | undefined): Query => {
    if (reader.keyword('NOT') || reader.take('-')) return { kind: 'not', query: negatable(field) };
    return reader.take('(') ? group(field) : term(field);
  };

  const allOf = (field: string | undefined): Query => {
    const queries = [negatable(field)];
    while (!reader.atEnd() && !reader.peek(')') && !reader.peekKeyword('OR')) {
      reader.keyword('AND');
      queries.push(negatable(field));
    }
    return combine('and', queries);
  };

  const anyOf = (field: string | undefined): Query => {
    const queries = [allOf(field)];
    while (reader.keyword('OR')) queries.push(allOf(field));
    return combine('or', queries);
  };

  if (text.length > MAX_QUERY_CHARACTERS) fail(`it is longer than ${MAX_QUERY_CHARACTERS} characters`);
  if (reader.atEnd()) fail('it is empty');
  const query = anyOf(undefined);
  if (!reader.atEnd()) fail(`"${text.slice(reader.position(), reader.position() + 10)}" was not expected`);
  return query;
};
