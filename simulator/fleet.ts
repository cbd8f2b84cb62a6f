import { DEFAULT_CONTROLLER_ID } from '../proto/endpoint-ids';
import { DEFAULT_PROFILE, PROFILES, type ProfileName } from './agent/profiles';
import { type MqttVersion, ORIGINAL_TIMINGS, type Timings, scaled } from './agent/config';
import type { FaultName } from './agent/faults';
import { endpointIdOf } from './endpoint-id';
import { DEFAULT_SEED } from './fault-plan';
import { Device, type DeviceEvent } from './device';
import type { Tls } from './mqtt-options';
import { forEachLimited } from './for-each-limited';

/** The thing of a device. Key and certificate are needed for mqtts only. */
export interface FleetThing {
  readonly thingName: string;
  readonly clientKey?: string;
  readonly certificate?: string;
  /** Overrides the fleet's initial version. */
  readonly firmwareVersion?: string;
}

export interface FleetOptions {
  readonly things: readonly FleetThing[];
  /** `mqtt://…` or `mqtts://…` */
  readonly mqttUrl: string;
  readonly tls?: Tls;
  readonly firmwareVersion: string;
  readonly controllerId?: string;
  /** Override the original's delays. */
  readonly timings?: Partial<Timings>;
  /** Factor on all delays. */
  readonly timeScale?: number;
  /** See agent/profiles.ts; default `demo`. */
  readonly profile?: ProfileName;
  /** Default 3.1.1. */
  readonly mqttVersion?: MqttVersion;
  /** Default: `realReboot` of the profile. */
  readonly reconnectOnReboot?: boolean;
  /** Whether devices download the firmware by HTTP. */
  readonly fetchFirmware?: boolean;
  /** What goes wrong in the upgrades of a device; takes precedence over the URL. See agent/faults.ts; default `none`. */
  readonly faultOf?: (thingName: string) => FaultName;
  /** Decides, with the thing names, all that is random. Default `DEFAULT_SEED`. */
  readonly seed?: number;
  readonly onEvent?: (thingName: string, event: DeviceEvent) => void;
  readonly onProgress?: (connected: number, total: number) => void;
  /** Parallel connection attempts. */
  readonly concurrency?: number;
  /** First connections per second, at most; default: as many as there are. AWS IoT accepts 500 of an account by default. */
  readonly connectRate?: number;
  readonly connectTimeoutSeconds?: number;
  /** The longest pause between two attempts of a device to connect; default 30. */
  readonly longestRetrySeconds?: number;
  /** The broker keeps the messages of a device while it is offline. */
  readonly persistentSession?: boolean;
}

export interface Fleet {
  readonly devices: readonly Device[];
  /** Disconnects all devices. */
  close(): Promise<void>;
}

/** Waits until the device with this index may connect: somewhere in its share of a second, so that several fleets do not march in step. */
const turn = async (begun: number, index: number, perSecond = Infinity): Promise<void> => {
  const due = begun + ((index + Math.random()) / perSecond) * 1000;
  const wait = due - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
};

/**
 * Connects one simulated device per thing, in this process.
 * @throws Error if a device cannot connect, after disconnecting the others
 */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { things, onEvent, onProgress, controllerId = DEFAULT_CONTROLLER_ID } = options;
  const profile = PROFILES[options.profile ?? DEFAULT_PROFILE];
  const timeScale = options.timeScale ?? 1;
  const timings = scaled({ ...ORIGINAL_TIMINGS, ...options.timings }, timeScale);
  const devices = things.map(
    ({ thingName, clientKey, certificate, firmwareVersion = options.firmwareVersion }) =>
      new Device({
        config: {
          thingName,
          endpointId: endpointIdOf(profile, thingName),
          controllerId,
          profile,
          mqttVersion: options.mqttVersion ?? '3.1.1',
          timings,
          timeScale,
          fault: options.faultOf?.(thingName) ?? 'none',
          seed: options.seed ?? DEFAULT_SEED,
          reconnectOnReboot: options.reconnectOnReboot ?? profile.realReboot,
          fetchFirmware: options.fetchFirmware ?? false,
        },
        firmwareVersion,
        mqttUrl: options.mqttUrl,
        connectTimeoutSeconds: options.connectTimeoutSeconds ?? 60,
        persistentSession: options.persistentSession ?? false,
        ...(options.longestRetrySeconds !== undefined && { longestRetrySeconds: options.longestRetrySeconds }),
        onEvent: (event) => onEvent?.(thingName, event),
        ...(options.tls && { tls: options.tls }),
        ...(clientKey !== undefined && { clientKey }),
        ...(certificate !== undefined && { certificate }),
      }),
  );
  const close = async () => {
    await Promise.all(devices.map((device) => device.close()));
  };
  let connected = 0;
  try {
    const begun = performance.now();
    await forEachLimited(devices, options.concurrency ?? 50, async (device, index) => {
      await turn(begun, index, options.connectRate);
      await device.connect();
      connected++;
      onProgress?.(connected, devices.length);
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { devices, close };
};
