import type { JobExecution, RetryableFailure } from './job';

const isRetryable = (status: string): status is RetryableFailure => status === 'FAILED' || status === 'TIMED_OUT';

/** Retries of all kinds, for one thing: https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html */
export const MAX_RETRIES = 10;

/**
 * The failure after which an execution that has ended may start again. Each kind of failure has its own number of retries; those
 * of ALL are for both.
 */
export const retryAfter = ({ job, status, retries }: JobExecution): RetryableFailure | undefined => {
  if (!isRetryable(status)) return undefined;
  const total = retries.FAILED + retries.TIMED_OUT;
  const mayRetry = (job.configs.jobExecutionsRetryConfig?.criteriaList ?? []).some(
    ({ failureType, numberOfRetries = 0 }) =>
      (failureType === status && retries[status] < numberOfRetries) ||
      (failureType === 'ALL' && total < numberOfRetries),
  );
  return mayRetry && total < MAX_RETRIES ? status : undefined;
};
