import type { DeviceEvent } from '../device';
import type { FleetOptions } from '../fleet';
import type { FaultName } from '../agent/faults';

/** What a process of devices is told. It is our own process: the messages are not checked. */
export type ToProcess = { readonly type: 'start'; readonly options: ShardOptions } | { readonly type: 'close' };

/** The options of a fleet that another process can take. */
export type ShardOptions = Omit<FleetOptions, 'onEvent' | 'onProgress' | 'faultOf'> & {
  /** Devices that have a fault, by thing name. */
  readonly faults: Readonly<Record<string, FaultName>>;
};

export type ThingEvent = readonly [thingName: string, event: DeviceEvent];

/** What it says. Events come together, as single messages would cost more than the devices. */
export type FromProcess =
  | { readonly type: 'events'; readonly events: readonly ThingEvent[] }
  | { readonly type: 'progress'; readonly connected: number }
  | { readonly type: 'started' }
  | { readonly type: 'failed'; readonly message: string };
