import { escaped, n, PAGE_STYLE } from '../bench/svg';
import { QUOTA } from './quotas';
import type { SimulationResult } from './simulate';

/** A simulation as one SVG file that is readable on light and dark pages. */

const WIDTH = 760;
const STYLE = `${PAGE_STYLE}
  .line { fill: none; stroke: #3987e5; stroke-width: 2 } .bar { fill: #3987e5 } .refused { fill: #d95926 }`;

/** Points of a curve: enough for its width. */
const POINTS = 200;

const curve = ({ done, seconds }: SimulationResult, top: number): readonly string[] => {
  const [left, width, height] = [60, WIDTH - 90, 150];
  const total = done.length;
  const every = Math.max(1, Math.floor(total / POINTS));
  const x = (at: number) => left + (at / Math.max(1, seconds)) * width;
  const y = (devices: number) => top + height - (devices / Math.max(1, total)) * height;
  const points = done
    .filter((_, index) => index % every === 0 || index === total - 1)
    .map(([at, devices]) => `${n(x(at))},${n(y(devices))}`);
  const marks = [0, 0.5, 1];
  return [
    ...marks.flatMap((share) => [
      `<line class="grid" x1="${left}" x2="${left + width}" y1="${n(y(share * total))}" y2="${n(y(share * total))}"/>`,
      `<text x="${left - 8}" y="${n(y(share * total) + 4)}" text-anchor="end">${Math.round(share * total)}</text>`,
      `<text x="${n(x(share * seconds))}" y="${top + height + 18}" text-anchor="middle">${n(share * seconds)} s</text>`,
    ]),
    `<polyline class="line" points="${points.join(' ')}"/>`,
  ];
};

const ROW = 20;

const bars = ({ uses }: SimulationResult, top: number): readonly string[] => {
  const [left, width] = [330, WIDTH - 500];
  const used = uses.filter(({ asked }) => asked > 0);
  const largest = Math.max(1, ...used.map(({ peak, limit }) => peak / limit));
  return used.flatMap(({ quota, peak, limit, refused }, row) => {
    const y = top + row * ROW;
    const share = peak / limit;
    const kind = refused > 0 ? 'refused' : 'bar';
    return [
      `<text x="${left - 10}" y="${y + 11}" text-anchor="end">${escaped(QUOTA[quota].what)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y + 2}" width="${n(Math.max(1, (share / largest) * width))}" height="12" rx="2"/>`,
      `<text x="${n(left + (share / largest) * width + 6)}" y="${y + 11}">${Math.round(share * 100)} %${refused > 0 ? `, ${Math.round(refused)} refused` : ''}</text>`,
    ];
  });
};

/** @param title what was simulated */
export const plotOf = (result: SimulationResult, title: string): string => {
  const used = result.uses.filter(({ asked }) => asked > 0).length;
  const height = 280 + used * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="16" y="26">${escaped(title)}</text>`,
    `<text x="16" y="44">devices with an outcome</text>`,
    ...curve(result, 56),
    `<text class="title" x="16" y="256">Largest second against the quota</text>`,
    ...bars(result, 264),
    '</svg>',
    '',
  ].join('\n');
};
