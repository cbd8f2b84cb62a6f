import type { StateRun } from './state-run';
import { isTimestamp } from './timestamp';

/** The longest time that a field takes: https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html */
export const MAX_SECONDS = 99_999_999;

/**
 * A field in whole seconds, undefined when the state has none.
 * @throws StateError of the query language for any other value, or one below `least`
 */
export const secondsField = async (run: StateRun, name: string, least: 0 | 1): Promise<number | undefined> => {
  const value = await run.language.field(run, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw run.language.invalidField(run, name, "'number'", value);
  if (!Number.isInteger(value) || value < least || value > MAX_SECONDS)
    throw run.language.invalidField(run, name, `a whole number from ${least} to ${MAX_SECONDS}`, value);
  return value;
};

/** A field that is a timestamp, in milliseconds since the epoch; undefined when the state has none. @throws StateError */
export const timestampField = async (run: StateRun, name: string): Promise<number | undefined> => {
  const value = await run.language.field(run, name);
  if (value === undefined) return undefined;
  if (!isTimestamp(value)) throw run.language.invalidField(run, name, 'an ISO 8601 timestamp', value);
  return Date.parse(value);
};

/** A field that is a text, undefined when the state has none. @throws StateError */
export const textField = async (run: StateRun, name: string): Promise<string | undefined> => {
  const value = await run.language.field(run, name);
  if (value !== undefined && typeof value !== 'string') throw run.language.invalidField(run, name, "'string'", value);
  return value;
};
