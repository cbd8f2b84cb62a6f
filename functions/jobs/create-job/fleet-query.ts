import type { CompatibleWith } from './firmware';

/** Limits of a query, and characters that it cannot have: https://docs.aws.amazon.com/iot/latest/developerguide/query-syntax.html */
const MAX_TERMS = 12;
const MAX_CHARACTERS = 1_000;
const NOT_SEARCHABLE = /[`@#%\\/';,"]/;

/** A part of a query of the fleet index. */
export interface QueryPart {
  readonly text: string;
  readonly terms: number;
}

export const isSearchable = (value: string): boolean => !NOT_SEARCHABLE.test(value);

/** The field has one of the values, as a whole. */
export const isOneOf = (field: string, values: readonly string[]): QueryPart => {
  const quoted = values.map((value) => `"${value}"`).join(' OR ');
  return { text: `${field}:${values.length === 1 ? quoted : `(${quoted})`}`, terms: values.length };
};

export const exists = (field: string): QueryPart => ({ text: `${field}:*`, terms: 1 });

export const allOf = (...parts: readonly QueryPart[]): QueryPart => ({
  text: parts.map(({ text }) => text).join(' AND '),
  terms: parts.reduce((sum, { terms }) => sum + terms, 0),
});

export const not = ({ text, terms }: QueryPart): QueryPart => ({
  text: text.includes(' AND ') ? `NOT (${text})` : `NOT ${text}`,
  terms,
});

/** Whether the fleet index answers it. */
export const fits = ({ text, terms }: QueryPart): boolean => terms <= MAX_TERMS && text.length <= MAX_CHARACTERS;

/** A value or several, as a list. */
export const valuesOf = (values: string | readonly string[]): readonly string[] =>
  typeof values === 'string' ? [values] : values;

export const isCompatible = ({ thingTypeName, attributes = {} }: CompatibleWith): QueryPart =>
  allOf(
    ...(thingTypeName === undefined ? [] : [isOneOf('thingTypeName', [thingTypeName])]),
    ...Object.entries(attributes).map(([name, values]) => isOneOf(`attributes.${name}`, valuesOf(values))),
  );

/** As many values to a query as fit. */
export const inQueries = (field: string, values: readonly string[]): readonly QueryPart[] => {
  const queries: string[][] = [];
  for (const value of values) {
    const last = queries.at(-1);
    if (last && fits(isOneOf(field, [...last, value]))) last.push(value);
    else queries.push([value]);
  }
  return queries.map((portion) => isOneOf(field, portion));
};
