import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../core/aws-error';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** Sentinels of Smithy: 4 means that the format depends on where the timestamp is. */
const FORMATS: Readonly<Record<number, TimestampFormat>> = { 5: 'date-time', 6: 'http-date', 7: 'epoch-seconds' };

/** @param fallback what the protocol uses in this place (body, header, query) */
export const timestampFormat = (schema: NormalizedSchema, fallback: TimestampFormat): TimestampFormat => {
  const sentinel = schema.getSchema();
  return (typeof sentinel === 'number' ? FORMATS[sentinel] : undefined) ?? fallback;
};

const dateOf = (value: unknown): Date => {
  const date = value instanceof Date ? value : new Date(typeof value === 'number' ? value * 1000 : String(value));
  if (Number.isNaN(date.getTime())) throw new TypeError(`${String(value)} is not a timestamp`);
  return date;
};

/** Seconds since the epoch, with milliseconds as the fraction; other formats are text. */
export const writeTimestamp = (value: unknown, format: TimestampFormat): string | number => {
  const date = dateOf(value);
  if (format === 'epoch-seconds') return date.getTime() / 1000;
  return format === 'http-date' ? date.toUTCString() : date.toISOString();
};

/** @throws AwsError SerializationException */
export const readTimestamp = (value: unknown, name: string): Date => {
  const numeric = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  try {
    return dateOf(numeric);
  } catch {
    throw new AwsError('SerializationException', `${name}: ${JSON.stringify(value)} is not a timestamp.`);
  }
};
