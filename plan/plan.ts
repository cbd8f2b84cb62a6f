import { costOf } from '../bench/cost';
import { demandOf, metricsOfOne } from './demand';
import { kindOf, QUOTA, QUOTAS, type QuotaName } from './quotas';

export interface PlanRequest {
  readonly devices: number;
  readonly windowHours: number;
  readonly region: string;
  /** From the command to the boot into the firmware, seconds. */
  readonly deviceSeconds: number;
  /** The share of each quota that the roll-out may take, above 0, at most 1. */
  readonly share: number;
}

/** What one quota allows, and what the roll-out takes of it. */
export interface QuotaUse {
  readonly quota: QuotaName;
  /** Default of AWS, per second or at a time. */
  readonly limit: number;
  /** Devices per second that it allows with the share; infinite for one that more jobs lift. */
  readonly allowedRate: number;
  /** Share of the limit that the plan takes. */
  readonly used: number;
  /** What to ask AWS for, to hold the window; undefined when the default is enough. */
  readonly askFor?: number;
}

export interface Plan {
  readonly request: PlanRequest;
  /** Devices per second that the window needs, and that the default quotas allow. */
  readonly neededRate: number;
  readonly allowedRate: number;
  /** The smaller of both: devices per second at which the roll-out goes. */
  readonly rate: number;
  /** The quota that binds first. */
  readonly bindingQuota: QuotaName;
  readonly fitsWindow: boolean;
  /** Hours until the last device has booted. */
  readonly durationHours: number;
  readonly jobs: number;
  /** `rollout.maximumPerMinute` of each job. */
  readonly perMinute: number;
  readonly uses: readonly QuotaUse[];
  readonly usdPer1000: number;
  readonly usd: number;
}

/** IoT Jobs takes whole numbers from 1 to 1,000. */
const MAX_PER_MINUTE = 1000;

const roundedUp = (value: number): number => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
};

/** What the quotas make of a roll-out. Several jobs, each for a part of the fleet, lift the roll-out rate of one. */
export const planOf = (request: PlanRequest): Plan => {
  const { devices, windowHours, region, deviceSeconds, share } = request;
  const demand = demandOf(deviceSeconds);
  const limitOf = (quota: QuotaName) => QUOTA[quota].limit[kindOf(region)];
  const rateBy = (quota: QuotaName) => (quota === 'jobs-rollout' ? Infinity : (limitOf(quota) * share) / demand[quota]);
  const seconds = windowHours * 3600 - deviceSeconds;
  const neededRate = seconds > 0 ? devices / seconds : Infinity;
  const [bindingQuota = QUOTAS[0]] = QUOTAS.toSorted((a, b) => rateBy(a) - rateBy(b));
  const allowedRate = rateBy(bindingQuota);
  const fitsWindow = neededRate <= allowedRate;
  const rate = Math.min(neededRate, allowedRate);
  const jobs = Math.max(1, Math.ceil((rate * 60) / MAX_PER_MINUTE));
  const uses = QUOTAS.map((quota): QuotaUse => {
    const limit = limitOf(quota);
    const isShort = Number.isFinite(neededRate) && rateBy(quota) < neededRate;
    return {
      ...{ quota, limit, allowedRate: rateBy(quota) },
      used: (demand[quota] * rate) / limit / (quota === 'jobs-rollout' ? jobs : 1),
      ...(isShort && { askFor: roundedUp((demand[quota] * neededRate) / share) }),
    };
  });
  const usdPer1000 = costOf(metricsOfOne(), 1).reduce((sum, { usd }) => sum + usd, 0);
  return {
    ...{ request, neededRate, allowedRate, rate, bindingQuota, fitsWindow, jobs, uses, usdPer1000 },
    durationHours: (devices / rate + deviceSeconds) / 3600,
    perMinute: Math.min(MAX_PER_MINUTE, Math.max(1, Math.ceil((rate * 60) / jobs))),
    usd: (usdPer1000 * devices) / 1000,
  };
};
