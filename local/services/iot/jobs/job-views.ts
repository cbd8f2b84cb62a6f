import type {
  Job as JobDescription,
  JobExecution as ExecutionDescription,
  JobExecutionSummary,
  JobSummary,
} from '@aws-sdk/client-iot';
import type { Arns } from '../arns';
import { type Job, type JobExecution, retryAttempt } from './job';
import { scheduledRollouts } from './schedule';

const dateOf = (milliseconds: number | undefined): Date | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds);

/** A job in lists. */
export const jobSummary = (job: Job): JobSummary => ({
  jobArn: job.jobArn,
  jobId: job.jobId,
  targetSelection: job.targetSelection,
  status: job.status,
  createdAt: new Date(job.createdAt),
  lastUpdatedAt: new Date(job.lastUpdatedAt),
  completedAt: dateOf(job.completedAt),
  isConcurrent: job.rolloutTimer !== undefined,
});

/** A job in the form of DescribeJob. */
export const jobDescription = (job: Job, now: number): JobDescription => ({
  ...jobSummary(job),
  ...job.configs,
  ...(job.configs.schedulingConfig?.maintenanceWindows && {
    scheduledJobRollouts: scheduledRollouts(job.configs.schedulingConfig, now),
  }),
  targets: [...job.targets],
  description: job.description,
  forceCanceled: job.forceCanceled,
  comment: job.comment,
  reasonCode: job.reasonCode,
  jobTemplateArn: job.jobTemplateArn,
  documentParameters: job.documentParameters,
  jobProcessDetails: {
    processingTargets: job.waiting.size > 0 ? [...job.targets] : [],
    numberOfCanceledThings: job.counts.CANCELED,
    numberOfSucceededThings: job.counts.SUCCEEDED,
    numberOfFailedThings: job.counts.FAILED,
    numberOfRejectedThings: job.counts.REJECTED,
    numberOfQueuedThings: job.counts.QUEUED,
    numberOfInProgressThings: job.counts.IN_PROGRESS,
    numberOfRemovedThings: job.counts.REMOVED,
    numberOfTimedOutThings: job.counts.TIMED_OUT,
  },
});

/** Seconds until the job's or the device's own time limit ends an execution, whichever comes first. */
export const secondsBeforeTimeout = ({ deadlines }: JobExecution, now: number): number | undefined => {
  const due = Math.min(deadlines.job?.due ?? Infinity, deadlines.step?.due ?? Infinity);
  return due === Infinity ? undefined : Math.max(0, Math.ceil((due - now) / 1000));
};

/** An execution in lists. */
export const executionSummary = (execution: JobExecution): JobExecutionSummary => ({
  status: execution.status,
  queuedAt: new Date(execution.queuedAt),
  startedAt: dateOf(execution.startedAt),
  lastUpdatedAt: new Date(execution.lastUpdatedAt),
  executionNumber: execution.executionNumber,
  retryAttempt: retryAttempt(execution),
});

/** An execution in the form of DescribeJobExecution of the control plane. */
export const executionDescription = (execution: JobExecution, arns: Arns, now: number): ExecutionDescription => ({
  jobId: execution.job.jobId,
  status: execution.status,
  forceCanceled: execution.forceCanceled,
  statusDetails: { detailsMap: { ...execution.statusDetails } },
  thingArn: arns.of('thing', execution.thingName),
  queuedAt: new Date(execution.queuedAt),
  startedAt: dateOf(execution.startedAt),
  lastUpdatedAt: new Date(execution.lastUpdatedAt),
  executionNumber: execution.executionNumber,
  versionNumber: execution.versionNumber,
  approximateSecondsBeforeTimedOut: secondsBeforeTimeout(execution, now),
});
