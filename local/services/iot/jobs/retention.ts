import { countUnfinished, isActive, type Job } from './job';
import type { JobExecutions } from './job-executions';
import type { JobStore } from './job-store';

/** AWS keeps a job until it is deleted; local mode keeps as many finished ones as these, the last ones. */
export const MAX_FINISHED_JOBS = 500;
/** As many job executions of finished jobs as these, but always those of the last job. */
export const MAX_FINISHED_EXECUTIONS = 10_000;

const isFinished = (job: Job): boolean =>
  !isActive(job) && job.status !== 'DELETION_IN_PROGRESS' && countUnfinished(job) === 0;

/** Forgets the oldest finished jobs, with their executions, when there are too many. */
export const createRetention = (jobs: JobStore, executions: JobExecutions) => {
  /** In the order in which they finished. */
  const finished = new Set<Job>();
  let kept = 0;

  const forget = (job: Job) => {
    finished.delete(job);
    kept -= job.executions.size;
    for (const thingName of job.executions.keys())
      for (const execution of executions.ofThing(thingName)) if (execution.job === job) executions.forget(execution);
    jobs.all.delete(job.jobId);
    jobs.changed(job);
  };
  const check = (job: Job) => {
    if (finished.has(job) || !jobs.all.has(job.jobId) || !isFinished(job)) return;
    finished.add(job);
    kept += job.executions.size;
    for (const oldest of finished) {
      if (finished.size <= 1 || (finished.size <= MAX_FINISHED_JOBS && kept <= MAX_FINISHED_EXECUTIONS)) return;
      forget(oldest);
    }
  };
  for (const job of [...jobs.all.values()].sort((a, b) => (a.completedAt ?? 0) - (b.completedAt ?? 0))) check(job);
  return {
    /** The status of a job, or of one of its executions, has changed. */
    check,
    /** A finished job is being deleted. */
    leave: (job: Job) => {
      if (finished.delete(job)) kept -= job.executions.size;
    },
  };
};
