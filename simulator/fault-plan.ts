import { FAULTS, type FaultName, isFaultName } from './agent/faults';
import { seeded } from './agent/seeded';
import { UsageError } from './usage-error';

export const DEFAULT_SEED = 1;
export const LARGEST_SEED = 2 ** 32 - 1;

/** The share of devices that have a fault, from 0 to 1. */
export interface FaultRate {
  readonly fault: FaultName;
  readonly rate: number;
}

export interface FaultPlan {
  /** The first things, by name, have fault 404. */
  readonly failDownload: number;
  /** The next ones have fault boot-into-old. */
  readonly failBoot: number;
  /** The faults of all others. */
  readonly faults: readonly FaultRate[];
  readonly seed: number;
}

/** What `--fault list` prints: one line per fault. */
export const FAULT_LIST = Object.entries(FAULTS)
  .map(([name, { description, expected }]) => `${name.padEnd(34)}${expected.padEnd(10)}${description}`)
  .join('\n');

const rateOf = (entry: string): FaultRate => {
  const [, fault = '', rate = '1'] = /^([^=]*)(?:=(.*))?$/.exec(entry) ?? [];
  if (!isFaultName(fault))
    throw new UsageError(`--fault ${entry}: "${fault}" is no fault: give one of ${Object.keys(FAULTS).join(', ')}.`);
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(rate) || Number(rate) > 1)
    throw new UsageError(`--fault ${entry}: "${rate}" is no rate: give a number from 0 to 1, such as ${fault}=0.1.`);
  return { fault, rate: Number(rate) };
};

/**
 * Reads the values of `--fault`: `NAME` (all devices), or `NAME=RATE,NAME=RATE`.
 * @throws UsageError
 */
export const faultRates = (values: readonly string[]): readonly FaultRate[] => {
  const rates = values.flatMap((value) => value.split(',')).map(rateOf);
  const twice = rates.find(({ fault }, index) => rates.findIndex((other) => other.fault === fault) !== index);
  if (twice) throw new UsageError(`--fault ${values.join(',')}: give ${twice.fault} only once.`);
  const sum = rates.reduce((total, { rate }) => total + rate, 0);
  // Ten times 0.1 is not quite 1.
  if (sum > 1 + 1e-9)
    throw new UsageError(`--fault ${values.join(',')}: the rates add up to ${Number(sum.toFixed(4))}: give at most 1.`);
  return rates;
};

/** The fault of a device: depends only on the seed, the thing name and the rates, not on the other devices. */
export const faultByRate = (rates: readonly FaultRate[], seed: number, thingName: string): FaultName => {
  let left = seeded(seed, thingName, 'fault');
  for (const { fault, rate } of rates) {
    if (left < rate) return fault;
    left -= rate;
  }
  return 'none';
};

/** The fault of each thing. @param thingNames all of them, for the faults that a number of devices have */
export const faultsOf = (thingNames: readonly string[], plan: FaultPlan): ReadonlyMap<string, FaultName> =>
  new Map(
    thingNames.toSorted().map((thingName, index) => {
      if (index < plan.failDownload) return [thingName, '404'];
      if (index < plan.failDownload + plan.failBoot) return [thingName, 'boot-into-old'];
      return [thingName, faultByRate(plan.faults, plan.seed, thingName)];
    }),
  );
