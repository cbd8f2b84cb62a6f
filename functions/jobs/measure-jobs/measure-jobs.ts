import * as v from 'valibot';
import type { Log } from '../../shared/log';

/** How many devices of a job wait, as DescribeJob counts them. */
export interface JobProgress {
  readonly queued: number;
  readonly inProgress: number;
}

export interface MeasureJobsDeps {
  /** Jobs that the workflow of this stack runs, and is not through with. */
  readonly stateMachineName: string;
  readonly jobIdPrefix: string;
  readonly activeJobs: () => Promise<readonly string[]>;
  readonly documentOf: (jobId: string) => Promise<string | undefined>;
  readonly progressOf: (jobId: string) => Promise<JobProgress>;
  readonly log: Log;
}

const documentSchema = v.object({ stateMachineName: v.string() });

const isFor = (stateMachineName: string, document: string | undefined): boolean => {
  try {
    return v.parse(documentSchema, JSON.parse(document ?? '')).stateMachineName === stateMachineName;
  } catch {
    return false;
  }
};

/**
 * Measures how many devices the jobs of this stack wait for. The cost grows with the number of jobs, not of devices.
 * Jobs of other stacks may have the same prefix, so the job document decides.
 */
export const measureJobs =
  ({ stateMachineName, jobIdPrefix, activeJobs, documentOf, progressOf, log }: MeasureJobsDeps) =>
  async (): Promise<void> => {
    const candidates = (await activeJobs()).filter((jobId) => jobId.startsWith(`${jobIdPrefix}-`));
    let [queued, inProgress, jobs] = [0, 0, 0];
    for (const jobId of candidates) {
      if (!isFor(stateMachineName, await documentOf(jobId))) continue;
      const progress = await progressOf(jobId);
      queued += progress.queued;
      inProgress += progress.inProgress;
      jobs += 1;
    }
    log.measure({ DevicesQueued: queued, DevicesInProgress: inProgress }, 'Devices that jobs wait for', { jobs });
  };
