import type { Backlog } from '../../../core/backlog';
import type { Clock, Timer } from '../../../core/clock';
import type { Job } from './job';

/**
 * Without a rate, executions are queued as fast as the functions follow (on AWS, 1,000 a minute), in batches. If all were queued at once, each
 * device of a large fleet would wait for all the others at each of its steps, and exceed the time limits of its workflow.
 */
const BATCH_SIZE = 50;
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
  { clock, backlog }: { readonly clock: Clock; readonly backlog: Backlog },
  release: (job: Job, thingName: string) => void,
  emptied: (job: Job) => void,
  changed: (job: Job) => void,
): Rollout => {
  /** As soon as the functions follow. */
  const soon = (task: () => void): Timer => {
    let turn: Timer | undefined;
    const timer = clock.setTimeout(() => {
      turn = backlog.whenShort(task);
    }, 0);
    return {
      cancel: () => {
        timer.cancel();
        turn?.cancel();
      },
    };
  };
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
    job.joinedTimer = soon(() => {
      delete job.joinedTimer;
      releaseFirst(job, job.joined, BATCH_SIZE);
      changed(job);
      startJoined(job);
    });
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
    job.rolloutCredit = rest;
    const next = () => tick(job, rest, now);
    if (rate === undefined) job.rolloutTimer = soon(next);
    else job.rolloutTimer = clock.setTimeout(next, Math.max(MIN_PAUSE_MS, ((1 - rest) * MINUTE_MS) / rate));
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
