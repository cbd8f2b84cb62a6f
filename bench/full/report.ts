import { exceeded, LIMITS, MAX_CPU_GROWTH, MAX_CPU_MS, REFERENCE_DEVICES, growing, WARM_DEVICES } from '../limits';
import { exponentOf, slopeOf } from '../statistics';
import { markdownTable } from '../table';
import type { SizeResult } from './size-result';

/** One line of the table. */
interface Row {
  readonly name: string;
  readonly digits: number;
  readonly valueOf: (size: SizeResult) => number | undefined;
}

const MEGABYTE = 1e6;
const inMegabytes = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / MEGABYTE);

const LATENCIES = [
  ['event → transition', 'eventToTransition'],
  ['job execution → download', 'queuedToDownload'],
  ['job → download', 'jobToDownload'],
] as const;

const latencyRows: readonly Row[] = LATENCIES.flatMap(([label, name]) =>
  (['p50', 'p95', 'p99'] as const).map((share) => ({
    name: `${label}, ${share}, ms`,
    digits: 0,
    valueOf: ({ latencies }: SizeResult) => latencies[name][share],
  })),
);

const MEASURES: readonly Row[] = [
  { name: 'wall time, s', digits: 1, valueOf: ({ wallSeconds }) => wallSeconds },
  { name: 'of which upgrades, s', digits: 1, valueOf: ({ upgradeSeconds }) => upgradeSeconds },
  { name: 'upgrades/s', digits: 1, valueOf: ({ devices, upgradeSeconds }) => devices / upgradeSeconds },
  { name: 'CPU per upgrade, ms', digits: 1, valueOf: ({ cpu }) => cpu.everything },
  { name: '  embedded AWS, main thread', digits: 1, valueOf: ({ cpu }) => cpu.main },
  { name: '  handlers', digits: 1, valueOf: ({ cpu }) => cpu.handlers },
  { name: '  garbage collection, compiler', digits: 1, valueOf: ({ cpu }) => cpu.otherThreads },
  { name: '  simulator', digits: 1, valueOf: ({ cpu }) => cpu.simulator },
  { name: 'peak memory, MB', digits: 0, valueOf: ({ peakBytes }) => inMegabytes(peakBytes) },
  { name: '  of the simulator', digits: 0, valueOf: ({ simulatorPeakBytes }) => inMegabytes(simulatorPeakBytes) },
  ...latencyRows,
];

const countRows = (names: Iterable<string>): readonly Row[] =>
  [...names].map((name) => ({ name, digits: 2, valueOf: ({ counts }) => counts[name] ?? 0 }));

const cellsOf = ({ name, digits, valueOf }: Row, sizes: readonly SizeResult[]): readonly string[] => {
  const values = sizes.map(valueOf);
  const points = sizes.flatMap((size) => {
    const y = valueOf(size);
    return y === undefined ? [] : [{ x: size.devices, y }];
  });
  const exponent = points.length < 2 ? undefined : exponentOf(points);
  return [name, ...values.map((value) => value?.toFixed(digits) ?? '–'), exponent?.toFixed(2) ?? '–'];
};

const tableOf = (sizes: readonly SizeResult[], rows: readonly Row[]): readonly (readonly string[])[] => [
  ['', ...sizes.map(({ devices }) => devices.toLocaleString('en')), 'slope'],
  ...rows.filter(({ valueOf }) => sizes.some((size) => valueOf(size) !== undefined)).map((row) => cellsOf(row, sizes)),
];

/** The titles, then one row for each measure. Slope: of the row in a plot with logarithmic axes, 0 is flat. */
const shortTable = (sizes: readonly SizeResult[]) => tableOf(sizes, [...MEASURES, ...countRows(Object.keys(LIMITS))]);

/** The same with the calls of every operation. */
export const scaleTable = (sizes: readonly SizeResult[]) =>
  tableOf(sizes, [
    ...MEASURES,
    ...countRows(new Set([...Object.keys(LIMITS), ...sizes.flatMap(({ counts }) => Object.keys(counts))])),
  ]);

/** Bytes for each further device, from the smallest to the largest fleet; undefined if there is only one size. */
export const memoryPerDevice = (sizes: readonly SizeResult[]) => {
  const slope = (bytesOf: (size: SizeResult) => number | undefined) => {
    const points = sizes.flatMap((size) => {
      const y = bytesOf(size);
      return y === undefined ? [] : [{ x: size.devices, y }];
    });
    return points.length < 2 ? undefined : slopeOf(points);
  };
  return {
    everything: slope(({ peakBytes }) => peakBytes),
    simulator: slope(({ simulatorPeakBytes }) => simulatorPeakBytes),
  };
};

const cpuProblems = (sizes: readonly SizeResult[]): readonly string[] => {
  const large = sizes.filter(({ devices }) => devices >= REFERENCE_DEVICES);
  const [first] = large;
  if (!first) return [];
  return large.flatMap(({ devices, cpu: { everything } }) => {
    const growth = everything / first.cpu.everything;
    const used = `CPU: ${everything.toFixed(1)} ms per upgrade with ${devices} devices`;
    return [
      ...(devices >= WARM_DEVICES && everything > MAX_CPU_MS ? [`${used}, at most ${MAX_CPU_MS} ms are allowed`] : []),
      ...(growth > MAX_CPU_GROWTH
        ? [`${used}, × ${growth.toFixed(2)} of that with ${first.devices}, at most × ${MAX_CPU_GROWTH} is allowed`]
        : []),
    ];
  });
};

/** One sentence for each limit that is exceeded. Growth is that from `REFERENCE_DEVICES` on: smaller fleets do not keep the machine busy. */
export const scaleProblems = (sizes: readonly SizeResult[]): readonly string[] => {
  const [first, ...larger] = sizes.filter(({ devices }) => devices >= REFERENCE_DEVICES);
  return [
    ...sizes.flatMap(exceeded),
    ...(first ? larger.flatMap((size) => growing(first, size)) : []),
    ...cpuProblems(sizes),
  ];
};

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

/** How much memory a device takes; empty where that is not known. */
export const memorySentence = (sizes: readonly SizeResult[]): string => {
  const { everything, simulator } = memoryPerDevice(sizes);
  if (everything === undefined) return '';
  const ofSimulator = simulator === undefined ? '' : `, ${kilobytes(simulator)} of them in the simulator`;
  return `Each further device takes ${kilobytes(everything)} of memory${ofSimulator}.`;
};

/** The section of docs/scale.md. */
export const scaleSection = (sizes: readonly SizeResult[]): string =>
  [markdownTable(shortTable(sizes)), memorySentence(sizes)].filter(Boolean).join('\n\n');
