import { setTimeout } from 'node:timers/promises';
import type { Operator } from '../../operate/operator';
import { describeRollout, type Rollout } from '../../operate/rollouts/describe-rollout';
import { failedIn, totalsOf } from '../../operate/words/statuses';
import { createStepsCrawler, type Steps } from '../../operate/steps/crawler';
import { barLines, barsInLine } from '../output/bars';
import type { Output } from '../output/output';
import { outcomeBars, sampleWords, stepBars } from './rollout-view';

const OVER = new Set(['COMPLETED', 'CANCELED', 'DELETION_IN_PROGRESS']);

/** A cancelled roll-out is over when its devices are. */
const isOver = ({ status, counts }: Rollout): boolean =>
  OVER.has(status) && totalsOf(counts).ended === totalsOf(counts).all;

const show = (output: Output, live: ReturnType<Output['live']>, rollout: Rollout, steps: Steps) => {
  const { all } = totalsOf(rollout.counts);
  const bars = [...stepBars(steps), ...outcomeBars(rollout.counts)];
  const sample = sampleWords(steps);
  const head = `${rollout.jobId}  ${rollout.status}  ${totalsOf(rollout.counts).ended} of ${all} ended${sample === '' ? '' : `  (${sample})`}`;
  const line = `${rollout.status}  ${barsInLine(bars, all)}${sample === '' ? '' : ` (${sample})`}`;
  live.update([head, ...barLines(bars, all, output.width)], line);
};

/** With nothing pending there is nothing to look for. */
const NO_STEPS: Steps = { byState: {}, looked: 0, pending: 0, asOf: 0 };

/**
 * Shows a roll-out until it is over, or until the signal. AWS has nothing to subscribe to for a caller with credentials
 * only, so it asks again after a pause.
 * @returns the roll-out as it was at the end
 */
export const watchRollout = async (
  operator: Operator,
  output: Output,
  jobId: string,
  { pauseMs, signal }: { readonly pauseMs: number; readonly signal: AbortSignal },
): Promise<Rollout> => {
  const crawler = createStepsCrawler(operator, jobId);
  const live = output.live();
  try {
    for (;;) {
      const rollout = await describeRollout(operator, jobId);
      const { QUEUED, IN_PROGRESS } = rollout.counts;
      const steps = QUEUED + IN_PROGRESS === 0 ? NO_STEPS : await crawler.round();
      show(output, live, rollout, steps);
      if (isOver(rollout) || signal.aborted) return rollout;
      await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    live.end();
  }
};

export const hasFailures = ({ counts }: Rollout): boolean => failedIn(counts) > 0;
