import * as v from 'valibot';
import { scalePlot } from '../../../bench/full/charts';
import { memoryPerDevice, memorySentence, scaleProblems, scaleSection, scaleTable } from '../../../bench/full/report';
import { scaleSchema, type SizeResult } from '../../../bench/full/size-result';
import { LIMITS } from '../../../bench/limits';
import { markdownTable, textTable } from '../../../bench/table';

const percentiles = { p50: 10, p95: 20, p99: 30 };
const size = (devices: number, changes: Partial<SizeResult> = {}): SizeResult => ({
  ...{ devices, wallSeconds: devices / 10, upgradeSeconds: devices / 20, peakBytes: 1e8 + devices * 5e4 },
  cpu: { everything: 50, main: 20, handlers: 25, otherThreads: 5 },
  latencies: { eventToTransition: percentiles, jobToDownload: percentiles, queuedToDownload: percentiles },
  counts: { ...LIMITS, 'sns:Publish': 4 },
  ...changes,
});

describe('the table of all sizes', () => {
  const table = scaleTable([size(10), size(100), size(1000)]);
  const row = (name: string) => table.find(([title]) => title === name);

  test('has a column for each size and the slope', () => {
    expect(table[0]).toEqual(['', '10', '100', '1,000', 'slope']);
  });
  test('shows that time grows with the fleet and that CPU per upgrade does not', () => {
    expect(row('wall time, s')).toEqual(['wall time, s', '1.0', '10.0', '100.0', '1.00']);
    expect(row('CPU per upgrade, ms')?.at(-1)).toBe('0.00');
    expect(row('upgrades/s')?.slice(1, 4)).toEqual(['20.0', '20.0', '20.0']);
  });
  test('leaves out what could not be measured anywhere', () => {
    expect(row('  simulator')).toBeUndefined();
    const known = scaleTable([size(10), size(100, { cpu: { everything: 50, simulator: 9 } })]);
    expect(known.find(([title]) => title === '  simulator')).toEqual(['  simulator', '–', '9.0', '–']);
  });
  test('has every count, those with limits first', () => {
    const names = table.map(([title]) => title);
    expect(names.slice(-(Object.keys(LIMITS).length + 1))).toEqual([...Object.keys(LIMITS), 'sns:Publish']);
  });
  test('is without the single operations in the document', () => {
    const section = scaleSection([size(10), size(100)]);
    expect(section).toMatch(/\| AWS calls +\| +30\.00 \| +30\.00 \| +0\.00 \|/);
    expect(section).not.toContain('sns:Publish');
  });
  test('is written as text and as Markdown', () => {
    const rows = [
      ['', '10'],
      ['  handlers', '2.0'],
    ];
    expect(textTable(rows)).toBe('             10\n  handlers  2.0');
    expect(markdownTable(rows)).toBe(
      '|                      |  10 |\n| -------------------- | --: |\n| &nbsp;&nbsp;handlers | 2.0 |',
    );
  });
});

describe('memory', () => {
  test('per device is what each further device takes, not what the process takes without any', () => {
    const { everything, simulator } = memoryPerDevice([size(10), size(1000)]);
    expect(everything).toBeCloseTo(5e4);
    expect(simulator).toBeUndefined();
  });
  test('per device is said in a sentence, with that of the simulator where it has processes of its own', () => {
    expect(memorySentence([size(10), size(1000)])).toBe('Each further device takes 50 kB of memory.');
    const apart = [10, 1000].map((devices) => size(devices, { simulatorPeakBytes: 1e7 + devices * 3e4 }));
    expect(memorySentence(apart)).toBe('Each further device takes 50 kB of memory, 30 kB of them in the simulator.');
  });
  test('per device is unknown with one size', () => expect(memoryPerDevice([size(10)]).everything).toBeUndefined());
});

describe('limits over all sizes', () => {
  test('hold for equal costs', () => expect(scaleProblems([size(10), size(100), size(5000)])).toEqual([]));
  test('a count that grows is named', () => {
    const large = size(5000, { counts: { ...LIMITS, 'sns:Publish': 6 } });
    expect(scaleProblems([size(100), large])).toEqual([
      expect.stringContaining('sns:Publish: 4.00 per upgrade with 100'),
    ]);
  });
  test('CPU is limited per upgrade from 1,000 devices on, and may grow by a fifth from 100 devices on', () => {
    const everything = (ms: number) => ({ cpu: { everything: ms } });
    expect(scaleProblems([size(10, everything(200)), size(100, everything(90)), size(5000, everything(60))])).toEqual(
      [],
    );
    expect(scaleProblems([size(100, everything(40)), size(5000, everything(61))])).toEqual([
      'CPU: 61.0 ms per upgrade with 5000 devices, at most 60 ms are allowed',
      'CPU: 61.0 ms per upgrade with 5000 devices, × 1.52 of that with 100, at most × 1.2 is allowed',
    ]);
  });
});

describe('results', () => {
  const scale = {
    machine: { cpu: 'CPU <1>', cores: 2, memoryBytes: 8 * 2 ** 30, node: '24.0.0' },
    sizes: [size(10), size(1000)],
  };
  test('are read as they were written', () => {
    expect(v.parse(scaleSchema, JSON.parse(JSON.stringify(scale)))).toEqual(scale);
  });
  test('are drawn with the machine that they are of', () => {
    expect(scalePlot(scale)).toContain('2 × CPU &lt;1>, 8 GB, Node.js 24.0.0');
  });
});
