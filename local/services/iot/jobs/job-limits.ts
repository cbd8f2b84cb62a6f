import type { ExponentialRolloutRate } from '@aws-sdk/client-iot';
import { invalidRequest } from '../errors';
import { required } from '../validation';
import type { JobConfigs } from './job';
import { MAX_RETRIES } from './retry';

/** AWS IoT Jobs limits. */
const MAX_DOCUMENT_CHARACTERS = 32_768;
const MAX_DETAILS = 10;
const DETAIL_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const MAX_DETAIL_CHARACTERS = 1_024;
const MAX_TIMEOUT_MINUTES = 10_080;

export const between = (parameter: string, value: number | undefined, least: number, most: number) => {
  if (value !== undefined && !(value >= least && value <= most))
    throw invalidRequest(`${parameter} ${value} is not valid: it must be between ${least} and ${most}.`);
};

const oneOf = (parameter: string, value: string | undefined, allowed: readonly string[]) => {
  if (!allowed.includes(value ?? ''))
    throw invalidRequest(`${parameter} "${value ?? ''}" is not valid: use one of ${allowed.join(', ')}.`);
};

const digits = (parameter: string, value: number | undefined, most: number) => {
  if (value !== undefined && Number(value.toFixed(most)) !== value)
    throw invalidRequest(`${parameter} ${value} is not valid: at most ${most} digits after the decimal point.`);
};

/** https://docs.aws.amazon.com/iot/latest/apireference/API_ExponentialRolloutRate.html and …/API_RateIncreaseCriteria.html */
const checkExponentialRate = (exponential: ExponentialRolloutRate) => {
  const { baseRatePerMinute, incrementFactor, rateIncreaseCriteria } = exponential;
  between(
    'exponentialRate.baseRatePerMinute',
    required(baseRatePerMinute, 'exponentialRate.baseRatePerMinute'),
    1,
    1_000,
  );
  between('exponentialRate.incrementFactor', required(incrementFactor, 'exponentialRate.incrementFactor'), 1.1, 5);
  digits('exponentialRate.incrementFactor', incrementFactor, 1);
  const { numberOfNotifiedThings, numberOfSucceededThings } = rateIncreaseCriteria ?? {};
  required(numberOfNotifiedThings ?? numberOfSucceededThings, 'exponentialRate.rateIncreaseCriteria');
  between('rateIncreaseCriteria.numberOfNotifiedThings', numberOfNotifiedThings, 1, Infinity);
  between('rateIncreaseCriteria.numberOfSucceededThings', numberOfSucceededThings, 1, Infinity);
};

/**
 * The value of a job document.
 * @throws AwsError InvalidRequestException when it is too long or not JSON
 */
export const parseDocument = (document: string): unknown => {
  if (document.length > MAX_DOCUMENT_CHARACTERS)
    throw invalidRequest(`document has ${document.length} characters, ${MAX_DOCUMENT_CHARACTERS} are allowed.`);
  try {
    return JSON.parse(document);
  } catch (error) {
    throw invalidRequest(`document is not JSON: ${String(error)}`);
  }
};

/** @throws AwsError InvalidRequestException that names the parameter */
export const checkConfigs = ({
  jobExecutionsRolloutConfig: rollout,
  abortConfig,
  timeoutConfig,
  jobExecutionsRetryConfig,
}: JobConfigs): void => {
  between('jobExecutionsRolloutConfig.maximumPerMinute', rollout?.maximumPerMinute, 1, 1_000);
  if (rollout?.exponentialRate) checkExponentialRate(rollout.exponentialRate);
  between(
    'timeoutConfig.inProgressTimeoutInMinutes',
    timeoutConfig?.inProgressTimeoutInMinutes,
    1,
    MAX_TIMEOUT_MINUTES,
  );
  for (const { failureType, action, thresholdPercentage, minNumberOfExecutedThings } of abortConfig?.criteriaList ??
    []) {
    oneOf('abortConfig failureType', failureType, ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL']);
    oneOf('abortConfig action', action, ['CANCEL']);
    between('abortConfig thresholdPercentage', thresholdPercentage, 0.01, 100);
    digits('abortConfig thresholdPercentage', thresholdPercentage, 2);
    between('abortConfig minNumberOfExecutedThings', minNumberOfExecutedThings, 1, Infinity);
  }
  const retries = jobExecutionsRetryConfig?.criteriaList ?? [];
  for (const { failureType, numberOfRetries } of retries) {
    oneOf('jobExecutionsRetryConfig failureType', failureType, ['FAILED', 'TIMED_OUT', 'ALL']);
    between('jobExecutionsRetryConfig numberOfRetries', numberOfRetries, 0, MAX_RETRIES);
  }
  const total = retries.reduce((sum, { numberOfRetries = 0 }) => sum + numberOfRetries, 0);
  between('jobExecutionsRetryConfig numberOfRetries, all together,', total, 0, MAX_RETRIES);
};

/** @throws AwsError InvalidRequestException that names the detail */
export const checkStatusDetails = (details: Readonly<Record<string, string>> | undefined): void => {
  const entries = Object.entries(details ?? {});
  if (entries.length > MAX_DETAILS)
    throw invalidRequest(`statusDetails has ${entries.length} entries, ${MAX_DETAILS} are allowed.`);
  for (const [name, value] of entries) {
    if (!DETAIL_NAME.test(name))
      throw invalidRequest(`statusDetails key "${name}" is not valid: it must match ${DETAIL_NAME.source}.`);
    if (value.length < 1 || value.length > MAX_DETAIL_CHARACTERS || /\p{C}/u.test(value))
      throw invalidRequest(
        `statusDetails.${name} is not valid: 1 to ${MAX_DETAIL_CHARACTERS} characters, none of them a control character.`,
      );
  }
};

/** @throws AwsError InvalidRequestException; -1 switches the timer off */
export const checkStepTimeout = (minutes: number | undefined): void => {
  if (minutes !== -1) between('stepTimeoutInMinutes', minutes, 1, MAX_TIMEOUT_MINUTES);
};
