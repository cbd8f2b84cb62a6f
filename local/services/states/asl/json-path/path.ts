import { isObject, type Json } from '../json';

type Segment =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend'; readonly key: string }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'union'; readonly keys: readonly (string | number)[] }
  | { readonly kind: 'filter'; readonly test: (item: Json) => boolean };

/** A compiled path below its root. A definite path selects at most one value. */
export interface JsonPath {
  readonly definite: boolean;
  readonly segments: readonly Segment[];
}

export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

const literalOf = (text: string): Json => {
  const quoted = /^'(.*)'$|^"(.*)"$/s.exec(text);
  if (quoted) return quoted[1] ?? quoted[2] ?? '';
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new JsonPathError(`"${text}" is not a literal`);
  }
};

const COMPARE: Readonly<Record<string, (a: Json, b: Json) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => typeof a === typeof b && a !== null && b !== null && a < b,
  '<=': (a, b) => typeof a === typeof b && a !== null && b !== null && a <= b,
  '>': (a, b) => typeof a === typeof b && a !== null && b !== null && a > b,
  '>=': (a, b) => typeof a === typeof b && a !== null && b !== null && a >= b,
};

/** `@.a.b == 'x'`, `@.a`, joined by && and ||. */
const filterOf = (text: string): ((item: Json) => boolean) => {
  const or = text.split('||');
  if (or.length > 1) {
    const tests = or.map(filterOf);
    return (item) => tests.some((test) => test(item));
  }
  const and = text.split('&&');
  if (and.length > 1) {
    const tests = and.map(filterOf);
    return (item) => tests.every((test) => test(item));
  }
  const match = /^\s*@([^=!<>\s]*)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*$/s.exec(text);
  if (!match) throw new JsonPathError(`"${text}" is not a filter`);
  const path = parseSegments(match[1] ?? '');
  const compare = match[2] === undefined ? undefined : COMPARE[match[2]];
  if (!compare) return (item) => select(path.segments, [item]).length > 0;
  const literal = literalOf(match[3] ?? '');
  return (item) => select(path.segments, [item]).some((value) => compare(value, literal));
};

const bracketOf = (inside: string): Segment => {
  if (inside === '*') return { kind: 'wildcard' };
  const filter = /^\?\s*\((.*)\)$/s.exec(inside);
  if (filter) return { kind: 'filter', test: filterOf(filter[1] ?? '') };
  if (/^-?\d+$/.test(inside)) return { kind: 'index', index: Number(inside) };
  const slice = /^(-?\d+)?:(-?\d+)?$/.exec(inside);
  if (slice) {
    const [, from, to] = slice;
    return {
      kind: 'slice',
      ...(from !== undefined && { from: Number(from) }),
      ...(to !== undefined && { to: Number(to) }),
    };
  }
  const parts = inside.match(/'[^']*'|"[^"]*"|-?\d+/g) ?? [];
  const keys = parts.map((part) => (/^['"]/.test(part) ? part.slice(1, -1) : Number(part)));
  const [first] = keys;
  if (keys.length === 1 && typeof first === 'string') return { kind: 'key', key: first };
  if (keys.length > 1) return { kind: 'union', keys };
  throw new JsonPathError(`[${inside}] is not a step of a path`);
};

const closingBracket = (text: string, from: number): number => {
  let quote = '';
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new JsonPathError(`"${text}" has no closing ]`);
};

const parseSegments = (text: string): JsonPath => {
  const segments: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    const name = /^(\.\.?)(\*|[^.[\]\s()=!<>&|,]+)/.exec(text.slice(at));
    if (name) {
      const [whole, dots, key = ''] = name;
      segments.push(
        dots === '..' ? { kind: 'descend', key } : key === '*' ? { kind: 'wildcard' } : { kind: 'key', key },
      );
      at += whole.length;
    } else if (text[at] === '[') {
      const end = closingBracket(text, at);
      segments.push(bracketOf(text.slice(at + 1, end).trim()));
      at = end + 1;
    } else throw new JsonPathError(`"${text}" is not a path: unexpected "${text.slice(at, at + 10)}"`);
  }
  return { segments, definite: segments.every(({ kind }) => kind === 'key' || kind === 'index') };
};

const cache = new Map<string, JsonPath>();

/**
 * Compiles what follows the root of a path: `.a[0]['b']`.
 * @throws JsonPathError
 */
export const compilePath = (text: string): JsonPath => {
  const known = cache.get(text);
  if (known) return known;
  const path = parseSegments(text);
  cache.set(text, path);
  return path;
};

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
      return childrenOf(value).filter(segment.test);
  }
};

const select = (segments: readonly Segment[], roots: readonly Json[]): readonly Json[] =>
  segments.reduce((values, segment) => values.flatMap((value) => step(segment, value)), roots);

/** What a path selects: one value or undefined for a definite path, a list otherwise. */
export const evaluatePath = (path: JsonPath, root: Json): Json | undefined => {
  const values = select(path.segments, [root]);
  return path.definite ? values[0] : values;
};
