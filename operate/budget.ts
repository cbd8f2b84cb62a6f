/** Calls per second that several users share. */
export interface Budget {
  /** Resolves when the next call may be made, in the order of the requests. */
  take(): Promise<void>;
}

export interface BudgetClock {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const SYSTEM: BudgetClock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
};

/** Calls at even intervals; after a pause none is owed more than one. */
export const createBudget = (perSecond: number, clock: BudgetClock = SYSTEM): Budget => {
  const interval = 1000 / perSecond;
  let nextAt = -Infinity;
  return {
    take: async () => {
      const now = clock.now();
      const at = Math.max(now, nextAt);
      nextAt = at + interval;
      if (at > now) await clock.sleep(at - now);
    },
  };
};
