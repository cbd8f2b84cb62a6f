import { exceeded } from '../../bench/limits';
import { measureSize } from '../../bench/full/measure-size';
import type { SizeResult } from '../../bench/full/size-result';

jest.setTimeout(90_000);

describe('the bench of a small fleet', () => {
  let size: SizeResult;
  beforeAll(async () => {
    size = await measureSize(
      { devices: 20, processes: 2 },
      () => undefined,
      () => undefined,
    );
  });

  test('measures how long devices wait for the workflow, and the workflow for devices', () => {
    for (const { p50, p95, p99 } of Object.values(size.latencies)) {
      expect(p50).toBeGreaterThan(0);
      expect(p95).toBeGreaterThanOrEqual(p50);
      expect(p99).toBeGreaterThanOrEqual(p95);
    }
  });

  test('does not count what devices report because they were switched on', () => {
    // OPERATE_RESP, TransferComplete!, OperationComplete, Boot!, ValueChange of the version.
    expect(size.counts['device messages']).toBe(5);
  });

  test('finds every count within its limit', () => {
    expect(exceeded(size)).toEqual([]);
  });

  test('counts what every upgrade needs', () => {
    expect(size.counts).toMatchObject({ 'states:StartExecution': 1, 'iot:UpdateThing': 1 });
  });

  (process.platform === 'linux' ? test : test.skip)(
    'tells the CPU of the handlers from that of the main thread and of the simulator',
    () => {
      const { everything, main = 0, handlers = 0, simulator = 0 } = size.cpu;
      expect(main).toBeGreaterThan(0);
      expect(handlers).toBeGreaterThan(0);
      expect(simulator).toBeGreaterThan(0);
      // Threads are counted in ticks of 10 ms.
      expect(main + handlers + simulator).toBeLessThan(everything + 5);
    },
  );
});
