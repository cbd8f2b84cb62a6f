import type { JobExecution } from './job';

/** Pending (queued or running) executions of each thing, in the order in which they were queued. */
export interface PendingQueues {
  of(thingName: string): readonly JobExecution[];
  /** The next one for the thing: running executions come before queued ones. */
  next(thingName: string): JobExecution | undefined;
  add(execution: JobExecution): void;
  remove(execution: JobExecution): void;
}

/** Empty queues. */
export const createPendingQueues = (): PendingQueues => {
  const queues = new Map<string, Set<JobExecution>>();
  return {
    of: (thingName) => [...(queues.get(thingName) ?? [])],
    next: (thingName) => {
      let first: JobExecution | undefined;
      for (const execution of queues.get(thingName) ?? []) {
        if (execution.status === 'IN_PROGRESS') return execution;
        first ??= execution;
      }
      return first;
    },
    add: (execution) => {
      const queue = queues.get(execution.thingName) ?? new Set();
      queue.add(execution);
      queues.set(execution.thingName, queue);
    },
    remove: (execution) => {
      const queue = queues.get(execution.thingName);
      queue?.delete(execution);
      if (queue?.size === 0) queues.delete(execution.thingName);
    },
  };
};
