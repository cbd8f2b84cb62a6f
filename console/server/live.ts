import { isDeepStrictEqual } from 'node:util';
import type { CallBudget } from './call-budget';

/** Something that pages show and that changes. */
export interface Topic {
  /** Loads it, and says how long to pause before the next time, in milliseconds: what is over changes rarely. */
  readonly load: () => Promise<{ readonly value: unknown; readonly pauseMs: number }>;
  /** What everything else on a page is read with: it is not kept waiting by the rest. */
  readonly isHeadline: boolean;
}

/** What a page receives: a value that has changed, or why there is none. */
export type Update =
  | { readonly topic: string; readonly value: unknown; readonly at: number }
  | { readonly topic: string; readonly error: string; readonly at: number };

type Listener = (update: Update) => void;

interface Poller {
  readonly listeners: Set<Listener>;
  latest: Update | undefined;
  timer: NodeJS.Timeout | undefined;
  isLoading: boolean;
  /** Changes that somebody has made. */
  changes: number;
  failures: number;
}

/** How long a value is kept for a page that comes back to it, in milliseconds. */
const KEEP_MS = 30_000;
/** Pauses after failures, in milliseconds. */
const FIRST_RETRY_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

const isSame = (a: Update | undefined, b: Update): boolean =>
  a !== undefined && isDeepStrictEqual({ ...a, at: 0 }, { ...b, at: 0 });

/**
 * Loads what somebody looks at, once for all pages that do, and tells them what has changed. Nothing is loaded while
 * nobody looks; a load begins after the one before has ended, so slow answers make fewer of them.
 */
export const createLive = (deps: {
  readonly topicOf: (name: string) => Topic | undefined;
  readonly budget: Pick<CallBudget, 'forPurpose'>;
  readonly textOf: (error: unknown) => string;
}) => {
  const pollers = new Map<string, Poller>();
  let isClosed = false;

  const keepForAWhile = (name: string, poller: Poller) => {
    poller.timer = setTimeout(() => pollers.delete(name), KEEP_MS);
    poller.timer.unref();
  };

  const load = async (name: string, topic: Topic, poller: Poller): Promise<void> => {
    poller.isLoading = true;
    const { changes } = poller;
    poller.timer = undefined;
    const isFirst = poller.latest === undefined;
    let update: Update;
    let pause = FIRST_RETRY_MS;
    try {
      const { value, pauseMs } = await deps.budget.forPurpose(
        { name, isBackground: !isFirst && !topic.isHeadline },
        topic.load,
      );
      pause = pauseMs;
      poller.failures = 0;
      update = { topic: name, value, at: Date.now() };
    } catch (error) {
      poller.failures += 1;
      update = { topic: name, error: deps.textOf(error), at: Date.now() };
    }
    poller.isLoading = false;
    if (isClosed) return;
    if (!isSame(poller.latest, update)) {
      poller.latest = update;
      for (const listener of poller.listeners) listener(update);
    }
    if (poller.listeners.size === 0) keepForAWhile(name, poller);
    else {
      const failing =
        poller.failures === 0 ? pause : Math.min(LONGEST_PAUSE_MS, FIRST_RETRY_MS * 2 ** Math.min(poller.failures, 10));
      poller.timer = setTimeout(() => void load(name, topic, poller), poller.changes === changes ? failing : 0);
    }
  };

  const follow = (name: string, listener: Listener): (() => void) => {
    const topic = deps.topicOf(name);
    if (topic === undefined) {
      listener({ topic: name, error: `There is no topic ${JSON.stringify(name)}.`, at: Date.now() });
      return () => undefined;
    }
    let poller = pollers.get(name);
    if (poller === undefined) {
      poller = {
        listeners: new Set(),
        latest: undefined,
        timer: undefined,
        isLoading: false,
        changes: 0,
        failures: 0,
      };
      pollers.set(name, poller);
    }
    const joined = poller;
    const isIdle = joined.listeners.size === 0 && !joined.isLoading;
    joined.listeners.add(listener);
    if (joined.latest !== undefined) listener(joined.latest);
    if (isIdle) {
      clearTimeout(joined.timer);
      void load(name, topic, joined);
    }
    return () => {
      joined.listeners.delete(listener);
      if (joined.listeners.size > 0 || joined.isLoading) return;
      clearTimeout(joined.timer);
      keepForAWhile(name, joined);
    };
  };

  return {
    /** @returns the end of the subscription */
    subscribe: (names: readonly string[], listener: Listener): (() => void) => {
      const ends = [...new Set(names)].map((name) => follow(name, listener));
      return () => {
        for (const end of ends) end();
      };
    },
    /** After a change: what is shown of it is loaded at once. */
    refresh: (isAffected: (name: string) => boolean): void => {
      for (const [name, poller] of pollers) {
        const topic = deps.topicOf(name);
        if (topic === undefined || !isAffected(name)) continue;
        poller.changes += 1;
        if (poller.isLoading || poller.listeners.size === 0) continue;
        clearTimeout(poller.timer);
        void load(name, topic, poller);
      }
    },
    /** Nothing is loaded any more. */
    close: (): void => {
      isClosed = true;
      for (const { timer } of pollers.values()) clearTimeout(timer);
      pollers.clear();
    },
    /** Topics that are loaded again and again. */
    active: (): readonly string[] =>
      [...pollers].filter(([, { listeners, isLoading }]) => listeners.size > 0 || isLoading).map(([name]) => name),
  };
};

export type Live = ReturnType<typeof createLive>;
