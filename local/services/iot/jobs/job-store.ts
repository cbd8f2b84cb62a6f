import type { Clock } from '../../../core/clock';
import type { Store } from '../../../store/store';
import { notFound } from '../errors';
import { type Job, noCounts } from './job';

/** What of a job is saved. The rest is made of its executions, its document and its schedule. */
type SavedJob = Omit<
  Job,
  'documentValue' | 'executions' | 'counts' | 'rolloutTimer' | 'joinedTimer' | 'scheduleTimers'
>;

/** All jobs by id, in the order of their creation. */
export interface JobStore {
  readonly all: Map<string, Job>;
  /** @throws AwsError ResourceNotFoundException */
  getOrThrow(jobId: string): Job;
  /** A job has come, changed or gone. Counts and executions are saved with the executions. */
  changed(job: Job): void;
}

const savedOf = (job: Job): SavedJob => {
  const {
    documentValue: _v,
    executions: _e,
    counts: _c,
    rolloutTimer: _r,
    joinedTimer: _j,
    scheduleTimers: _s,
    ...saved
  } = job;
  return saved;
};

/** The jobs that were saved, still without their executions, or none. */
export const createJobStore = (store: Store): JobStore => {
  const all = new Map<string, Job>();
  const kept = store.collection<SavedJob>('iot-jobs', (jobId) => {
    const job = all.get(jobId);
    return job && savedOf(job);
  });
  for (const [jobId, saved] of kept.saved) {
    const documentValue: unknown = JSON.parse(saved.document);
    const job: Job = { ...saved, documentValue, executions: new Map(), counts: noCounts(), scheduleTimers: new Set() };
    all.set(jobId, job);
  }
  return {
    all,
    getOrThrow: (jobId) => {
      const job = all.get(jobId);
      if (!job) throw notFound(`Job ${jobId} does not exist.`);
      return job;
    },
    changed: ({ jobId }) => kept.changed(jobId),
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
