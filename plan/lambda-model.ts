import { ASSUMPTIONS } from '../bench/cost';
import { AwsError } from '../local/core/aws-error';
import type { Clock } from '../local/core/clock';
import type { QuotaBuckets } from './quota-buckets';
import type { QuotaName } from './quotas';

/**
 * Two retries of an event whose function failed:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRY_AFTER_MS = [60_000, 120_000];
/** The SDK's standard mode tries three times, with full jitter: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const SDK_TRIES = 3;
const SDK_BASE_MS = 100;
/** An event that finds no environment waits in Lambda's queue, and is tried again after 1 second to 5 minutes. */
const THROTTLED_FIRST_MS = 1000;
const THROTTLED_LAST_MS = 300_000;

export interface LambdaModel {
  /** Handles an event as Lambda does: retried, and counted as a dead letter in the end. */
  event(work: () => Promise<void>): void;
  /** Invokes synchronously. @throws AwsError TooManyRequestsException */
  invoke<Result>(work: () => Promise<Result>): Promise<Result>;
  /** A call of the SDK in a function: tried again when it is throttled. @throws what the last try throws */
  call(quota: QuotaName, tokens?: number): Promise<void>;
  deadLetters(): number;
}

/** Functions as their platform treats them. */
export const lambdaModel = (clock: Clock, buckets: QuotaBuckets): LambdaModel => {
  let deadLetters = 0;
  const after = (milliseconds: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, milliseconds));

  const invoke = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const release = buckets.hold('lambda-concurrency');
    if (!release) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    try {
      await after(ASSUMPTIONS.invocationMs);
      return await work();
    } finally {
      release();
    }
  };

  const attempt = async (work: () => Promise<void>, failures: number, throttles: number): Promise<void> => {
    try {
      await invoke(work);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') {
        await after(Math.min(THROTTLED_LAST_MS, THROTTLED_FIRST_MS * 2 ** throttles) * (0.5 + Math.random() / 2));
        return attempt(work, failures, throttles + 1);
      }
      const delay = RETRY_AFTER_MS[failures];
      if (delay === undefined) {
        deadLetters += 1;
        return;
      }
      await after(delay);
      await attempt(work, failures + 1, throttles);
    }
  };

  return {
    invoke,
    event: (work) => void attempt(work, 0, 0),
    call: async (quota, tokens = 1) => {
      for (let tries = 1; ; tries += 1)
        try {
          buckets.take(quota, tokens);
          return;
        } catch (error) {
          if (tries === SDK_TRIES) throw error;
          await after(Math.random() * SDK_BASE_MS * 2 ** tries);
        }
    },
    deadLetters: () => deadLetters,
  };
};
