/** `1.10.0-rc1` → `[1, 10, 0, 'rc', 1]` */
const partsOf = (version: string): readonly (string | number)[] =>
  [...version.replace(/\+.*$/, '').matchAll(/\d+|[A-Za-z]+/g)].map(([part]) =>
    /^\d/.test(part) ? Number(part) : part,
  );

/** A word marks a version before the one without it: 2.0-rc1 < 2.0 < 2.0.1. */
const rank = (part: string | number | undefined) => (part === undefined ? 1 : typeof part === 'number' ? 2 : 0);

/**
 * Compares versions as people write them: numbers as numbers, words in their order, a pre-release before its release, and what
 * comes after `+` not at all.
 * @returns negative when a is older than b, positive when it is newer, 0 when neither
 */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index], right[index]];
    if (x === y) continue;
    // 1.2 and 1.2.0 are the same.
    if ((x === undefined && y === 0) || (y === undefined && x === 0)) continue;
    if (rank(x) !== rank(y)) return rank(x) - rank(y);
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    return String(x) < String(y) ? -1 : 1;
  }
  return 0;
};
