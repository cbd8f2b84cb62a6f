/**
 * At most so many events of one function are handled at the same time; the others wait in the order in which they came. AWS
 * starts up to a thousand environments, a laptop does not: a function that began all its events at once would be late with each,
 * and run into its time-out. What is invoked synchronously does not wait here, as on AWS, where it is refused or begins at once.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
const EVENTS_AT_ONCE = 16;

export interface EventQueue {
  /** Runs a task when its turn comes. */
  run<Result>(functionName: string, task: () => Promise<Result>): Promise<Result>;
}

interface Line {
  running: number;
  /** A Set keeps the order, and gives up its first in constant time. */
  readonly waiting: Set<() => void>;
}

export const createEventQueue = (atOnce = EVENTS_AT_ONCE): EventQueue => {
  const lines = new Map<string, Line>();
  const lineOf = (functionName: string): Line => {
    const line = lines.get(functionName) ?? { running: 0, waiting: new Set() };
    lines.set(functionName, line);
    return line;
  };
  return {
    run: async (functionName, task) => {
      const line = lineOf(functionName);
      if (line.running >= atOnce) await new Promise<void>((resolve) => line.waiting.add(resolve));
      else line.running += 1;
      try {
        return await task();
      } finally {
        // The next takes over the place.
        const [next] = line.waiting;
        if (next) {
          line.waiting.delete(next);
          next();
        } else line.running -= 1;
      }
    },
  };
};
