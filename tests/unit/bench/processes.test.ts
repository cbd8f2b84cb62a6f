import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuBetween, cpuNow, parseStat, peakMemory } from '../../../bench/full/processes';

test('a process whose name has spaces and parentheses is read (proc_pid_stat.5)', () => {
  const line = '4711 (a) S (b) R 12 4711 4711 0 -1 4194304 1 2 3 4 150 50 7 8 20 0 11 0 1 2 3';
  expect(parseStat(line)).toEqual({ name: 'a) S (b', parent: 12, cpuMs: 2000 });
});

test('CPU between two moments is per upgrade; what is unknown stays unknown', () => {
  const before = { everything: 100, main: 60, handlers: 10, otherThreads: 30 };
  const after = { everything: 700, main: 260, handlers: 210, otherThreads: 130, simulator: 100 };
  expect(cpuBetween(before, after, 10)).toEqual({
    ...{ everything: 60, main: 20, handlers: 20, otherThreads: 10, simulator: 10 },
  });
  expect(cpuBetween({ everything: 0 }, { everything: 20 }, 10)).toEqual({ everything: 2 });
});

test('without threads of functions only everything is known', () => {
  expect(Object.keys(cpuNow([]))).toEqual(['everything']);
});

(process.platform === 'linux' ? describe : describe.skip)('on Linux', () => {
  test('a process that this one has started counts as the simulator, with its memory', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log(1)'], { stdio: 'pipe' });
    await once(child.stdout, 'data');
    expect(peakMemory().simulatorPeakBytes).toBeGreaterThan(1e6);
    expect(cpuNow([process.pid]).simulator).toBeGreaterThanOrEqual(0);
    child.kill();
    await once(child, 'exit');
    expect(peakMemory().simulatorPeakBytes).toBeUndefined();
  });
});
