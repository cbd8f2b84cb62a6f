import type { Clock } from '../../../core/clock';
import type { Job } from './job';

/** Without a rate all executions are queued at once (on AWS, 1,000 a minute), in batches, so that other work can run in between. */
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
  // With both criteria, the one that is met first counts.
  const increases = Math.max(
    Math.floor(notified / (numberOfNotifiedThings ?? Infinity)),
    Math.floor(counts.SUCCEEDED / (numberOfSucceededThings ?? Infinity)),
  );
  return Math.min(rollout.maximumPerMinute ?? MAX_RATE_PER_MINUTE, baseRatePerMinute * incrementFactor ** increases);
};

/** Releases the waiting things of a job, no faster than its roll-out configuration allows. */
export interface Rollout {
  /** Starts releasing things, or resumes when there are more. */
  start(job: Job): void;
  /**
   * Releases things that joined after the creation of the job, at once: the rate is for those of its creation.
   * https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html#job-rollout-dynamic-groups
   */
  startJoined(job: Job): void;
  stop(job: Job): void;
}

/**
 * @param release queues the execution of one thing
 * @param emptied called when no thing is waiting any more
 * @param changed called when a job has come further
 */
export const createRollout = (
  clock: Clock,
  release: (job: Job, thingName: string) => void,
  emptied: (job: Job) => void,
  changed: (job: Job) => void,
): Rollout => {
  const releaseFirst = (job: Job, things: Set<string>, count: number) => {
    let left = count;
    for (const thingName of things) {
      if (left <= 0) return;
      left -= 1;
      things.delete(thingName);
      release(job, thingName);
    }
  };
  const stop = (job: Job) => {
    job.rolloutTimer?.cancel();
    job.joinedTimer?.cancel();
    delete job.rolloutTimer;
    delete job.joinedTimer;
    delete job.rolloutCredit;
  };
  const startJoined = (job: Job) => {
    if (job.joinedTimer || job.joined.size === 0 || job.status !== 'IN_PROGRESS') return;
    job.joinedTimer = clock.setTimeout(() => {
      delete job.joinedTimer;
      releaseFirst(job, job.joined, BATCH_SIZE);
      changed(job);
      startJoined(job);
    }, 0);
  };
  const tick = (job: Job, credit: number, since: number) => {
    delete job.rolloutTimer;
    if (job.status !== 'IN_PROGRESS') return;
    const now = clock.now();
    const rate = rateOf(job);
    const available = rate === undefined ? BATCH_SIZE : credit + ((now - since) * rate) / MINUTE_MS;
    const count = Math.floor(available + ROUNDING);
    releaseFirst(job, job.waiting, count);
    changed(job);
    delete job.rolloutCredit;
    if (job.waiting.size === 0) {
      emptied(job);
      return;
    }
    const rest = rate === undefined ? 0 : available - count;
    const pause = rate === undefined ? 0 : Math.max(MIN_PAUSE_MS, ((1 - rest) * MINUTE_MS) / rate);
    job.rolloutCredit = rest;
    job.rolloutTimer = clock.setTimeout(() => tick(job, rest, now), pause);
  };
  return {
    startJoined,
    start: (job) => {
      startJoined(job);
      if (job.rolloutTimer || job.status !== 'IN_PROGRESS') return;
      // As on AWS, executions are queued after CreateJob has returned.
      job.rolloutTimer = clock.setTimeout(() => tick(job, job.rolloutCredit ?? 1, clock.now()), 0);
    },
    stop,
  };
};
