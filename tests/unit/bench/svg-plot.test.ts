import { roundTo, svgPlot, ticksBetween } from '../../../bench/svg-plot';

describe('logarithmic axes', () => {
  test.each([
    [1000, 1000, 1000],
    [0.7, 0.5, 1],
    [34, 20, 50],
    [999, 500, 1000],
  ])('%d lies between %d and %d', (value, below, above) => {
    expect([roundTo(value, 'down'), roundTo(value, 'up')]).toEqual([below, above]);
  });
  test('have marks at 1, 2 and 5 where there is room, else at powers of ten', () => {
    expect(ticksBetween(10, 100)).toEqual([10, 20, 50, 100]);
    expect(ticksBetween(1, 10_000)).toEqual([1, 10, 100, 1000, 10_000]);
  });
});

describe('a plot', () => {
  const series = (points: readonly (readonly [number, number])[], label = 'a') => ({
    label,
    points: points.map(([x, y]) => ({ x, y })),
  });
  const plot = (...lines: readonly ReturnType<typeof series>[]) =>
    svgPlot([{ title: 'T', unit: 'ms', series: lines }], 'caption');
  const polyline = (svg: string) =>
    [...(/points="([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);

  test('draws a power law as a straight line', () => {
    const places = polyline(
      plot(
        series([
          [10, 100],
          [100, 1000],
          [1000, 10_000],
        ]),
      ),
    );
    expect(places).toHaveLength(3);
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = [], [x3 = 0, y3 = 0] = []] = places;
    expect(x2 - x1).toBeCloseTo(x3 - x2);
    expect(y1 - y2).toBeCloseTo(y2 - y3);
    expect(y1).toBeGreaterThan(y3);
  });
  test('draws a limit within the axes even if no value is near it', () => {
    const svg = svgPlot(
      [{ title: 'T', unit: 'ms', series: [series([[10, 1]])], limit: { y: 1000, label: 'at most 1000' } }],
      '',
    );
    expect(svg).toContain('at most 1000');
    expect(svg).toContain('>1k</text>');
  });
  test('leaves out what a logarithmic axis cannot show, and says where nothing was measured', () => {
    expect(
      polyline(
        plot(
          series([
            [10, 0],
            [100, 5],
          ]),
        ),
      ),
    ).toHaveLength(1);
    expect(plot(series([]))).toContain('not measured');
  });
  test('has other colours on dark pages', () => {
    expect(plot(series([[1, 1]]))).toContain('@media (prefers-color-scheme: dark)');
  });
  test('escapes text', () => {
    const svg = plot(series([[1, 1]], 'a & <b>'));
    expect(svg).toContain('a &amp; &lt;b>');
    expect(svg).not.toContain('<b>');
  });
});
