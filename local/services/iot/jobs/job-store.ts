import type { Clock } from '../../../core/clock';
import { notFound } from '../errors';
import type { Job } from './job';

/** All jobs by id, in the order of their creation. */
export interface JobStore {
  readonly all: Map<string, Job>;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(jobId: string): Job;
}

/** An empty store. */
export const createJobStore = (): JobStore => {
  const all = new Map<string, Job>();
  return {
    all,
    getOrThrow: (jobId) => {
      const job = all.get(jobId);
      if (!job) throw notFound(`Job ${jobId} does not exist.`);
      return job;
    },
  };
};

const BATCH_SIZE = 500;

/** Processes a long list in batches, the first one immediately, so that ten thousand devices do not block everything else. */
export const inPortions = <T>(clock: Clock, items: readonly T[], work: (item: T) => void, done: () => void): void => {
  const portion = (start: number) => {
    items.slice(start, start + BATCH_SIZE).forEach(work);
    if (start + BATCH_SIZE >= items.length) done();
    else clock.setTimeout(() => portion(start + BATCH_SIZE), 0);
  };
  portion(0);
};
