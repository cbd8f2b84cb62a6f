import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { numberText, Time } from './text';
import { Table } from './table';

interface ChartPoint {
  readonly at: number;
  readonly succeeded: number;
  readonly failed: number;
}

const HEIGHT = 200;
/** Rows of the table beside the picture. */
const MAX_ROWS = 12;

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** Times of the axis, with the date where the chart spans days. @param seconds since the epoch */
const timeLabels = (_chart: uPlot, seconds: number[]): string[] => {
  const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  return seconds.map((second) => {
    const date = new Date(second * 1000);
    const minutes = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
    if (span > 86_400) return `${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${minutes}`;
    return span > 3600 ? minutes : `${minutes}:${twoDigits(date.getSeconds())}`;
  });
};

const optionsOf = (width: number): uPlot.Options => {
  const axis = {
    stroke: color('--chart-text'),
    grid: { stroke: color('--chart-grid'), width: 1 },
    ticks: { show: false },
  };
  const { stepped } = uPlot.paths;
  const paths = stepped?.({ align: 1 });
  const line = { width: 2, points: { show: false }, ...(paths && { paths }) };
  return {
    ...{ width, height: HEIGHT, legend: { show: false }, cursor: { show: false } },
    scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, max)] } },
    axes: [
      { ...axis, values: timeLabels, space: 80 },
      { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
    ],
    series: [
      {},
      { ...line, label: 'succeeded', stroke: color('--chart-good') },
      { ...line, label: 'failed', stroke: color('--chart-bad'), dash: [6, 3] },
    ],
  };
};

const dataOf = (points: readonly ChartPoint[]): uPlot.AlignedData => [
  points.map(({ at }) => at / 1000),
  points.map(({ succeeded }) => succeeded),
  points.map(({ failed }) => failed),
];

const sparse = (points: readonly ChartPoint[]): readonly ChartPoint[] => {
  const every = Math.ceil(points.length / MAX_ROWS);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
};

/** Running totals over time, as lines and, for those who cannot see them, as a table. */
export const Chart = ({ points, label }: { readonly points: readonly ChartPoint[]; readonly label: string }) => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(points);
  latest.current = points;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(element.clientWidth), dataOf(latest.current), element);
    };
    const resized = new ResizeObserver(draw);
    resized.observe(element);
    // The colours are drawn, not styled.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener('change', draw);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(dataOf(points)), [points]);
  const last = points.at(-1);
  const said = last && `, at last ${numberText(last.succeeded)} succeeded and ${numberText(last.failed)} failed`;
  return (
    <figure>
      <div ref={place} class="chart" role="img" aria-label={`${label}${said ?? ''}`} />
      <figcaption>
        <span class="key good">succeeded</span> <span class="key bad">failed</span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <Table
          columns={['Time', { title: 'Succeeded', className: 'number' }, { title: 'Failed', className: 'number' }]}
        >
          {sparse(points).map(({ at, succeeded, failed }) => (
            <tr key={at}>
              <td>
                <Time at={at} />
              </td>
              <td class="number">{numberText(succeeded)}</td>
              <td class="number">{numberText(failed)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
};
