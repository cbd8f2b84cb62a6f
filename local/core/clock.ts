import { createTimerQueue, type Timer } from './timer-queue';

export type { Timer };

/** All time in local mode comes from here, so that tests can control it. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): Timer;
}

/** Node clamps timers above 2^31-1 ms to 1 ms: longer waits are chained. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The wall clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => {
    let handle: NodeJS.Timeout;
    const arm = (left: number) => {
      handle = setTimeout(
        () => (left > MAX_TIMEOUT_MS ? arm(left - MAX_TIMEOUT_MS) : callback()),
        Math.min(left, MAX_TIMEOUT_MS),
      );
      handle.unref();
    };
    arm(Math.max(0, milliseconds));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A clock that stands still until a test advances it. */
export interface DrivenClock extends Clock {
  /** Moves time forward and runs the timers that expire, in order, letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time from timer to timer until none is left. */
  runAll(): Promise<void>;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param start milliseconds since the epoch */
export const drivenClock = (start = Date.UTC(2026, 0, 1)): DrivenClock => {
  const timers = createTimerQueue();
  let now = start;
  const runUntil = async (until: number) => {
    await settle();
    for (let next = timers.take(until); next; next = timers.take(until)) {
      now = Math.max(now, next.at);
      next.callback();
      await settle();
    }
  };
  return {
    now: () => now,
    setTimeout: (callback, milliseconds) => timers.add(now + Math.max(0, milliseconds), callback),
    advance: async (milliseconds) => {
      const until = now + milliseconds;
      await runUntil(until);
      now = until;
      await settle();
    },
    runAll: () => runUntil(Infinity),
  };
};
