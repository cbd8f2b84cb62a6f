import { type Job, countUnfinished } from './job';

/**
 * Whether one of the job's abort criteria is met: enough things have finished, and enough of those with the given outcome
 * (per cent of those that have finished).
 */
export const shouldAbort = (job: Job): boolean => {
  const { counts, executions } = job;
  const executed = executions.size - countUnfinished(job);
  const failures = {
    FAILED: counts.FAILED,
    REJECTED: counts.REJECTED,
    TIMED_OUT: counts.TIMED_OUT,
    ALL: counts.FAILED + counts.REJECTED + counts.TIMED_OUT,
  };
  return (job.configs.abortConfig?.criteriaList ?? []).some(
    ({ failureType = 'ALL', thresholdPercentage = 100, minNumberOfExecutedThings = 1 }) =>
      executed > 0 &&
      executed >= minNumberOfExecutedThings &&
      failures[failureType] > 0 &&
      (failures[failureType] / executed) * 100 >= thresholdPercentage,
  );
};
