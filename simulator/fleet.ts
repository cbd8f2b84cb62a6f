import { DEFAULT_CONTROLLER_ID } from '../proto/endpoint-ids';
import { DEFAULT_PROFILE, PROFILES, type ProfileName } from './agent/profiles';
import { type Fault, type MqttVersion, ORIGINAL_TIMINGS, type Timings } from './agent/types';
import { endpointIdOf } from './endpoint-id';
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
  /** Makes chosen devices fail; takes precedence over the URL. */
  readonly faultOf?: (thingName: string) => Fault;
  readonly onEvent?: (thingName: string, event: DeviceEvent) => void;
  readonly onProgress?: (connected: number, total: number) => void;
  /** Parallel connection attempts. AWS IoT accepts 500 connections a second. */
  readonly concurrency?: number;
  readonly connectTimeoutSeconds?: number;
}

export interface Fleet {
  readonly devices: readonly Device[];
  /** Disconnects all devices. */
  close(): Promise<void>;
}

const scaled = (timings: Timings, factor: number): Timings => ({
  firstBootSeconds: timings.firstBootSeconds * factor,
  transferSeconds: timings.transferSeconds * factor,
  operationSeconds: timings.operationSeconds * factor,
  rebootSeconds: timings.rebootSeconds * factor,
});

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
          reconnectOnReboot: options.reconnectOnReboot ?? profile.realReboot,
          fetchFirmware: options.fetchFirmware ?? false,
        },
        firmwareVersion,
        mqttUrl: options.mqttUrl,
        connectTimeoutSeconds: options.connectTimeoutSeconds ?? 60,
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
    await forEachLimited(devices, options.concurrency ?? 50, async (device) => {
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
