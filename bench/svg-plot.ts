import { escaped, n, PAGE_STYLE } from './svg';

/** Lines in panels with two logarithmic axes, as one SVG file that is readable on light and dark pages. */

export interface Series {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Panel {
  readonly title: string;
  /** Under the title: what y is. */
  readonly unit: string;
  readonly series: readonly Series[];
  /** A dashed line. */
  readonly limit?: { readonly y: number; readonly label: string };
}

const COLUMNS = 3;
const PANEL = { width: 340, height: 270 };
const PLOT = { left: 50, top: 72, width: 272, height: 150 };
const MARGIN = 16;
const FOOTER = 26;
/** Told apart by people with any colour vision, and distinct from both backgrounds. */
const COLOURS = ['#3987e5', '#d95926', '#199e70', '#b07cd8'] as const;

const STYLE = `${PAGE_STYLE}
  .limit { stroke: #8a8984; stroke-dasharray: 4 3 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }`;

/** A number of an axis. @example 5k */
const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(Number(value.toPrecision(3)));

const STEPS = [1, 2, 5, 10];

/** The nearest of 1, 2 and 5 times a power of ten below or above a positive number. */
export const roundTo = (value: number, direction: 'down' | 'up'): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = value / power;
  // Powers of ten are not exact: 1000 / 10 ** 3 may be a little less than 1.
  const near = 1e-9;
  const found =
    direction === 'up' ? STEPS.find((step) => step >= digits - near) : STEPS.findLast((step) => step <= digits + near);
  return Number(((found ?? 1) * power).toPrecision(3));
};

/** The marks of a logarithmic axis: powers of ten, and 2 and 5 times them where there is room. */
export const ticksBetween = (min: number, max: number): readonly number[] => {
  const ticks: number[] = [];
  for (let tick = min; tick <= max * 1.0001; tick = roundTo(tick * 1.5, 'up')) ticks.push(tick);
  const tens = ticks.filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(6))));
  return ticks.length > 7 && tens.length > 1 ? tens : ticks;
};

interface Axis {
  readonly ticks: readonly number[];
  /** The share of the axis that is below a value. */
  readonly at: (value: number) => number;
}

const axisFor = (values: readonly number[]): Axis => {
  const low = roundTo(Math.min(...values), 'down');
  const high = roundTo(Math.max(...values), 'up');
  const [min, max] = low === high ? [low / 2, high * 2] : [low, high];
  return { ticks: ticksBetween(min, max), at: (value) => Math.log(value / min) / Math.log(max / min) };
};

const legend = (series: readonly Series[]): string => {
  let x = 0;
  return series
    .map(({ label }, index) => {
      const item = `<circle cx="${n(x + 4)}" cy="48" r="4" fill="${COLOURS[index % COLOURS.length] ?? ''}"/><text x="${n(x + 12)}" y="52">${escaped(label)}</text>`;
      x += 24 + label.length * 5.9;
      return item;
    })
    .join('');
};

const gridOf = (x: Axis, y: Axis): string => {
  const { left, top, width, height } = PLOT;
  const rows = y.ticks.map((tick) => {
    const at = n(top + height * (1 - y.at(tick)));
    return `<path class="grid" d="M${left} ${at}h${width}"/><text x="${left - 6}" y="${n(Number(at) + 4)}" text-anchor="end">${short(tick)}</text>`;
  });
  const columns = x.ticks.map((tick) => {
    const at = n(left + width * x.at(tick));
    return `<path class="grid" d="M${at} ${top}v${height}"/><text x="${at}" y="${top + height + 16}" text-anchor="middle">${short(tick)}</text>`;
  });
  return [...rows, ...columns, `<path class="axis" fill="none" d="M${left} ${top}v${height}h${width}"/>`].join('\n');
};

const seriesOf = ({ label, points }: Series, index: number, x: Axis, y: Axis): string => {
  const colour = COLOURS[index % COLOURS.length] ?? '';
  const places = points.map((point) => ({
    ...{ cx: n(PLOT.left + PLOT.width * x.at(point.x)), cy: n(PLOT.top + PLOT.height * (1 - y.at(point.y))) },
    title: `${label}, ${short(point.x)} devices: ${Number(point.y.toPrecision(3)).toLocaleString('en')}`,
  }));
  const line = `<polyline class="line" stroke="${colour}" points="${places.map(({ cx, cy }) => `${cx},${cy}`).join(' ')}"/>`;
  const dots = places.map(
    ({ cx, cy, title }) =>
      `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"><title>${escaped(title)}</title></circle>`,
  );
  return [line, ...dots].join('\n');
};

const limitOf = ({ y: value, label }: NonNullable<Panel['limit']>, y: Axis): string => {
  const at = n(PLOT.top + PLOT.height * (1 - y.at(value)));
  return `<path class="limit" d="M${PLOT.left} ${at}h${PLOT.width}"/><text x="${PLOT.left + PLOT.width}" y="${n(Number(at) - 4)}" text-anchor="end">${escaped(label)}</text>`;
};

/** Points that are not above zero have no place on a logarithmic axis. */
const drawable = (series: readonly Series[]): readonly Series[] =>
  series
    .map(({ label, points }) => ({ label, points: points.filter(({ x, y }) => x > 0 && y > 0) }))
    .filter(({ points }) => points.length > 0);

const panelOf = ({ title, unit, series: all, limit }: Panel, index: number): string => {
  const series = drawable(all);
  const points = series.flatMap((one) => one.points);
  const heading = `<text class="title" y="14">${escaped(title)}</text><text y="31">${escaped(unit)}</text>`;
  const place = `translate(${MARGIN + (index % COLUMNS) * PANEL.width} ${MARGIN + Math.floor(index / COLUMNS) * PANEL.height})`;
  if (points.length === 0) return `<g transform="${place}">${heading}<text y="90">not measured</text></g>`;
  const x = axisFor(points.map((point) => point.x));
  const y = axisFor([...points.map((point) => point.y), ...(limit ? [limit.y] : [])]);
  const lines = series.map((one, number) => seriesOf(one, number, x, y));
  return [
    `<g transform="${place}">${heading}${legend(series)}`,
    gridOf(x, y),
    ...(limit ? [limitOf(limit, y)] : []),
    ...lines,
    '</g>',
  ].join('\n');
};

/** @param caption below the panels: what x is, and what else is to be known */
export const svgPlot = (panels: readonly Panel[], caption: string): string => {
  const width = 2 * MARGIN + COLUMNS * PANEL.width;
  const height = 2 * MARGIN + Math.ceil(panels.length / COLUMNS) * PANEL.height + FOOTER;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(panels.map(({ title }) => title).join(', '))}">`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="100%" height="100%" rx="6"/>`,
    ...panels.map(panelOf),
    `<text x="${MARGIN}" y="${height - MARGIN}">${escaped(caption)}</text>`,
    '</svg>\n',
  ].join('\n');
};
