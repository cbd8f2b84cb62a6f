import type { Json } from './json';

/** RFC 3339 as the Amazon States Language restricts it: a capital T and, without an offset, a capital Z. */
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether a value is a timestamp of the Amazon States Language (https://states-language.net/#timestamps), of a day that exists. */
export const isTimestamp = (value: Json | undefined): value is string => {
  const [, year, month, day] = (typeof value === 'string' && TIMESTAMP.exec(value)) || [];
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return false;
  // Date.parse makes 1 March of 30 February.
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
};
