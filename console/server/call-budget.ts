import { AsyncLocalStorage } from 'node:async_hooks';

/** For what calls are made: they take turns. */
export interface Purpose {
  readonly name: string;
  /** Nobody waits for it: it keeps something up to date. */
  readonly isBackground: boolean;
}

/** All calls of AWS that the console makes, whoever asked for them. */
export interface CallBudget {
  /** Resolves when the next call may be made. */
  take(): Promise<void>;
  /** Calls in here are made for this purpose; others are of somebody who waits. */
  forPurpose<T>(purpose: Purpose, work: () => Promise<T>): Promise<T>;
  /** Calls made so far. */
  made(): number;
  /** Calls that wait, and later ones, fail. */
  close(): void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const WINDOW_MS = 1000;
const SOMEBODY: Purpose = { name: '', isBackground: false };

/** Waiting calls by purpose. The purposes take turns, so that one with many calls does not hold up one with few. */
const createTurns = () => {
  const byName = new Map<string, Waiting[]>();
  return {
    isEmpty: () => byName.size === 0,
    add: (name: string, call: Waiting) => {
      const calls = byName.get(name);
      if (calls) calls.push(call);
      else byName.set(name, [call]);
    },
    next: (): Waiting | undefined => {
      const [first] = byName;
      if (first === undefined) return undefined;
      const [name, calls] = first;
      const call = calls.shift();
      byName.delete(name);
      if (calls.length > 0) byName.set(name, calls);
      return call;
    },
    clear: (): readonly Waiting[] => {
      const all = [...byName.values()].flat();
      byName.clear();
      return all;
    },
  };
};

const closed = () => new Error('The console is closed.');

/**
 * At most so many calls in any second, however many pages are open: a call over it waits for its turn. Those that somebody
 * waits for come first, but for every `perSecond`th call.
 * @param inBackgroundPerSecond the share of the background: the rest is free for those who wait
 */
export const createCallBudget = (perSecond: number, inBackgroundPerSecond: number): CallBudget => {
  const purposes = new AsyncLocalStorage<Purpose>();
  const urgent = createTurns();
  const background = createTurns();
  /** When the calls of the last second were made, the oldest first. */
  const recent: number[] = [];
  let made = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const isTurnOfBackground = () => urgent.isEmpty() || (made % perSecond === 0 && made > 0 && !background.isEmpty());
  const admit = () => {
    timer = undefined;
    while (!urgent.isEmpty() || !background.isEmpty()) {
      const turns = isTurnOfBackground() ? background : urgent;
      // A background call among urgent ones is within their share.
      const limit = urgent.isEmpty() ? inBackgroundPerSecond : perSecond;
      const now = performance.now();
      while (recent[0] !== undefined && now - recent[0] >= WINDOW_MS) recent.shift();
      const blocking = recent.at(-limit);
      if (blocking !== undefined) {
        timer = setTimeout(admit, Math.ceil(WINDOW_MS - (now - blocking)));
        return;
      }
      recent.push(now);
      made += 1;
      turns.next()?.resolve();
    }
  };
  return {
    take: () =>
      new Promise<void>((resolve, reject) => {
        if (isClosed) return reject(closed());
        const { name, isBackground } = purposes.getStore() ?? SOMEBODY;
        (isBackground ? background : urgent).add(name, { resolve, reject });
        clearTimeout(timer);
        admit();
      }),
    forPurpose: (purpose, work) => purposes.run(purpose, work),
    made: () => made,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const { reject } of [...urgent.clear(), ...background.clear()]) reject(closed());
    },
  };
};
