import type { Clock } from '../../../core/clock';
import { notFound } from '../errors';
import type { Job } from './job';

/** All jobs by id, in the order of their creation. */
export interface JobStore {
  readonly all: Map<string, Job>;
  /** @throws AwsError ResourceNotFoundException */
  need(jobId: string): Job;
}

/** No jobs. */
export const createJobStore = (): JobStore => {
  const all = new Map<string, Job>();
  return {
    all,
    need: (jobId) => {
      const job = all.get(jobId);
      if (!job) throw notFound(`Job ${jobId} does not exist.`);
      return job;
    },
  };
};

const PORTION = 500;

/** Works through a long list in portions, the first one at once, so that ten thousand devices do not block everything else. */
export const inPortions = <T>(clock: Clock, items: readonly T[], work: (item: T) => void, done: () => void): void => {
  const portion = (start: number) => {
    items.slice(start, start + PORTION).forEach(work);
    if (start + PORTION >= items.length) done();
    else clock.setTimeout(() => portion(start + PORTION), 0);
  };
  portion(0);
};
