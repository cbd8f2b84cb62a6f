import type { JobExecution } from './job';

/** Whether the job's retry configuration allows another attempt for an execution that has ended. */
export const mayRetry = ({ job, status, retryAttempt }: JobExecution): boolean => {
  if (status !== 'FAILED' && status !== 'TIMED_OUT') return false;
  return (job.configs.jobExecutionsRetryConfig?.criteriaList ?? []).some(
    ({ failureType, numberOfRetries = 0 }) =>
      (failureType === status || failureType === 'ALL') && retryAttempt < numberOfRetries,
  );
};
