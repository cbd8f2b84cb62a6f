import { LIMITS, MAX_CPU_MS } from '../limits';
import { type Panel, type Series, svgPlot } from '../svg-plot';
import type { Scale, SizeResult } from './size-result';

const seriesOf = (
  sizes: readonly SizeResult[],
  measures: Readonly<Record<string, (size: SizeResult) => number | undefined>>,
): readonly Series[] =>
  Object.entries(measures).map(([label, valueOf]) => ({
    label,
    points: sizes.flatMap((size) => {
      const y = valueOf(size);
      return y === undefined ? [] : [{ x: size.devices, y }];
    }),
  }));

const latencyPanel = (
  sizes: readonly SizeResult[],
  title: string,
  unit: string,
  name: keyof SizeResult['latencies'],
): Panel => ({
  ...{ title, unit },
  series: seriesOf(sizes, {
    p50: ({ latencies }) => latencies[name].p50,
    p95: ({ latencies }) => latencies[name].p95,
    p99: ({ latencies }) => latencies[name].p99,
  }),
});

/** The plot of bench/results/scale.svg. */
export const scalePlot = ({ sizes, machine }: Scale): string => {
  const panels: readonly Panel[] = [
    {
      ...{ title: 'CPU per upgrade', unit: 'ms, provisioning apart' },
      limit: { y: MAX_CPU_MS, label: `at most ${MAX_CPU_MS} ms` },
      series: seriesOf(sizes, {
        everything: ({ cpu }) => cpu.everything,
        'main thread': ({ cpu }) => cpu.main,
        handlers: ({ cpu }) => cpu.handlers,
        simulator: ({ cpu }) => cpu.simulator,
      }),
    },
    {
      ...{ title: 'Peak memory', unit: 'MB' },
      series: seriesOf(sizes, {
        everything: ({ peakBytes }) => peakBytes / 1e6,
        simulator: ({ simulatorPeakBytes }) => simulatorPeakBytes && simulatorPeakBytes / 1e6,
      }),
    },
    {
      ...{ title: 'Time', unit: 's' },
      series: seriesOf(sizes, {
        'with start and provisioning': ({ wallSeconds }) => wallSeconds,
        'upgrades alone': ({ upgradeSeconds }) => upgradeSeconds,
      }),
    },
    latencyPanel(sizes, 'Event → transition', 'ms from the broker to the next state', 'eventToTransition'),
    latencyPanel(sizes, 'Job → download', 'ms from the job execution to the download', 'queuedToDownload'),
    {
      ...{ title: 'Counts per upgrade', unit: `limits: ${limitsInWords()}` },
      series: seriesOf(sizes, {
        'AWS calls': ({ counts }) => counts['AWS calls'],
        invocations: ({ counts }) => counts['Lambda invocations'],
        transitions: ({ counts }) => counts['state transitions'],
        'reads/event': ({ counts }) => counts['reads per device event'],
      }),
    },
  ];
  const memory = (machine.memoryBytes / 2 ** 30).toFixed(0);
  return svgPlot(
    panels,
    `Horizontally: devices. All axes are logarithmic. ${machine.cores} × ${machine.cpu}, ${memory} GB, Node.js ${machine.node}`,
  );
};

const limitsInWords = () =>
  ['AWS calls', 'Lambda invocations', 'state transitions', 'reads per device event']
    .map((name) => String(LIMITS[name] ?? ''))
    .join(', ');
