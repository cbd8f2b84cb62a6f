/**
 * A number from 0 to below 1 that depends only on its arguments, so that a run with the same seed replays.
 * FNV-1a; the finalizer of MurmurHash3 spreads texts that differ little.
 */
export const seeded = (seed: number, ...what: readonly (string | number)[]): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from([seed, ...what].join('/'))) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};
