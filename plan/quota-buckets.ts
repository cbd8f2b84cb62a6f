import { AwsError } from '../local/core/aws-error';
import type { Clock } from '../local/core/clock';
import { kindOf, QUOTA, QUOTAS, type QuotaName } from './quotas';
import { type TokenBucket, tokenBucket } from './token-bucket';

/** How a quota was used in a simulation. */
export interface BucketUse {
  readonly quota: QuotaName;
  readonly limit: number;
  readonly asked: number;
  readonly refused: number;
  /** The most that was taken within a second, or at a time. */
  readonly peak: number;
}

export interface QuotaBuckets {
  /** @throws AwsError ThrottlingException, or what the service calls it, when the quota is used up */
  take(quota: QuotaName, tokens?: number): void;
  /** Takes one of a level. @returns a function that gives it back; undefined when all are taken */
  hold(quota: QuotaName): (() => void) | undefined;
  uses(): readonly BucketUse[];
}

/** What the SDK integrations of Step Functions call a throttled request of the service. */
const ERROR: Readonly<Partial<Record<QuotaName, string>>> = { 'sns-publish': 'ThrottledException' };

/** A bucket for each rate, and a count for each level. */
export const quotaBuckets = (clock: Clock, region: string): QuotaBuckets => {
  const kind = kindOf(region);
  const buckets = new Map<QuotaName, TokenBucket>();
  const levels = new Map<QuotaName, { held: number; peak: number; asked: number; refused: number }>();
  for (const name of QUOTAS) {
    const { kind: what, limit, burst } = QUOTA[name];
    if (what === 'level') levels.set(name, { held: 0, peak: 0, asked: 0, refused: 0 });
    else buckets.set(name, tokenBucket(clock, limit[kind], burst?.[kind] ?? limit[kind]));
  }
  return {
    take: (quota, tokens = 1) => {
      if (buckets.get(quota)?.take(tokens) === false)
        throw new AwsError(ERROR[quota] ?? 'ThrottlingException', `${QUOTA[quota].what}: rate exceeded`, 429);
    },
    hold: (quota) => {
      const level = levels.get(quota);
      if (!level) throw new Error(`${quota} is no level`);
      level.asked += 1;
      if (level.held >= QUOTA[quota].limit[kind]) {
        level.refused += 1;
        return undefined;
      }
      level.held += 1;
      level.peak = Math.max(level.peak, level.held);
      return () => void (level.held -= 1);
    },
    uses: () =>
      QUOTAS.map((quota) => {
        const bucket = buckets.get(quota);
        const limit = QUOTA[quota].limit[kind];
        const { asked, refused, peak } = bucket
          ? { asked: bucket.asked(), refused: bucket.refused(), peak: bucket.peak() }
          : (levels.get(quota) ?? { asked: 0, refused: 0, peak: 0 });
        return { quota, limit, asked, refused, peak };
      }),
  };
};
