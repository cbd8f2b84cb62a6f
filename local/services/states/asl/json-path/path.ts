import { isObject, type Json } from '../json';

export type Segment =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend'; readonly key: string }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'union'; readonly keys: readonly (string | number)[] }
  | { readonly kind: 'filter'; readonly test: (item: Json) => boolean };

/** A compiled path below its root. */
export type JsonPath = readonly Segment[];

/** Whether a path selects at most one value. */
export const isDefinite = (path: JsonPath): boolean => path.every(({ kind }) => kind === 'key' || kind === 'index');

const childrenOf = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : isObject(value) ? Object.values(value) : [];

const at = (value: Json, key: string | number): readonly Json[] => {
  if (typeof key === 'number') {
    if (!Array.isArray(value)) return [];
    const list: readonly Json[] = value;
    const item = list[key < 0 ? list.length + key : key];
    return item === undefined ? [] : [item];
  }
  if (!isObject(value) || !Object.hasOwn(value, key)) return [];
  const item = value[key];
  return item === undefined ? [] : [item];
};

const descendants = (value: Json, key: string): readonly Json[] => [
  ...(key === '*' ? childrenOf(value) : at(value, key)),
  ...childrenOf(value).flatMap((child) => descendants(child, key)),
];

const step = (segment: Segment, value: Json): readonly Json[] => {
  switch (segment.kind) {
    case 'key':
      return at(value, segment.key);
    case 'index':
      return at(value, segment.index);
    case 'wildcard':
      return childrenOf(value);
    case 'descend':
      return descendants(value, segment.key);
    case 'slice':
      return Array.isArray(value) ? (value as readonly Json[]).slice(segment.from, segment.to) : [];
    case 'union':
      return segment.keys.flatMap((key) => at(value, key));
    case 'filter':
      // @ matches objects only: https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
      return childrenOf(value).filter((item) => isObject(item) && segment.test(item));
  }
};

/** All values that a path selects. */
export const selectAll = (path: JsonPath, root: Json): readonly Json[] =>
  path.reduce<readonly Json[]>((values, segment) => values.flatMap((value) => step(segment, value)), [root]);

/** What a path selects: one value or undefined for a definite path, a list otherwise. */
export const evaluatePath = (path: JsonPath, root: Json): Json | undefined => {
  const values = selectAll(path, root);
  return isDefinite(path) ? values[0] : values;
};
