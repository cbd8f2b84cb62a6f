import type { Clock } from '../local/core/clock';

/** A quota on calls, as AWS limits them: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export interface TokenBucket {
  /** @returns whether there were enough tokens */
  take(tokens?: number): boolean;
  /** Asked for and refused so far; the largest number taken within a second. */
  readonly asked: () => number;
  readonly refused: () => number;
  readonly peak: () => number;
}

/** @param refill tokens per second @param size tokens of the full bucket */
export const tokenBucket = (clock: Clock, refill: number, size: number): TokenBucket => {
  let tokens = size;
  let filledAt = clock.now();
  let asked = 0;
  let refused = 0;
  let peak = 0;
  let second = { at: 0, taken: 0 };
  return {
    take: (wanted = 1) => {
      const now = clock.now();
      tokens = Math.min(size, tokens + ((now - filledAt) / 1000) * refill);
      filledAt = now;
      asked += wanted;
      if (tokens < wanted) {
        refused += wanted;
        return false;
      }
      tokens -= wanted;
      const at = Math.floor(now / 1000);
      second = { at, taken: (second.at === at ? second.taken : 0) + wanted };
      peak = Math.max(peak, second.taken);
      return true;
    },
    asked: () => asked,
    refused: () => refused,
    peak: () => peak,
  };
};
