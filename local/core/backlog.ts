import type { Timer } from './clock';

/** What has been accepted and is not done. Whoever could start any amount of work at once paces itself by it. */
export interface Backlog {
  /** There is one more thing to do. */
  begin(): void;
  end(): void;
  /** Runs a task once there is little to do: at once, if there is. */
  whenShort(task: () => void): Timer;
}

/** @param limit of what counts as little */
export const createBacklog = (limit: number): Backlog => {
  const waiting = new Set<() => void>();
  let size = 0;
  const runWaiting = () => {
    if (size >= limit) return;
    // What these start counts when it begins: in a moment.
    for (const task of [...waiting]) if (waiting.delete(task)) task();
  };
  return {
    begin: () => {
      size += 1;
    },
    end: () => {
      size -= 1;
      // Not within the work that ends: it is not concerned if a task fails.
      if (size < limit && waiting.size > 0) queueMicrotask(runWaiting);
    },
    whenShort: (task) => {
      if (size < limit) task();
      else waiting.add(task);
      return { cancel: () => void waiting.delete(task) };
    },
  };
};

/** Nothing is ever too much. */
export const NO_BACKLOG: Backlog = createBacklog(Infinity);
