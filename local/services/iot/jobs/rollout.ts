import type { Clock } from '../../../core/clock';
import type { Job } from './job';

/** Without a rate all executions are queued at once, in batches, so that other work can run in between. */
const BATCH_SIZE = 200;
const MINUTE_MS = 60_000;
const MIN_PAUSE_MS = 100;
/** The highest rate that AWS allows, per minute. */
const MAX_RATE_PER_MINUTE = 1_000;
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
  return Math.min(rollout.maximumPerMinute ?? MAX_RATE_PER_MINUTE, baseRatePerMinute * incrementFactor ** increases);
};

/** Releases the waiting things of a job, no faster than its roll-out configuration allows. */
export interface Rollout {
  /** Starts releasing things, or resumes when things have joined. */
  start(job: Job): void;
  stop(job: Job): void;
}

/**
 * @param release queues the execution of one thing
 * @param emptied called when no thing is waiting any more
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
    const available = rate === undefined ? BATCH_SIZE : credit + ((now - since) * rate) / MINUTE_MS;
    const count = Math.floor(available + ROUNDING);
    releaseFirst(job, count);
    if (job.waiting.size === 0) {
      emptied(job);
      return;
    }
    const rest = rate === undefined ? 0 : available - count;
    const pause = rate === undefined ? 0 : Math.max(MIN_PAUSE_MS, ((1 - rest) * MINUTE_MS) / rate);
    job.rolloutTimer = clock.setTimeout(() => tick(job, rest, now), pause);
  };
  return {
    start: (job) => {
      if (job.rolloutTimer || job.status !== 'IN_PROGRESS') return;
      // As on AWS, executions are queued after CreateJob has returned.
      job.rolloutTimer = clock.setTimeout(() => tick(job, 1, clock.now()), 0);
    },
    stop,
  };
};
