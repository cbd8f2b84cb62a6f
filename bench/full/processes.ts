import { readdirSync, readFileSync } from 'node:fs';

/** Of a process or thread, in milliseconds. */
export interface Cpu {
  readonly everything: number;
  readonly main?: number;
  readonly handlers?: number;
  readonly otherThreads?: number;
  readonly simulator?: number;
}

/** Linux counts in ticks of 10 ms on all platforms of Node.js: https://man7.org/linux/man-pages/man7/time.7.html */
const TICK_MS = 10;

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly cpuMs: number;
}

/** A line of /proc/PID/stat. The name may have spaces and parentheses: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export const parseStat = (line: string): Stat => {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { name: line.slice(line.indexOf('(') + 1, end), parent: field(4), cpuMs: (field(14) + field(15)) * TICK_MS };
};

const isGone = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');

/** A file of /proc; undefined when its process has ended, and where there is no /proc. */
const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

const statOf = (path: string): Stat | undefined => {
  const line = read(path);
  return line === undefined ? undefined : parseStat(line);
};

const processIds = (): readonly number[] => {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
};

/** The processes that this one has started, and those that they have, but esbuild's: they simulate devices. */
const simulators = (): ReadonlyMap<number, Stat> => {
  const all = new Map<number, Stat>();
  for (const id of processIds()) {
    const stat = statOf(`/proc/${id}/stat`);
    if (stat) all.set(id, stat);
  }
  const isOurs = (id: number): boolean => {
    const parent = all.get(id)?.parent;
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return new Map([...all].filter(([id, { name }]) => id !== process.pid && name !== 'esbuild' && isOurs(id)));
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const threadCpu = (thread: number) => statOf(`/proc/self/task/${thread}/stat`)?.cpuMs ?? 0;

/** CPU that has been used until now. @param handlerThreads that run functions; without any, only everything is known */
export const cpuNow = (handlerThreads: readonly number[]): Cpu => {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1000;
  if (handlerThreads.length === 0) return { everything: own };
  const found = [...simulators().values()];
  const simulator = sum(found.map(({ cpuMs }) => cpuMs));
  const [main, handlers] = [threadCpu(process.pid), sum(handlerThreads.map(threadCpu))];
  return {
    everything: own + simulator,
    ...{ main, handlers, otherThreads: Math.max(0, own - main - handlers) },
    ...(found.length > 0 && { simulator }),
  };
};

const difference = (after: number | undefined, before = 0, devices = 1) =>
  after === undefined ? undefined : (after - before) / devices;

/** CPU per upgrade between two moments. */
export const cpuBetween = (before: Cpu, after: Cpu, devices: number) => ({
  everything: (after.everything - before.everything) / devices,
  main: difference(after.main, before.main, devices),
  handlers: difference(after.handlers, before.handlers, devices),
  otherThreads: difference(after.otherThreads, before.otherThreads, devices),
  simulator: difference(after.simulator, before.simulator, devices),
});

/** The most memory that a process has used, in bytes; 0 when it has ended. */
const peakOf = (id: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${id}/status`) ?? '')?.[1] ?? 0) * 1024;

/** The most memory that this process and the simulators have used, each at its own time. */
export const peakMemory = (): { readonly peakBytes: number; readonly simulatorPeakBytes?: number } => {
  const own = process.resourceUsage().maxRSS * 1024;
  const found = [...simulators().keys()];
  const simulatorPeakBytes = sum(found.map(peakOf));
  return { peakBytes: own + simulatorPeakBytes, ...(found.length > 0 && { simulatorPeakBytes }) };
};
