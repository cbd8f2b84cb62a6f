import { type JobExecutionSummaryForJob, ListJobExecutionsForJobCommand } from '@aws-sdk/client-iot';
import { isAwsError } from '../../functions/shared/errors';
import { NotFoundError, type Operator } from '../operator';
import { type Page, pageOf, type PageRequest } from '../page';
import type { ExecutionStatus } from '../words/statuses';

/** The latest attempt of a roll-out at one device. Times are milliseconds since the epoch. */
export interface RolloutExecution {
  readonly thingName: string;
  readonly status: ExecutionStatus;
  /** The attempt, from 1. */
  readonly executionNumber: number;
  readonly queuedAt: number;
  readonly startedAt?: number;
  readonly lastUpdatedAt: number;
}

const executionOf = ({ thingArn = '', jobExecutionSummary = {} }: JobExecutionSummaryForJob): RolloutExecution => ({
  thingName: thingArn.slice(thingArn.indexOf('/') + 1),
  status: jobExecutionSummary.status ?? 'QUEUED',
  executionNumber: jobExecutionSummary.executionNumber ?? 1,
  queuedAt: jobExecutionSummary.queuedAt?.getTime() ?? 0,
  ...(jobExecutionSummary.startedAt && { startedAt: jobExecutionSummary.startedAt.getTime() }),
  lastUpdatedAt: jobExecutionSummary.lastUpdatedAt?.getTime() ?? 0,
});

/**
 * The devices of a roll-out: one call per page of up to 250.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_ListJobExecutionsForJob.html
 * @throws NotFoundError
 */
export const listExecutions = async (
  { clients: { iot }, resources: { stackName } }: Operator,
  jobId: string,
  { limit = 100, nextToken, status }: PageRequest & { readonly status?: ExecutionStatus } = {},
): Promise<Page<RolloutExecution>> => {
  try {
    const page = await iot.send(
      new ListJobExecutionsForJobCommand({
        ...{ jobId, maxResults: Math.min(250, limit) },
        ...(nextToken !== undefined && { nextToken }),
        ...(status !== undefined && { status }),
      }),
    );
    return pageOf((page.executionSummaries ?? []).map(executionOf), page.nextToken);
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    throw new NotFoundError(`There is no roll-out ${jobId} of stack ${stackName}.`);
  }
};

/** At most `limit` devices of a roll-out with a status. */
export const someExecutions = async (
  operator: Operator,
  jobId: string,
  status: ExecutionStatus,
  limit: number,
): Promise<readonly RolloutExecution[]> => {
  const found: RolloutExecution[] = [];
  let nextToken: string | undefined;
  while (found.length < limit) {
    const request = { status, limit: limit - found.length, ...(nextToken !== undefined && { nextToken }) };
    const page = await listExecutions(operator, jobId, request);
    found.push(...page.items);
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  return found;
};
