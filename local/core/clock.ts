/** A running timer. `cancel` may be called more than once. */
export interface Timer {
  cancel(): void;
}

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
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param start milliseconds since the epoch */
export const drivenClock = (start = Date.UTC(2026, 0, 1)): DrivenClock => {
  let now = start;
  let sequence = 0;
  const pending = new Map<number, { due: number; callback: () => void }>();
  const nextDue = (until: number) =>
    [...pending.entries()].filter(([, t]) => t.due <= until).sort(([a, x], [b, y]) => x.due - y.due || a - b)[0];
  return {
    now: () => now,
    setTimeout: (callback, milliseconds) => {
      const id = sequence++;
      pending.set(id, { due: now + Math.max(0, milliseconds), callback });
      return { cancel: () => pending.delete(id) };
    },
    advance: async (milliseconds) => {
      const until = now + milliseconds;
      await settle();
      for (let next = nextDue(until); next; next = nextDue(until)) {
        const [id, timer] = next;
        pending.delete(id);
        now = Math.max(now, timer.due);
        timer.callback();
        await settle();
      }
      now = until;
      await settle();
    },
  };
};
