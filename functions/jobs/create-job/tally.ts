import type { DeviceClass } from './device-classes';
import type { IndexedThing } from './fleet-index';

export type Counted = 'devices' | 'needsDowngrade' | DeviceClass['name'];

/** Counts of devices by class and by version, with a few names of each class. */
export interface Tally {
  readonly maxSamples: number;
  readonly count: (name: Counted) => number;
  readonly add: (name: Counted, count: number, examples: readonly IndexedThing[]) => void;
  readonly addVersion: (version: string, count: number) => void;
  readonly versions: () => Readonly<Record<string, number>>;
  readonly samples: () => Readonly<Partial<Record<Counted, readonly string[]>>>;
}

const MAX_SAMPLES = 5;

export const createTally = (): Tally => {
  const counts = new Map<Counted, number>();
  const versions = new Map<string, number>();
  const samples = new Map<Counted, readonly string[]>();
  return {
    maxSamples: MAX_SAMPLES,
    count: (name) => counts.get(name) ?? 0,
    add: (name, count, examples) => {
      counts.set(name, (counts.get(name) ?? 0) + count);
      const names = [...(samples.get(name) ?? []), ...examples.map(({ thingName }) => thingName)];
      if (names.length > 0) samples.set(name, names.slice(0, MAX_SAMPLES));
    },
    addVersion: (version, count) => void versions.set(version, (versions.get(version) ?? 0) + count),
    versions: () => Object.fromEntries(versions),
    samples: () => Object.fromEntries(samples),
  };
};
