import { DescribeJobExecutionCommand, ListJobExecutionsForThingCommand } from '@aws-sdk/client-iot';
import { isAwsError } from '../../functions/shared/errors';
import type { Operator } from '../operator';
import type { ExecutionStatus } from '../words/statuses';

/** The latest attempt of a job at a thing. Times are milliseconds since the epoch. */
export interface JobExecution {
  readonly jobId: string;
  readonly status: ExecutionStatus;
  /** From 1. */
  readonly executionNumber: number;
  readonly queuedAt: number;
  readonly startedAt?: number;
  readonly lastUpdatedAt: number;
  /** Of a failed one: step, error, cause. */
  readonly details: Readonly<Record<string, string>>;
  /** Until the job's own time limit. */
  readonly secondsBeforeTimedOut?: number;
}

/** @returns undefined when the thing has no execution of the job (yet, or any more), or when there is no such thing or job */
export const describeJobExecution = async (
  { clients: { iot } }: Operator,
  jobId: string,
  thingName: string,
): Promise<JobExecution | undefined> => {
  try {
    const { execution = {} } = await iot.send(new DescribeJobExecutionCommand({ jobId, thingName }));
    const { approximateSecondsBeforeTimedOut } = execution;
    return {
      jobId,
      status: execution.status ?? 'QUEUED',
      executionNumber: execution.executionNumber ?? 1,
      queuedAt: execution.queuedAt?.getTime() ?? 0,
      ...(execution.startedAt && { startedAt: execution.startedAt.getTime() }),
      lastUpdatedAt: execution.lastUpdatedAt?.getTime() ?? 0,
      details: execution.statusDetails?.detailsMap ?? {},
      ...(approximateSecondsBeforeTimedOut !== undefined && {
        secondsBeforeTimedOut: approximateSecondsBeforeTimedOut,
      }),
    };
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
};

/** The jobs of a thing that are not over, whatever they are about: the device gets them one after the other. */
export const pendingJobs = async (
  { clients: { iot } }: Operator,
  thingName: string,
): Promise<readonly { readonly jobId: string; readonly status: ExecutionStatus; readonly queuedAt: number }[]> => {
  const pages = (['IN_PROGRESS', 'QUEUED'] as const).map((status) =>
    iot.send(new ListJobExecutionsForThingCommand({ thingName, status, maxResults: 25 })),
  );
  return (await Promise.all(pages)).flatMap(({ executionSummaries = [] }) =>
    executionSummaries.map(({ jobId = '', jobExecutionSummary = {} }) => ({
      ...{ jobId, status: jobExecutionSummary.status ?? 'QUEUED' },
      queuedAt: jobExecutionSummary.queuedAt?.getTime() ?? 0,
    })),
  );
};
