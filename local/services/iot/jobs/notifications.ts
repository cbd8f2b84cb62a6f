import type { IotContext } from '../context';
import { type JobExecution, seconds } from './job';
import type { PendingQueues } from './pending-queue';

/** The maximum number of executions that AWS lists in a notification. */
const MAX_LISTED = 10;

/** A pending execution in lists: `JobExecutionSummary`, times in seconds. */
export const summaryOf = (execution: JobExecution) => ({
  jobId: execution.job.jobId,
  queuedAt: seconds(execution.queuedAt),
  ...(execution.startedAt === undefined ? {} : { startedAt: seconds(execution.startedAt) }),
  lastUpdatedAt: seconds(execution.lastUpdatedAt),
  executionNumber: execution.executionNumber,
  versionNumber: execution.versionNumber,
});

/** An execution in the form that devices receive, with the document as an object. */
export const executionMessage = (execution: JobExecution, includeDocument = true) => ({
  ...summaryOf(execution),
  status: execution.status,
  ...(Object.keys(execution.statusDetails).length > 0 ? { statusDetails: execution.statusDetails } : {}),
  ...(includeDocument ? { jobDocument: execution.job.documentValue } : {}),
});

/** Makes a change to a thing's queue and notifies the device of the result. */
export type Notifier = (thingName: string, change: () => void) => void;

/**
 * Publishes `$aws/things/<thing>/jobs/notify` when an execution has joined or left the pending ones, and `notify-next`
 * when another execution is the next one (AWS IoT developer guide, jobs notifications).
 */
export const createNotifier =
  ({ bus, clock }: IotContext, queues: PendingQueues): Notifier =>
  (thingName, change) => {
    const before = queues.of(thingName);
    const nextBefore = queues.next(thingName);
    change();
    const after = queues.of(thingName);
    const next = queues.next(thingName);
    const timestamp = seconds(clock.now());
    const publish = (topic: string, message: object) =>
      bus.publish({
        topic: `$aws/things/${thingName}/jobs/${topic}`,
        payload: Buffer.from(JSON.stringify(message)),
        qos: 1,
      });

    if (after.length !== before.length || after.some((execution, index) => execution !== before[index])) {
      const listed = after.slice(0, MAX_LISTED);
      const jobs: Partial<Record<string, object[]>> = {};
      for (const execution of listed) (jobs[execution.status] ??= []).push(summaryOf(execution));
      publish('notify', { timestamp, jobs });
    }
    if (next !== nextBefore)
      publish('notify-next', { timestamp, ...(next ? { execution: executionMessage(next) } : {}) });
  };
