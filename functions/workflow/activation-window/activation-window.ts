import * as v from 'valibot';
import type { Log } from '../../shared/log';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const time = v.pipe(v.string(), v.regex(TIME, 'must be a time of day such as 02:30'));

/** What the state machine hands over: the job's activation options and the thing's attributes. */
const requestSchema = v.object({
  operationId: v.string(),
  thingName: v.string(),
  executionArn: v.string(),
  activation: v.object({
    window: v.optional(v.object({ start: time, end: time, timeZone: v.optional(v.string()) })),
  }),
  attributes: v.optional(v.record(v.string(), v.string()), {}),
});

const MINUTE = 60_000;
const DAY_MINUTES = 1440;

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Minutes since midnight at a place. @throws Error for an unknown time zone */
const localMinutes = (at: number, timeZone: string): number => {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    throw new Error(`Time zone "${timeZone}" is not known: use a name of the IANA database such as Europe/Berlin.`);
  }
  return minutesOf(format.format(at));
};

/**
 * When the next window begins at a place: now, when it is open. A window may go over midnight; equal ends mean all day.
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch
 */
export const nextWindow = (
  window: { readonly start: string; readonly end: string },
  timeZone: string,
  now: number,
): number => {
  const [start, end, local] = [minutesOf(window.start), minutesOf(window.end), localMinutes(now, timeZone)];
  const length = (end - start + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const since = (local - start + DAY_MINUTES) % DAY_MINUTES;
  if (since < length) return now;
  const due = now - (now % MINUTE) + (DAY_MINUTES - since) * MINUTE;
  // Clocks may be changed in between: what is then the local time, is the difference.
  const off = ((localMinutes(due, timeZone) - start + DAY_MINUTES + DAY_MINUTES / 2) % DAY_MINUTES) - DAY_MINUTES / 2;
  return due - off * MINUTE;
};

/** Computes when to activate the firmware, in the time zone of the device: the thing's attribute `timeZone`. */
export const activationWindow =
  (now: () => number, log: Log) =>
  (input: unknown): { waitUntil: string } => {
    const { operationId, thingName, executionArn, activation, attributes } = v.parse(requestSchema, input);
    const timeZone = attributes['timeZone'] ?? activation.window?.timeZone ?? 'UTC';
    const at = activation.window ? nextWindow(activation.window, timeZone, now()) : now();
    const waitUntil = new Date(at).toISOString();
    log.with({ operationId, thingName, executionArn }).info(`Activation at ${waitUntil}`, { timeZone });
    return { waitUntil };
  };
