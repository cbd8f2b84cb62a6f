import type { Clock } from '../../../core/clock';
import type { Job } from './job';

/** Without a rate everything is queued at once, in portions that leave room for other work. */
const PORTION = 200;
const MINUTE_MS = 60_000;
const SHORTEST_PAUSE_MS = 100;
/** The highest rate that AWS knows, per minute. */
const HIGHEST_RATE = 1_000;
const ROUNDING = 1e-6;

/** Executions per minute; undefined means no limit. */
const rateOf = ({ configs, notified, counts }: Job): number | undefined => {
  const rollout = configs.jobExecutionsRolloutConfig;
  const exponential = rollout?.exponentialRate;
  if (!exponential) return rollout?.maximumPerMinute;
  const { baseRatePerMinute = 1, incrementFactor = 1, rateIncreaseCriteria } = exponential;
  const { numberOfNotifiedThings, numberOfSucceededThings } = rateIncreaseCriteria ?? {};
  const increases =
    numberOfNotifiedThings !== undefined
      ? Math.floor(notified / numberOfNotifiedThings)
      : Math.floor(counts.SUCCEEDED / (numberOfSucceededThings ?? Infinity));
  return Math.min(rollout.maximumPerMinute ?? HIGHEST_RATE, baseRatePerMinute * incrementFactor ** increases);
};

/** Hands the waiting things of a job out, no faster than its roll-out configuration says. */
export interface Rollout {
  /** Starts handing out, or goes on when things have joined. */
  start(job: Job): void;
  stop(job: Job): void;
}

/**
 * @param release queues the execution of one thing
 * @param emptied called when nobody waits any more
 */
export const createRollout = (
  clock: Clock,
  release: (job: Job, thingName: string) => void,
  emptied: (job: Job) => void,
): Rollout => {
  const releaseFirst = (job: Job, count: number) => {
    let left = count;
    for (const thingName of job.waiting) {
      if (left <= 0) return;
      left -= 1;
      job.waiting.delete(thingName);
      release(job, thingName);
    }
  };
  const stop = (job: Job) => {
    job.rolloutTimer?.cancel();
    delete job.rolloutTimer;
  };
  const tick = (job: Job, credit: number, since: number) => {
    delete job.rolloutTimer;
    if (job.status !== 'IN_PROGRESS') return;
    const now = clock.now();
    const rate = rateOf(job);
    const earned = rate === undefined ? PORTION : credit + ((now - since) * rate) / MINUTE_MS;
    const count = Math.floor(earned + ROUNDING);
    releaseFirst(job, count);
    if (job.waiting.size === 0) {
      emptied(job);
      return;
    }
    const rest = rate === undefined ? 0 : earned - count;
    const pause = rate === undefined ? 0 : Math.max(SHORTEST_PAUSE_MS, ((1 - rest) * MINUTE_MS) / rate);
    job.rolloutTimer = clock.setTimeout(() => tick(job, rest, now), pause);
  };
  return {
    start: (job) => {
      if (job.rolloutTimer || job.status !== 'IN_PROGRESS') return;
      // AWS queues executions after it has answered CreateJob; so do we.
      job.rolloutTimer = clock.setTimeout(() => tick(job, 1, clock.now()), 0);
    },
    stop,
  };
};
