import * as v from 'valibot';
import { decimal, distinct, fields, oneOf, wholeNumber } from './fields';

/** The failures of a job execution: https://docs.aws.amazon.com/iot/latest/apireference/API_AbortCriteria.html */
const failureType = oneOf('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL');
/** Failures after which an execution may start again: https://docs.aws.amazon.com/iot/latest/apireference/API_RetryCriteria.html */
const retryableFailureType = oneOf('FAILED', 'TIMED_OUT', 'ALL');
const MAX_RETRIES = 10;

const perMinute = wholeNumber(1, 1_000);

/** https://docs.aws.amazon.com/iot/latest/apireference/API_ExponentialRolloutRate.html */
const exponentialRateSchema = fields({
  baseRatePerMinute: perMinute,
  incrementFactor: decimal(1.1, 5, 1),
  rateIncreaseCriteria: v.pipe(
    fields({
      numberOfNotifiedThings: v.optional(wholeNumber(1)),
      numberOfSucceededThings: v.optional(wholeNumber(1)),
    }),
    v.check(
      (criteria) => Object.keys(criteria).length === 1,
      'must have numberOfNotifiedThings or numberOfSucceededThings, one of the two',
    ),
  ),
});

/** How fast the devices get the job: https://docs.aws.amazon.com/iot/latest/apireference/API_JobExecutionsRolloutConfig.html */
export const rolloutSchema = v.pipe(
  fields({ maximumPerMinute: v.optional(perMinute), exponentialRate: v.optional(exponentialRateSchema) }),
  v.check((rollout) => Object.keys(rollout).length > 0, 'must have maximumPerMinute, exponentialRate or both'),
  v.check(
    ({ maximumPerMinute = 1_000, exponentialRate }) => (exponentialRate?.baseRatePerMinute ?? 1) <= maximumPerMinute,
    'must have a maximumPerMinute that is at least its baseRatePerMinute',
  ),
);

/** When the job is cancelled: https://docs.aws.amazon.com/iot/latest/apireference/API_AbortConfig.html */
export const abortSchema = fields({
  criteriaList: v.pipe(
    v.array(
      fields({
        failureType,
        action: v.literal('CANCEL', 'must be CANCEL'),
        thresholdPercentage: decimal(0.01, 100, 2),
        minNumberOfExecutedThings: wholeNumber(1),
      }),
      'must be a list',
    ),
    v.minLength(1, 'must have at least one criterion'),
  ),
});

/**
 * How often a device tries again: https://docs.aws.amazon.com/iot/latest/apireference/API_JobExecutionsRetryConfig.html, at most 10
 * times for all kinds of failure: https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
 */
export const retrySchema = fields({
  criteriaList: v.pipe(
    v.array(
      fields({ failureType: retryableFailureType, numberOfRetries: wholeNumber(0, MAX_RETRIES) }),
      'must be a list',
    ),
    v.minLength(1, 'must have at least one criterion'),
    v.check(
      (criteria) =>
        distinct(criteria, (criterion) => criterion.failureType) &&
        (criteria.length === 1 || criteria.every((criterion) => criterion.failureType !== 'ALL')),
      'must name each failureType once, and ALL alone',
    ),
    v.check(
      (criteria) => criteria.reduce((sum, { numberOfRetries }) => sum + numberOfRetries, 0) <= MAX_RETRIES,
      `must have at most ${MAX_RETRIES} retries in total`,
    ),
  ),
});

/** How long a device may be IN_PROGRESS: https://docs.aws.amazon.com/iot/latest/apireference/API_TimeoutConfig.html */
export const timeoutSchema = fields({ inProgressTimeoutInMinutes: wholeNumber(1, 10_080) });
