import type { Clock } from '../local/core/clock';

/** A clock that jumps from event to event, for simulations: a heap, where the driven clock of the tests sorts. */
export interface EventClock extends Clock {
  /** Runs events in order until none is left, letting promises settle after each moment. */
  run(): Promise<void>;
}

interface Event {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

const isBefore = (a: Event, b: Event) => a.due < b.due || (a.due === b.due && a.order < b.order);

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param start milliseconds since the epoch */
export const eventClock = (start: number): EventClock => {
  const heap: Event[] = [];
  let now = start;
  let order = 0;
  const swap = (a: number, b: number) => {
    const [first, second] = [heap[a], heap[b]];
    if (first && second) [heap[a], heap[b]] = [second, first];
  };
  const isLess = (a: number, b: number): boolean => {
    const [first, second] = [heap[a], heap[b]];
    return first !== undefined && second !== undefined && isBefore(first, second);
  };
  const push = (event: Event) => {
    heap.push(event);
    for (let at = heap.length - 1; at > 0 && isLess(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
  };
  const pop = (): Event | undefined => {
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isLess(right, left) ? right : left;
      if (!isLess(least, at)) return top;
      swap(least, at);
      at = least;
    }
  };
  return {
    now: () => now,
    setTimeout: (callback, milliseconds) => {
      const event: Event = { due: now + Math.max(0, milliseconds), order: order++, callback, isCancelled: false };
      push(event);
      return { cancel: () => void (event.isCancelled = true) };
    },
    run: async () => {
      await settle();
      for (let event = pop(); event; event = pop()) {
        if (event.isCancelled) continue;
        now = Math.max(now, event.due);
        event.callback();
        if (heap[0] === undefined || heap[0].due > now) await settle();
      }
    },
  };
};
