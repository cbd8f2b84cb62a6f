export interface Point {
  readonly x: number;
  readonly y: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much y grows with each x: least squares. NaN for fewer than two different x. */
export const slopeOf = (points: readonly Point[]): number => {
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  return mean(points.map((point) => (point.x - x) * (point.y - y))) / mean(points.map((point) => (point.x - x) ** 2));
};

/**
 * The slope in a plot with two logarithmic axes: y grows as x to this power, so 0 means that y does not depend on x.
 * Undefined for fewer than two different x, or if a value is not positive.
 */
export const exponentOf = (points: readonly Point[]): number | undefined => {
  if (points.some(({ x, y }) => x <= 0 || y <= 0)) return undefined;
  const slope = slopeOf(points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) })));
  return Number.isFinite(slope) ? slope : undefined;
};

/** The smallest value that at least `share` of the values do not exceed (nearest rank). @throws Error without values */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('A percentile needs at least one value.');
  return found;
};

/** @throws Error without values */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
