import type { Operator } from '../../operate/operator';
import { type Counts, type ExecutionStatus, FAILED_STATUSES, failedIn, totalsOf } from '../../operate/words/statuses';
import { listExecutions } from '../../operate/rollouts/list-executions';
import type { Progress } from '../shared/topics';

type Sample = Progress['points'][number];
type Ends = readonly { readonly at: number; readonly hasSucceeded: boolean }[];

/** So few job executions are listed again whenever one has ended: their own times are exact. */
const FEW = 500;
/** Pages of 250 that are read at most, once when the console begins to look, and once when all is over. */
const MAX_PAGES = 60;
const MAX_POINTS = 200;

const hasFailed = (status: ExecutionStatus): boolean => FAILED_STATUSES.some((failed) => failed === status);

/** Running totals, at most so many of them. */
export const pointsOf = (ends: Ends): readonly Sample[] => {
  const sorted = ends.toSorted((a, b) => a.at - b.at);
  const every = Math.max(1, Math.ceil(sorted.length / MAX_POINTS));
  const points: Sample[] = [];
  let succeeded = 0;
  let failed = 0;
  for (const [index, { at, hasSucceeded }] of sorted.entries()) {
    if (hasSucceeded) succeeded += 1;
    else failed += 1;
    if ((index + 1) % every === 0 || index + 1 === sorted.length) points.push({ at, succeeded, failed });
  }
  return points;
};

/** Every second one is dropped when there are too many: the latest stays. */
const thinned = (samples: readonly Sample[]): Sample[] =>
  samples.length <= MAX_POINTS ? [...samples] : samples.filter((_, index) => (samples.length - 1 - index) % 2 === 0);

/**
 * Success and failure of a roll-out over time. Nothing in AWS keeps that series, but each job execution has the time of its
 * end: the list of them is read in pages of 250, at first and at the end, and between them the counts of DescribeJob are
 * the next points.
 */
export const createProgress = (operator: Operator, jobId: string) => {
  let listed: readonly Sample[] = [];
  let samples: Sample[] = [];
  let listedEnded = -1;
  let known = 0;

  const readEnds = async (): Promise<Ends> => {
    const ends: { at: number; hasSucceeded: boolean }[] = [];
    let nextToken: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await listExecutions(operator, jobId, { limit: 250, ...(nextToken !== undefined && { nextToken }) });
      for (const { status, lastUpdatedAt } of page.items)
        if (status === 'SUCCEEDED' || hasFailed(status))
          ends.push({ at: lastUpdatedAt, hasSucceeded: status === 'SUCCEEDED' });
      nextToken = page.nextToken;
      if (nextToken === undefined) break;
    }
    return ends;
  };

  /** @param counts of the roll-out now; `isOver` when they will not change */
  return async (counts: Counts, isOver: boolean): Promise<Progress> => {
    const { all } = totalsOf(counts);
    // Cancelled and removed ones neither succeed nor fail.
    const ended = counts.SUCCEEDED + failedIn(counts);
    if (ended > 0 && ended !== listedEnded && (listedEnded < 0 || all <= FEW || isOver)) {
      const ends = await readEnds();
      listed = pointsOf(ends);
      samples = [];
      listedEnded = ended;
      known = ends.length;
    } else if (ended !== listedEnded && ended > 0) {
      const latest = { at: operator.now(), succeeded: counts.SUCCEEDED, failed: failedIn(counts) };
      const before = samples.at(-1);
      if (before?.succeeded !== latest.succeeded || before.failed !== latest.failed)
        samples = thinned([...samples, latest]);
    }
    return {
      points: [...listed, ...samples],
      known: samples.length > 0 ? ended : Math.min(known, ended),
      ended,
      isOver,
    };
  };
};
