/** `Status=="Available"`: one condition of a search expression. */
export interface Condition {
  readonly param: string;
  readonly operator: string;
  readonly value: string;
}

/** One level of an object path. */
export type Segment =
  | { readonly kind: 'name' | 'instance'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'search'; readonly conditions: readonly Condition[] };

const SEGMENT = /(\[(?:"[^"]*"|[^"\]])*\]|\*|\d+|[A-Za-z_][\w-]*)\./y;
const CONDITION = /^([A-Za-z_][\w.-]*)(==|!=|<=|>=|~=|<|>)(.+)$/;
/** Booleans, numbers and times need no quotes; strings do (TR-369, "Search Expressions"). */
const BARE_VALUE = /^(true|false|-?\d+(\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/;

const parseCondition = (text: string, acceptsUnquotedStrings: boolean): Condition | undefined => {
  const [, param, operator, raw] = CONDITION.exec(text) ?? [];
  if (param === undefined || operator === undefined || raw === undefined) return undefined;
  const quoted = /^"([^"]*)"$/.exec(raw)?.[1];
  if (quoted !== undefined) return { param, operator, value: quoted };
  return acceptsUnquotedStrings || BARE_VALUE.test(raw) ? { param, operator, value: raw } : undefined;
};

const parseSegment = (text: string, acceptsUnquotedStrings: boolean): Segment | undefined => {
  if (text === '*') return { kind: 'any' };
  if (/^\d+$/.test(text)) return { kind: 'instance', name: text };
  if (!text.startsWith('[')) return { kind: 'name', name: text };
  // An && before an odd number of quotes is inside a string.
  const parts = text.slice(1, -1).split(/&&(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const conditions = parts.map((part) => parseCondition(part, acceptsUnquotedStrings));
  if (!conditions.every((condition) => condition !== undefined)) return undefined;
  return { kind: 'search', conditions };
};

/**
 * @param path an object path (ends in a dot), with or without wildcards and search expressions
 * @param acceptsUnquotedStrings whether `[Status==Available]` is valid
 * @returns undefined when the path is malformed
 */
export const parsePath = (path: string, acceptsUnquotedStrings: boolean): Segment[] | undefined => {
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const text = SEGMENT.exec(path)?.[1];
    const segment = text === undefined ? undefined : parseSegment(text, acceptsUnquotedStrings);
    if (!segment) return undefined;
    segments.push(segment);
  }
  return segments.length > 0 ? segments : undefined;
};

/** The path in the notation of the Supported Data Model. */
export const genericPathOf = (segments: readonly Segment[]): string =>
  segments.map((segment) => (segment.kind === 'name' ? `${segment.name}.` : '{i}.')).join('');

/** Splits `object.path.Name` after the object path. */
export const splitPath = (path: string): { readonly objPath: string; readonly name: string } => {
  const end = path.lastIndexOf('.') + 1;
  return { objPath: path.slice(0, end), name: path.slice(end) };
};
