/** A number from 0 up to 1, always the same for one seed (mulberry32; which generator AWS uses is not documented). */
export const seededRandom = (seed: number): number => {
  let bits = (seed + 0x6d2b79f5) | 0;
  bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};
