import type { Device, DeviceEvent } from '../simulator/device';
import { softwareVersion } from '../simulator/agent/data-model';
import { type Fleet, startFleet } from '../simulator/fleet';
import { FIRST_VERSION, type PlannedDevice } from './plan';
import { timingsFor } from './time-limits';

interface FleetsOptions {
  readonly devices: readonly PlannedDevice[];
  readonly mqttUrl: string;
  readonly seed: number;
  readonly timeScale: number;
  readonly onEvent: (thingName: string, event: DeviceEvent) => void;
}

/** The simulated devices of a campaign: a fleet for each kind of agent. */
export const createFleets = ({ devices, mqttUrl, seed, timeScale, onEvent }: FleetsOptions) => {
  const fleets: Fleet[] = [];
  const byName = new Map<string, Device>();

  const connect = async (some: readonly PlannedDevice[]): Promise<void> => {
    const kindOf = ({ profile, mqttVersion, persistentSession }: PlannedDevice) =>
      [profile, mqttVersion, persistentSession].join(' ');
    await Promise.all(
      [...new Set(some.map(kindOf))].map(async (kind) => {
        const alike = some.filter((device) => kindOf(device) === kind);
        const [first] = alike;
        if (!first) return;
        const { profile, mqttVersion, persistentSession } = first;
        const faults = new Map(alike.map(({ thingName, fault }) => [thingName, fault]));
        const fleet = await startFleet({
          ...{ mqttUrl, seed, timeScale, profile, mqttVersion, persistentSession, onEvent },
          things: alike.map(({ thingName }) => ({ thingName })),
          firmwareVersion: FIRST_VERSION,
          timings: timingsFor(timeScale),
          faultOf: (thingName) => faults.get(thingName) ?? 'none',
          longestRetrySeconds: 2,
        });
        fleets.push(fleet);
        for (const device of fleet.devices) byName.set(device.thingName, device);
      }),
    );
  };

  return {
    connect: () => connect(devices.filter(({ group }) => group !== 'offline')),
    connectOffline: () => connect(devices.filter(({ group }) => group === 'offline')),
    /** What a device runs now. */
    runs: (thingName: string): string => {
      const device = byName.get(thingName);
      return device ? softwareVersion(device.state) : FIRST_VERSION;
    },
    /** Whether a device is up and connected. */
    reports: (thingName: string): boolean => {
      const device = byName.get(thingName);
      return device !== undefined && device.connected && !device.state.down;
    },
    close: async (): Promise<void> => {
      await Promise.all(fleets.map((fleet) => fleet.close()));
    },
  };
};
