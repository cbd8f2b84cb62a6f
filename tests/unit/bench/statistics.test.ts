import { exponentOf, median, percentile, slopeOf } from '../../../bench/statistics';

describe('percentiles (nearest rank)', () => {
  const values = [15, 20, 35, 40, 50];
  test.each([
    [0.05, 15],
    [0.3, 20],
    [0.4, 20],
    [0.5, 35],
    [0.95, 50],
    [1, 50],
  ])('the share %d of 15, 20, 35, 40, 50 is at most %d', (share, expected) => {
    expect(percentile([...values].reverse(), share)).toBe(expected);
  });

  test('numbers are compared as numbers', () => expect(median([9, 10, 100])).toBe(10));
  test('without values there is none', () => expect(() => percentile([], 0.5)).toThrow('at least one value'));
});

describe('slopes', () => {
  const points = (of: (x: number) => number) => [10, 100, 1000, 10_000].map((x) => ({ x, y: of(x) }));

  test('a line has its own slope, whatever it begins with', () => {
    expect(slopeOf(points((x) => 7 + 3 * x))).toBeCloseTo(3);
  });
  test.each([
    ['a constant', () => 14, 0],
    ['what is in proportion to x', (x: number) => 5 * x, 1],
    ['the square', (x: number) => x * x, 2],
  ])('the exponent of %s', (_, of, expected) => expect(exponentOf(points(of))).toBeCloseTo(expected));
  test('zero has no logarithm, and one point no slope', () => {
    expect(exponentOf(points((x) => x - 10))).toBeUndefined();
    expect(exponentOf([{ x: 10, y: 1 }])).toBeUndefined();
  });
});
