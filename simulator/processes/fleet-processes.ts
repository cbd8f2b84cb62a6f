import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FleetOptions, startFleet } from '../fleet';
import type { FromProcess, ShardOptions, ToProcess } from './protocol';

/** Devices that one process simulates well. */
const DEVICES_PER_PROCESS = 2500;
/** Connections per second of the whole fleet: half of what AWS IoT accepts of an account by default (aws-facts: 500). */
export const DEFAULT_CONNECT_RATE = 250;
/** A process that dies again and again is started again after pauses. */
const RESTART_AFTER_MS = 1000;

/** A fleet in this process, or in several. */
export interface RunningFleet {
  readonly size: number;
  /** Disconnects all devices, and ends the processes. */
  close(): Promise<void>;
}

export interface ProcessesOptions extends FleetOptions {
  /** Default: by the number of devices and of processors; 1 is this process. */
  readonly processes?: number;
  /** Called when a process has died; its devices start again. */
  readonly onProcessLost?: (reason: string) => void;
}

export const processesFor = (devices: number, processors = availableParallelism()): number =>
  Math.max(1, Math.min(processors, Math.ceil(devices / DEVICES_PER_PROCESS)));

/** Parts of a fleet, as equal as can be, in the order of the things. */
export const shardsOf = <T>(things: readonly T[], shards: number): readonly (readonly T[])[] =>
  Array.from({ length: shards }, (_, shard) =>
    things.slice(Math.floor((shard * things.length) / shards), Math.floor(((shard + 1) * things.length) / shards)),
  );

const PROGRAM = join(__dirname, 'fleet-process.ts');
/** The simulator is TypeScript: its processes are loaded like this one, also when tests start them. */
const LOADER = ['--import', pathToFileURL(require.resolve('tsx')).href];

interface Shard {
  readonly started: Promise<void>;
  close(): Promise<void>;
}

interface ShardObserver extends Pick<FleetOptions, 'onEvent'> {
  readonly onConnected: (connected: number) => void;
  readonly onLost: (reason: string) => void;
}

/** One process with a part of the devices, started again when it dies. */
const startShard = (options: ShardOptions, { onEvent, onConnected, onLost }: ShardObserver): Shard => {
  let child: ChildProcess | undefined;
  let isClosed = false;
  let isStarted = false;
  let restart: NodeJS.Timeout | undefined;
  let ended: Promise<void> = Promise.resolve();

  const started = new Promise<void>((resolve, reject) => {
    const run = () => {
      const running = fork(PROGRAM, [], {
        execArgv: LOADER,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        serialization: 'advanced',
      });
      child = running;
      const send = (message: ToProcess) => running.send(message);
      running.on('message', (message: FromProcess) => {
        switch (message.type) {
          case 'events':
            for (const [thingName, event] of message.events) onEvent?.(thingName, event);
            return;
          case 'progress':
            return onConnected(message.connected);
          case 'started':
            isStarted = true;
            return resolve();
          case 'failed':
            return reject(new Error(message.message));
        }
      });
      ended = new Promise((done) => {
        running.on('exit', (code, signal) => {
          done();
          if (isClosed) return;
          const reason = `a process with ${options.things.length} devices has ended: ${signal ?? `code ${code}`}`;
          if (!isStarted) return reject(new Error(`The fleet cannot start: ${reason}.`));
          onConnected(0);
          onLost(reason);
          restart = setTimeout(run, RESTART_AFTER_MS);
        });
      });
      send({ type: 'start', options });
    };
    run();
  });

  return {
    started,
    close: async () => {
      isClosed = true;
      clearTimeout(restart);
      if (child?.connected) child.send({ type: 'close' } satisfies ToProcess);
      await ended;
    },
  };
};

/**
 * Connects one simulated device per thing, in so many processes. Faults, and all else that is random, depend on the seed and the
 * thing, not on the number of processes.
 * @throws Error if a device cannot connect, after disconnecting the others
 */
export const startFleetInProcesses = async (options: ProcessesOptions): Promise<RunningFleet> => {
  const {
    things,
    processes = processesFor(things.length),
    onProcessLost,
    onProgress,
    onEvent,
    faultOf,
    ...rest
  } = options;
  const { connectRate = DEFAULT_CONNECT_RATE } = options;
  if (processes === 1) {
    const fleet = await startFleet({ ...options, connectRate });
    return { size: things.length, close: fleet.close };
  }
  const connected = new Array<number>(processes).fill(0);
  const shards = shardsOf(things, processes).map((part, index) => {
    const faults = part.flatMap(({ thingName }) => {
      const fault = faultOf?.(thingName) ?? 'none';
      return fault === 'none' ? [] : [[thingName, fault] as const];
    });
    const shard: ShardOptions = {
      ...rest,
      things: part,
      faults: Object.fromEntries(faults),
      connectRate: connectRate / processes,
    };
    return startShard(shard, {
      ...(onEvent && { onEvent }),
      onConnected: (count) => {
        connected[index] = count;
        onProgress?.(
          connected.reduce((sum, one) => sum + one, 0),
          things.length,
        );
      },
      onLost: (reason) => onProcessLost?.(reason),
    });
  });
  const close = async () => {
    await Promise.all(shards.map((shard) => shard.close()));
  };
  try {
    await Promise.all(shards.map(({ started }) => started));
  } catch (error) {
    await close();
    throw error;
  }
  return { size: things.length, close };
};
