import type { PageRequest } from '../../operate/page';
import type { TopicKind, TopicValues } from '../shared/topics';

/** How a kind of topic is loaded. */
export interface Loader<T> {
  readonly load: (parameters: URLSearchParams) => Promise<T>;
  /** One call that the rest of a page is read with. */
  readonly isHeadline?: boolean;
  /** Milliseconds until the next time. */
  readonly pauseAfter: (value: T) => number;
}

export type Loaders<K extends TopicKind = TopicKind> = { readonly [Kind in K]: Loader<TopicValues[Kind]> };

export const every = (milliseconds: number) => () => milliseconds;
/** The pause of what is over: somebody may still delete it. */
export const RARELY_MS = 60_000;

const ROWS_PER_PAGE = 25;

export const pageRequest = (parameters: URLSearchParams, limit = ROWS_PER_PAGE): PageRequest => {
  const after = parameters.get('after');
  return { limit, ...(after !== null && { nextToken: after }) };
};

/** @throws Error that names what the topic lacks */
export const required = (parameters: URLSearchParams, name: string): string => {
  const value = parameters.get(name);
  if (value === null || value === '') throw new Error(`The topic needs ${name}.`);
  return value;
};
