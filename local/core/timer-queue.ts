/** A running timer. `cancel` may be called more than once. */
export interface Timer {
  cancel(): void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** Timers in the order of their times; those of one time in the order in which they were set. A heap: a simulation has thousands. */
export interface TimerQueue {
  /** @param at milliseconds since the epoch */
  add(at: number, callback: () => void): Timer;
  /** Takes out the first timer, if it is due until then. */
  take(until: number): Pick<Due, 'at' | 'callback'> | undefined;
}

const isBefore = (a: Due | undefined, b: Due | undefined): boolean =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));

export const createTimerQueue = (): TimerQueue => {
  const heap: Due[] = [];
  let orders = 0;
  const swap = (a: number, b: number) => {
    const [first, second] = [heap[a], heap[b]];
    if (first && second) [heap[a], heap[b]] = [second, first];
  };
  const pop = () => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[least], heap[at])) return;
      swap(least, at);
      at = least;
    }
  };
  return {
    add: (at, callback) => {
      const due: Due = { at, order: orders++, callback, isCancelled: false };
      heap.push(due);
      for (let place = heap.length - 1; place > 0; ) {
        const parent = (place - 1) >> 1;
        if (!isBefore(heap[place], heap[parent])) break;
        swap(place, parent);
        place = parent;
      }
      return { cancel: () => void (due.isCancelled = true) };
    },
    take: (until) => {
      while (heap[0]?.isCancelled) pop();
      const [first] = heap;
      if (first === undefined || first.at > until) return undefined;
      pop();
      return first;
    },
  };
};
