import { randomUUID } from 'node:crypto';
import type { EventType } from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { type Job, type JobExecution, seconds } from './job';

type JobOperation = 'completed' | 'canceled' | 'deleted' | 'cancellation_in_progress' | 'deletion_in_progress';
type ExecutionOperation = 'succeeded' | 'failed' | 'rejected' | 'canceled' | 'timed_out' | 'removed' | 'deleted';

const OPERATIONS = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  REJECTED: 'rejected',
  CANCELED: 'canceled',
  TIMED_OUT: 'timed_out',
  REMOVED: 'removed',
} as const satisfies Record<string, ExecutionOperation>;

/** Publishes job events of the types that are switched on (AWS IoT developer guide, jobs events; times in seconds). */
export interface JobEvents {
  job(job: Job, operation: JobOperation): void;
  /** For an execution that has reached a terminal status. */
  ended(execution: JobExecution): void;
  deleted(execution: JobExecution): void;
}

/** @param isEnabled whether events of a type are switched on (UpdateEventConfigurations) */
export const createJobEvents = (
  { bus, clock, arns }: IotContext,
  isEnabled: (type: EventType) => boolean,
): JobEvents => {
  const publish = (topic: string, message: object) =>
    bus.publish({ topic, payload: Buffer.from(JSON.stringify(message)), qos: 1 });
  const envelope = (eventType: EventType, operation: string) => ({
    eventType,
    eventId: randomUUID(),
    timestamp: seconds(clock.now()),
    operation,
  });

  const execution = ({ job, thingName, status, statusDetails }: JobExecution, operation: ExecutionOperation) => {
    if (!isEnabled('JOB_EXECUTION')) return;
    publish(`$aws/events/jobExecution/${job.jobId}/${operation}`, {
      ...envelope('JOB_EXECUTION', operation),
      jobId: job.jobId,
      thingArn: arns.of('thing', thingName),
      status,
      statusDetails,
    });
  };

  return {
    job: (job, operation) => {
      if (!isEnabled('JOB')) return;
      const { counts } = job;
      publish(`$aws/events/job/${job.jobId}/${operation}`, {
        ...envelope('JOB', operation),
        jobId: job.jobId,
        status: job.status,
        targetSelection: job.targetSelection,
        targets: [...job.targets],
        ...(job.description === undefined ? {} : { description: job.description }),
        ...(job.completedAt === undefined ? {} : { completedAt: seconds(job.completedAt) }),
        createdAt: seconds(job.createdAt),
        lastUpdatedAt: seconds(job.lastUpdatedAt),
        jobProcessDetails: {
          numberOfCanceledThings: counts.CANCELED,
          numberOfRejectedThings: counts.REJECTED,
          numberOfFailedThings: counts.FAILED,
          numberOfRemovedThings: counts.REMOVED,
          numberOfSucceededThings: counts.SUCCEEDED,
          numberOfTimedOutThings: counts.TIMED_OUT,
        },
      });
    },
    ended: (ended) => {
      const { status } = ended;
      if (status !== 'QUEUED' && status !== 'IN_PROGRESS') execution(ended, OPERATIONS[status]);
    },
    deleted: (deleted) => execution(deleted, 'deleted'),
  };
};
