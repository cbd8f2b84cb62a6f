import type { JobExecutionStatus } from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { type Job, type JobExecution, type RetryableFailure, isTerminal } from './job';
import { createExecutionStore } from './execution-store';
import type { JobEvents } from './job-events';
import type { JobStore } from './job-store';
import { createNotifier } from './notifications';
import type { PendingQueues } from './pending-queue';

const MINUTE_MS = 60_000;
/** With this value a device switches its step timer off. */
const NO_STEP_TIMEOUT = -1;

/** Attempts of one job at one thing that are kept. */
export const MAX_ATTEMPTS = 20;

const NO_RETRIES: JobExecution['retries'] = { FAILED: 0, TIMED_OUT: 0 };

/** What a change of an execution contains besides its status. */
export interface ExecutionChange {
  /** Replaces the old details; undefined keeps them. */
  readonly statusDetails?: Record<string, string> | undefined;
  readonly stepTimeoutInMinutes?: number | undefined;
  readonly forceCanceled?: boolean;
}

type EndListener = (execution: JobExecution) => void;
type ChangeListener = (execution: JobExecution) => void;

/** The executions of all jobs. Every change goes through here: versions, timers, counts, notifications, events. */
export interface JobExecutions {
  /** @param retryAfter the failure of the previous one, when this is a retry */
  enqueue(job: Job, thingName: string, previous?: JobExecution, retryAfter?: RetryableFailure): void;
  /** Sets the status (repeating the current one is an update too) and increments the version. */
  update(execution: JobExecution, status: JobExecutionStatus, change?: ExecutionChange): void;
  remove(execution: JobExecution): void;
  /** Removes one that has ended, and tells nobody. */
  forget(execution: JobExecution): void;
  /** Latest execution, or the one with that number. */
  find(jobId: string, thingName: string, executionNumber?: number): JobExecution | undefined;
  /** All executions of a thing, in the order in which they were queued. */
  ofThing(thingName: string): readonly JobExecution[];
  onEnded(listener: EndListener): void;
  onChanged(listener: ChangeListener): () => void;
}

/** The executions that were saved, or none. Their jobs are in the store. */
export const createJobExecutions = (
  context: IotContext,
  jobs: JobStore,
  queues: PendingQueues,
  events: JobEvents,
): JobExecutions => {
  const { clock, store } = context;
  const notifying = createNotifier(context, queues);
  const byThing = new Map<string, Set<JobExecution>>();
  const endListeners: EndListener[] = [];
  const changeListeners = new Set<ChangeListener>();
  const announce = (execution: JobExecution) => changeListeners.forEach((listener) => listener(execution));

  const timeOut = (execution: JobExecution) => {
    if (execution.status === 'IN_PROGRESS') update(execution, 'TIMED_OUT');
  };
  const startTimerAt = (execution: JobExecution, kind: 'job' | 'step', due: number) => {
    execution.deadlines[kind]?.timer.cancel();
    execution.deadlines[kind] = { due, timer: clock.setTimeout(() => timeOut(execution), due - clock.now()) };
  };
  const startTimer = (execution: JobExecution, kind: 'job' | 'step', minutes: number) =>
    startTimerAt(execution, kind, clock.now() + minutes * MINUTE_MS);
  const stopTimer = (execution: JobExecution, kind: 'job' | 'step') => {
    execution.deadlines[kind]?.timer.cancel();
    execution.deadlines[kind] = undefined;
  };
  const keepTime = (execution: JobExecution, hasJustStarted: boolean, step: number | undefined) => {
    if (execution.status !== 'IN_PROGRESS') {
      stopTimer(execution, 'job');
      stopTimer(execution, 'step');
      return;
    }
    const limit = execution.job.configs.timeoutConfig?.inProgressTimeoutInMinutes;
    if (hasJustStarted && limit !== undefined) startTimer(execution, 'job', limit);
    if (step === NO_STEP_TIMEOUT) stopTimer(execution, 'step');
    else if (step !== undefined) startTimer(execution, 'step', step);
  };

  const update = (execution: JobExecution, status: JobExecutionStatus, change: ExecutionChange = {}) => {
    const { job, thingName, status: before } = execution;
    const ends = isTerminal(status);
    notifying(thingName, () => {
      const now = clock.now();
      const hasJustStarted = before === 'QUEUED' && status === 'IN_PROGRESS';
      execution.status = status;
      execution.statusDetails = change.statusDetails ?? execution.statusDetails;
      execution.versionNumber += 1;
      execution.lastUpdatedAt = now;
      if (hasJustStarted) execution.startedAt = now;
      if (change.forceCanceled) execution.forceCanceled = true;
      job.counts[before] -= 1;
      job.counts[status] += 1;
      if (ends) queues.remove(execution);
      keepTime(execution, hasJustStarted, change.stepTimeoutInMinutes);
      kept.changed(execution);
    });
    if (ends) events.ended(execution);
    announce(execution);
    if (ends) endListeners.forEach((listener) => listener(execution));
  };

  const find: JobExecutions['find'] = (jobId, thingName, executionNumber) => {
    let found: JobExecution | undefined;
    for (const execution of byThing.get(thingName) ?? [])
      if (
        execution.job.jobId === jobId &&
        (executionNumber === undefined || execution.executionNumber === executionNumber)
      )
        found = execution;
    return found;
  };

  const kept = createExecutionStore(store, jobs, find);
  const insert = (execution: JobExecution) => {
    const { job, thingName, status } = execution;
    // Only the latest execution of a thing counts.
    const latest = job.executions.get(thingName);
    if (latest) job.counts[latest.status] -= 1;
    job.executions.set(thingName, execution);
    job.counts[status] += 1;
    byThing.set(thingName, (byThing.get(thingName) ?? new Set()).add(execution));
    if (!isTerminal(status)) queues.add(execution);
  };
  for (const { execution, due } of kept.found) {
    insert(execution);
    for (const kind of ['job', 'step'] as const) {
      const at = due[kind];
      // The deadline is there at once, so that it is saved with the next change; its timer starts with the others.
      if (at === undefined) continue;
      execution.deadlines[kind] = { due: at, timer: { cancel: () => undefined } };
      store.onStart(() => startTimerAt(execution, kind, at));
    }
  }
  const forget = (execution: JobExecution) => {
    const { job, thingName, status } = execution;
    const known = byThing.get(thingName);
    known?.delete(execution);
    if (known?.size === 0) byThing.delete(thingName);
    kept.changed(execution);
    if (job.executions.get(thingName) !== execution) return;
    job.executions.delete(thingName);
    job.counts[status] -= 1;
  };

  return {
    update,
    find,
    forget,
    enqueue: (job, thingName, previous, retryAfter) => {
      const now = clock.now();
      const retries = retryAfter && previous ? previous.retries : NO_RETRIES;
      const execution: JobExecution = {
        job,
        thingName,
        executionNumber: (previous?.executionNumber ?? 0) + 1,
        retries: retryAfter ? { ...retries, [retryAfter]: retries[retryAfter] + 1 } : retries,
        queuedAt: now,
        status: 'QUEUED',
        statusDetails: {},
        lastUpdatedAt: now,
        versionNumber: 1,
        deadlines: {},
      };
      notifying(thingName, () => {
        insert(execution);
        job.notified += 1;
      });
      kept.changed(execution);
      jobs.changed(job);
      const old = find(job.jobId, thingName, execution.executionNumber - MAX_ATTEMPTS);
      if (old && isTerminal(old.status)) forget(old);
      announce(execution);
    },
    remove: (execution) => {
      notifying(execution.thingName, () => {
        queues.remove(execution);
        stopTimer(execution, 'job');
        stopTimer(execution, 'step');
        forget(execution);
      });
      events.deleted(execution);
    },
    ofThing: (thingName) => [...(byThing.get(thingName) ?? [])],
    onEnded: (listener) => endListeners.push(listener),
    onChanged: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
  };
};
