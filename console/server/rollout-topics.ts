import { NotFoundError, type Operator } from '../../operate/operator';
import { describeRollout, rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { type ExecutionStatus, STATUSES } from '../../operate/words/statuses';
import { type FailureCache, rolloutFailures } from '../../operate/rollouts/failures';
import { listExecutions } from '../../operate/rollouts/list-executions';
import { listRollouts, type RolloutSummary } from '../../operate/rollouts/list-rollouts';
import { createStepsCrawler } from '../../operate/steps/crawler';
import type { RolloutRow } from '../shared/topics';
import { keep, keepAnswers } from './keep';
import { createProgress } from './progress';
import { every, type Loaders, pageRequest, RARELY_MS, required } from './topic-loader';

/** Devices of a roll-out whose states are looked at, and histories per round: what the budget of calls is mostly for. */
const CRAWL = { sampleSize: 100, looksPerRound: 8 };
const ROLLOUTS_PER_PAGE = 15;

const isOver = ({ status }: Pick<RolloutSummary, 'status'>): boolean => status === 'COMPLETED' || status === 'CANCELED';

const statusIn = (parameters: URLSearchParams): ExecutionStatus | undefined =>
  STATUSES.find((status) => status === parameters.get('status'));

/** Another stack may have job ids with the same prefix, and a job may be deleted after it was listed. */
const unlessForeign = (error: unknown): undefined => {
  if (!(error instanceof NotFoundError)) throw error;
};

/** What pages show of roll-outs. */
export const rolloutTopics = (
  operator: Operator,
): Loaders<'rollouts' | 'rollout' | 'steps' | 'failures' | 'progress' | 'executions'> => {
  // Refuses jobs of others.
  const documents = keepAnswers(200, Infinity, async (jobId) => (await rolloutWithDocument(operator, jobId)).document);
  // Several topics of one page ask for the same.
  const rollouts = keepAnswers(50, 1000, (jobId) => describeRollout(operator, jobId));
  const finished = keep(200, (): { row?: RolloutRow } => ({}));
  const crawlers = keep(20, (jobId) => createStepsCrawler(operator, jobId, CRAWL));
  const progress = keep(20, (jobId) => createProgress(operator, jobId));
  const failureCaches = keep(20, (): FailureCache => new Map());

  const rowOf = async (summary: RolloutSummary): Promise<RolloutRow> => {
    const kept = finished.get(summary.jobId);
    if (kept.row?.lastUpdatedAt === summary.lastUpdatedAt && kept.row.status === summary.status) return kept.row;
    const [{ counts }, { firmwareVersion }] = await Promise.all([rollouts(summary.jobId), documents(summary.jobId)]);
    const row = { ...summary, counts, ...(firmwareVersion !== undefined && { firmwareVersion }) };
    if (isOver(summary)) kept.row = row;
    return row;
  };
  return {
    rollouts: {
      pauseAfter: every(3000),
      load: async (parameters) => {
        const page = await listRollouts(operator, pageRequest(parameters, ROLLOUTS_PER_PAGE));
        const rows = await Promise.all(page.items.map((summary) => rowOf(summary).catch(unlessForeign)));
        return { ...page, items: rows.flatMap((row) => row ?? []) };
      },
    },
    rollout: {
      isHeadline: true,
      pauseAfter: (rollout) => (isOver(rollout) ? 10_000 : 2000),
      load: async (parameters) => {
        const jobId = required(parameters, 'id');
        const document = await documents(jobId);
        return { ...(await rollouts(jobId)), document };
      },
    },
    steps: {
      pauseAfter: ({ pending }) => (pending === 0 ? 10_000 : 1000),
      load: (parameters) => crawlers.get(required(parameters, 'id')).round(),
    },
    failures: {
      pauseAfter: every(5000),
      load: async (parameters) => {
        const jobId = required(parameters, 'id');
        const { counts } = await rollouts(jobId);
        return rolloutFailures(operator, jobId, counts, { cache: failureCaches.get(jobId) });
      },
    },
    progress: {
      pauseAfter: ({ isOver: over }) => (over ? RARELY_MS : 3000),
      load: async (parameters) => {
        const jobId = required(parameters, 'id');
        const rollout = await rollouts(jobId);
        return progress.get(jobId)(rollout.counts, isOver(rollout));
      },
    },
    executions: {
      pauseAfter: every(5000),
      load: (parameters) => {
        const status = statusIn(parameters);
        const request = { ...pageRequest(parameters), ...(status !== undefined && { status }) };
        return listExecutions(operator, required(parameters, 'id'), request);
      },
    },
  };
};
