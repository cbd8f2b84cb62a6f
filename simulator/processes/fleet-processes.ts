import { availableParallelism } from 'node:os';
import { type FleetOptions, startFleet } from '../fleet';
import type { ShardOptions } from './protocol';
import { startShard } from './shard';

/** Devices that one process simulates well. */
const DEVICES_PER_PROCESS = 2500;
/** Connections per second of the whole fleet: half of what AWS IoT accepts of an account by default (https://docs.aws.amazon.com/general/latest/gr/iot-core.html). */
export const DEFAULT_CONNECT_RATE = 250;

/** A fleet in this process, or in several. */
export interface RunningFleet {
  readonly size: number;
  /** Of the processes with the devices, if there are several. */
  readonly processIds: () => readonly number[];
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

/**
 * Connects one simulated device per thing, in so many processes. Faults, and all else that is random, depend on the seed and the
 * thing, not on the number of processes.
 * @throws Error if a device cannot connect, after disconnecting the others
 */
export const startFleetInProcesses = async (options: ProcessesOptions): Promise<RunningFleet> => {
  const {
    things,
    processes: wanted = processesFor(things.length),
    onProcessLost,
    onProgress,
    onEvent,
    faultOf,
    ...rest
  } = options;
  const { connectRate = DEFAULT_CONNECT_RATE } = options;
  const processes = Math.min(wanted, Math.max(1, things.length));
  if (processes === 1) {
    const fleet = await startFleet({ ...options, connectRate });
    return { size: things.length, processIds: () => [], close: fleet.close };
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
  const processIds = () => shards.flatMap(({ processId }) => processId() ?? []);
  return { size: things.length, processIds, close };
};
