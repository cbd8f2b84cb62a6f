import { seeded } from '../simulator/agent/seeded';

/** Random numbers that do not depend on time or order: the k-th throw for a key is the same in every run with the seed. */
export interface Dice {
  /** Counts the throws for this key. @returns how many there were before, and numbers from 0 to below 1 by name */
  throwFor(key: string): { readonly count: number; readonly number: (name: string) => number };
  /** A number from 0 to below 1 that is the same for all throws of the key. */
  always(key: string, name: string): number;
}

export const createDice = (seed: number): Dice => {
  const counts = new Map<string, number>();
  return {
    throwFor: (key) => {
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return { count, number: (name) => seeded(seed, key, count, name) };
    },
    always: (key, name) => seeded(seed, key, name),
  };
};
