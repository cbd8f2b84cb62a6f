import type { Json } from './json';

/** RFC 3339 as the Amazon States Language restricts it: a capital T and, without an offset, a capital Z. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Whether a value is a timestamp of the Amazon States Language. */
export const isTimestamp = (value: Json | undefined): value is string =>
  typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));
