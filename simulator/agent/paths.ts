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
/** Booleans, numbers and times need no quotes; texts do (TR-369, "Search Expressions"). */
const BARE_VALUE = /^(true|false|-?\d+(\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/;

const parseCondition = (text: string, unquotedTexts: boolean): Condition | undefined => {
  const [, param, operator, raw] = CONDITION.exec(text) ?? [];
  if (param === undefined || operator === undefined || raw === undefined) return undefined;
  const quoted = /^"([^"]*)"$/.exec(raw)?.[1];
  if (quoted !== undefined) return { param, operator, value: quoted };
  return unquotedTexts || BARE_VALUE.test(raw) ? { param, operator, value: raw } : undefined;
};

const parseSegment = (text: string, unquotedTexts: boolean): Segment | undefined => {
  if (text === '*') return { kind: 'any' };
  if (/^\d+$/.test(text)) return { kind: 'instance', name: text };
  if (!text.startsWith('[')) return { kind: 'name', name: text };
  // An && inside of quotes, that is before an odd number of them, joins nothing.
  const parts = text.slice(1, -1).split(/&&(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const conditions = parts.map((part) => parseCondition(part, unquotedTexts));
  if (!conditions.every((condition) => condition !== undefined)) return undefined;
  return { kind: 'search', conditions };
};

/**
 * @param path an object path of TR-369, which ends in a dot: full, with wildcards or with search expressions
 * @param unquotedTexts whether `[Status==Available]` is understood, too
 * @returns undefined when the path is ill-formed
 */
export const parsePath = (path: string, unquotedTexts: boolean): Segment[] | undefined => {
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const text = SEGMENT.exec(path)?.[1];
    const segment = text === undefined ? undefined : parseSegment(text, unquotedTexts);
    if (!segment) return undefined;
    segments.push(segment);
  }
  return segments.length > 0 ? segments : undefined;
};

/** The path in the notation of the Supported Data Model. */
export const genericPathOf = (segments: readonly Segment[]): string =>
  segments.map((segment) => (segment.kind === 'name' ? `${segment.name}.` : '{i}.')).join('');

/** Splits `object.path.Name` behind the object. */
export const splitPath = (path: string): { readonly objPath: string; readonly name: string } => {
  const end = path.lastIndexOf('.') + 1;
  return { objPath: path.slice(0, end), name: path.slice(end) };
};
