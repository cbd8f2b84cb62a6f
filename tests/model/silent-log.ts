import type { Log } from '../../functions/shared/log';

const nothing = () => undefined;

/** A log that keeps nothing: a program runs very often. */
export const silentLog: Log = {
  ...{ info: nothing, warn: nothing, error: nothing, count: nothing, measure: nothing },
  with: () => silentLog,
};
