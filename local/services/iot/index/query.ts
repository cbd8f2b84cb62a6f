import { type PatternPart, matchesPattern } from '../wildcard';

/** A parsed query of the fleet index. Values are lower case, because a search ignores case. */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly queries: readonly Query[] }
  | { readonly kind: 'not'; readonly query: Query }
  | { readonly kind: 'everything' }
  | { readonly kind: 'exact'; readonly field: string | undefined; readonly value: string }
  | { readonly kind: 'pattern'; readonly field: string | undefined; readonly pattern: readonly PatternPart[] }
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly from: Bound | undefined;
      readonly to: Bound | undefined;
    };

export interface Bound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** Values of a document by field name; `undefined` asks for the values of every field that an unfielded term searches. */
export type FieldValues = (field: string | undefined) => readonly string[];

const compare = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
};

const above = (value: string, bound: Bound | undefined): boolean => {
  if (!bound) return true;
  const order = compare(value, bound.value);
  return bound.inclusive ? order >= 0 : order > 0;
};

const below = (value: string, bound: Bound | undefined): boolean => {
  if (!bound) return true;
  const order = compare(value, bound.value);
  return bound.inclusive ? order <= 0 : order < 0;
};

/** Terms match whole words; words are separated by white space. */
const hasWords = (value: string, phrase: string): boolean =>
  value === phrase || (/\s/.test(value) && ` ${value.split(/\s+/).join(' ')} `.includes(` ${phrase} `));

/** Whether a document matches a query. */
export const matchesQuery = (query: Query, values: FieldValues): boolean => {
  const some = (field: string | undefined, test: (value: string) => boolean) =>
    values(field).some((value) => test(value.toLowerCase()));
  switch (query.kind) {
    case 'and':
      return query.queries.every((part) => matchesQuery(part, values));
    case 'or':
      return query.queries.some((part) => matchesQuery(part, values));
    case 'not':
      return !matchesQuery(query.query, values);
    case 'everything':
      return true;
    case 'exact':
      return some(query.field, (value) => hasWords(value, query.value));
    case 'pattern':
      return some(query.field, (value) => value.split(/\s+/).some((word) => matchesPattern(query.pattern, word)));
    case 'range':
      return some(query.field, (value) => above(value, query.from) && below(value, query.to));
  }
};

/** The value (lower case) that a field must have for the query to match, if there is exactly one. */
export const requiredValue = (query: Query, field: string): string | undefined => {
  if (query.kind === 'exact') return query.field === field ? query.value : undefined;
  if (query.kind !== 'and') return undefined;
  for (const part of query.queries) {
    const value = requiredValue(part, field);
    if (value !== undefined) return value;
  }
  return undefined;
};
