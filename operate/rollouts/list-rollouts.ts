import { type JobStatus, type JobSummary, ListJobsCommand, type TargetSelection } from '@aws-sdk/client-iot';
import type { Operator } from '../operator';
import { type Page, pageOf, type PageRequest } from '../page';

/** A roll-out is one IoT job of the stack. Times are milliseconds since the epoch. */
export interface RolloutSummary {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly targetSelection: TargetSelection;
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  readonly completedAt?: number;
}

/** Jobs of others are skipped; a page that has too few of the stack's own after so many calls is short. */
const MAX_CALLS = 10;
const DEFAULT_LIMIT = 20;

export const rolloutSummary = (job: JobSummary): RolloutSummary => ({
  jobId: job.jobId ?? '',
  status: job.status ?? 'IN_PROGRESS',
  targetSelection: job.targetSelection ?? 'SNAPSHOT',
  createdAt: job.createdAt?.getTime() ?? 0,
  lastUpdatedAt: job.lastUpdatedAt?.getTime() ?? 0,
  ...(job.completedAt && { completedAt: job.completedAt.getTime() }),
});

/**
 * The jobs of the stack, the newest first: those whose ids have its prefix.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_ListJobs.html
 */
export const listRollouts = async (
  { clients: { iot }, resources: { jobIdPrefix } }: Operator,
  { limit = DEFAULT_LIMIT, nextToken: first, status }: PageRequest & { readonly status?: JobStatus } = {},
): Promise<Page<RolloutSummary>> => {
  const found: RolloutSummary[] = [];
  let nextToken = first;
  for (let calls = 0; calls < MAX_CALLS && found.length < limit; calls += 1) {
    const page = await iot.send(
      new ListJobsCommand({
        maxResults: Math.min(250, limit - found.length),
        ...(nextToken !== undefined && { nextToken }),
        ...(status !== undefined && { status }),
      }),
    );
    found.push(...(page.jobs ?? []).map(rolloutSummary).filter(({ jobId }) => jobId.startsWith(`${jobIdPrefix}-`)));
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  return pageOf(found, nextToken);
};
