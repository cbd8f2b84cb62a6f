import type { Bucket, Statistics } from '@aws-sdk/client-iot';

/** Count of the values and, where all of them are numbers, the usual statistics over the whole population. */
export const statisticsOf = (values: readonly string[]): Statistics => {
  const numbers = values.filter((value) => value !== '').map(Number);
  const count = values.length;
  if (numbers.length < count || count === 0 || numbers.some(Number.isNaN)) return { count };
  const sum = numbers.reduce((total, value) => total + value, 0);
  const sumOfSquares = numbers.reduce((total, value) => total + value * value, 0);
  const average = sum / count;
  const variance = Math.max(0, sumOfSquares / count - average * average);
  return {
    count,
    average,
    sum,
    minimum: numbers.reduce((least, value) => Math.min(least, value)),
    maximum: numbers.reduce((most, value) => Math.max(most, value)),
    sumOfSquares,
    variance,
    stdDeviation: Math.sqrt(variance),
  };
};

/** How often each value occurs, the most frequent first. */
export const bucketsOf = (values: readonly string[]): Bucket[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Array.from(counts, ([keyValue, count]) => ({ keyValue, count })).sort((a, b) => b.count - a.count);
};
