import { DescribeJobCommand, GetJobDocumentCommand, type Job, type JobProcessDetails } from '@aws-sdk/client-iot';
import * as v from 'valibot';
import { isAwsError } from '../../functions/shared/errors';
import { NotFoundError, type Operator } from '../operator';
import type { Counts } from '../words/statuses';
import { type RolloutSummary, rolloutSummary } from './list-rollouts';

const documentSchema = v.looseObject({
  firmwareVersion: v.optional(v.string()),
  stateMachineName: v.optional(v.string()),
});

/** What the devices are to do, as JobsCreateJob wrote it. */
export type RolloutDocument = Readonly<v.InferOutput<typeof documentSchema>>;

/** In the names of the payload of JobsCreateJob. */
export type RolloutConfigs = Readonly<{
  rollout?: NonNullable<Job['jobExecutionsRolloutConfig']>;
  abort?: NonNullable<Job['abortConfig']>;
  retry?: NonNullable<Job['jobExecutionsRetryConfig']>;
  timeout?: NonNullable<Job['timeoutConfig']>;
  schedule?: NonNullable<Job['schedulingConfig']>;
}>;

export interface Rollout extends RolloutSummary {
  readonly targets: readonly string[];
  /** Job executions by status. Devices that the rate of the roll-out holds back have none yet. */
  readonly counts: Counts;
  readonly configs: RolloutConfigs;
  /** When the maintenance windows open next, as IoT Jobs says it. */
  readonly nextWindows: readonly string[];
  readonly comment?: string;
  readonly reasonCode?: string;
  /** Devices are still getting the job. */
  readonly isRollingOut: boolean;
}

/** A roll-out with what its devices are to do. */
export interface RolloutWithDocument extends Rollout {
  readonly document: RolloutDocument;
}

const countsOf = (details: JobProcessDetails = {}): Counts => ({
  QUEUED: details.numberOfQueuedThings ?? 0,
  IN_PROGRESS: details.numberOfInProgressThings ?? 0,
  SUCCEEDED: details.numberOfSucceededThings ?? 0,
  FAILED: details.numberOfFailedThings ?? 0,
  TIMED_OUT: details.numberOfTimedOutThings ?? 0,
  REJECTED: details.numberOfRejectedThings ?? 0,
  CANCELED: details.numberOfCanceledThings ?? 0,
  REMOVED: details.numberOfRemovedThings ?? 0,
});

const configsOf = (job: Job): RolloutConfigs => ({
  ...(job.jobExecutionsRolloutConfig && { rollout: job.jobExecutionsRolloutConfig }),
  ...(job.abortConfig && { abort: job.abortConfig }),
  ...(job.jobExecutionsRetryConfig && { retry: job.jobExecutionsRetryConfig }),
  ...(job.timeoutConfig && { timeout: job.timeoutConfig }),
  ...(job.schedulingConfig && { schedule: job.schedulingConfig }),
});

const unlessMissing = (jobId: string, stackName: string) => (error: unknown) => {
  if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
  throw new NotFoundError(`There is no roll-out ${jobId} of stack ${stackName}.`);
};

/**
 * Status, counts and settings of one roll-out: one call, whatever the number of devices.
 * @throws NotFoundError
 */
export const describeRollout = async (
  { clients: { iot }, resources: { stackName } }: Operator,
  jobId: string,
): Promise<Rollout> => {
  const { job = {} } = await iot.send(new DescribeJobCommand({ jobId })).catch(unlessMissing(jobId, stackName));
  return {
    ...rolloutSummary(job),
    targets: job.targets ?? [],
    counts: countsOf(job.jobProcessDetails),
    configs: configsOf(job),
    nextWindows: (job.scheduledJobRollouts ?? []).flatMap(({ startTime }) => startTime ?? []),
    isRollingOut: job.isConcurrent ?? false,
    ...(job.comment !== undefined && { comment: job.comment }),
    ...(job.reasonCode !== undefined && { reasonCode: job.reasonCode }),
  };
};

const parseDocument = (text: string): RolloutDocument => {
  try {
    const parsed = v.safeParse(documentSchema, JSON.parse(text));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
};

/** Documents never change: a caller that asks often keeps them. @throws NotFoundError */
export const rolloutDocument = async (
  { clients: { iot }, resources: { stackName } }: Operator,
  jobId: string,
): Promise<RolloutDocument> => {
  const { document = '' } = await iot.send(new GetJobDocumentCommand({ jobId })).catch(unlessMissing(jobId, stackName));
  return parseDocument(document);
};

/** @throws NotFoundError also for a job of another stack */
export const rolloutWithDocument = async (operator: Operator, jobId: string): Promise<RolloutWithDocument> => {
  const [rollout, document] = await Promise.all([describeRollout(operator, jobId), rolloutDocument(operator, jobId)]);
  const { stackName, stateMachineName } = operator.resources;
  if (document.stateMachineName !== stateMachineName)
    throw new NotFoundError(
      `Job ${jobId} is no roll-out of stack ${stackName}: its document names ${document.stateMachineName ?? 'no state machine'}, not ${stateMachineName}.`,
    );
  return { ...rollout, document };
};
