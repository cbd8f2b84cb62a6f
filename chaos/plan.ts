import type { MqttVersion } from '../simulator/agent/config';
import { FAULTS, type FaultName } from '../simulator/agent/faults';
import { PROFILES, type ProfileName } from '../simulator/agent/profiles';
import { seeded } from '../simulator/agent/seeded';

/** What all devices run at first. */
export const FIRST_VERSION = '1.0.0';

/**
 * What happens to the devices of a group, each of which is a thing group of IoT:
 * - `snapshot`: one job. `window`: one job in two phases. `retried`: one job that tries again once.
 * - `leaving`: a continuous job for the things that run the first version. `joining`: a continuous job; some devices join later, and
 *   one leaves and joins again.
 * - `cancelled`: a job that is cancelled in the middle, then another. `deleted`: a job that is deleted in the middle.
 * - `twice`: a second job while the first one still downloads. `offline`: the devices connect when the workflows wait for them.
 */
export const GROUPS = {
  snapshot: 0.28,
  leaving: 0.1,
  joining: 0.1,
  cancelled: 0.14,
  deleted: 0.06,
  twice: 0.12,
  offline: 0.08,
  window: 0.06,
  retried: 0.06,
} as const;

export type GroupName = keyof typeof GROUPS;

const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[];
const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
const PROFILE_NAMES = Object.keys(PROFILES) as readonly ProfileName[];

export interface PlannedDevice {
  readonly thingName: string;
  readonly group: GroupName;
  readonly fault: FaultName;
  readonly profile: ProfileName;
  readonly mqttVersion: MqttVersion;
  /** The broker keeps its messages while it is offline, and the device recognizes those that come again. */
  readonly persistentSession: boolean;
  /** Of `joining` only. */
  readonly joins: 'first' | 'later' | 'again';
}

/** How many devices each group has: at least one, and together all. */
export const sizesOf = (devices: number): Readonly<Record<GroupName, number>> => {
  const sizes = Object.fromEntries(
    GROUP_NAMES.map((name) => [name, Math.max(1, Math.floor(GROUPS[name] * devices))]),
  ) as Record<GroupName, number>;
  const sum = Object.values(sizes).reduce((total, size) => total + size, 0);
  sizes.snapshot = Math.max(1, sizes.snapshot + devices - sum);
  return sizes;
};

/** The fewest devices: each fault once. */
export const FEWEST_DEVICES = FAULT_NAMES.length;

const joinOf = (index: number): PlannedDevice['joins'] => (index === 0 ? 'again' : index % 3 === 1 ? 'later' : 'first');

/**
 * Who has which fault, agent and fate. Every fault occurs; half of the devices beyond that have none, because what the platform does
 * to a healthy device matters most.
 */
export const planDevices = (seed: number, devices: number): readonly PlannedDevice[] => {
  const sizes = sizesOf(devices);
  const slots = GROUP_NAMES.flatMap((group) => Array.from({ length: sizes[group] }, (_, index) => ({ group, index })));
  const order = slots.map((_, slot) => slot).toSorted((a, b) => seeded(seed, 'order', a) - seeded(seed, 'order', b));
  return slots.map(({ group, index }, slot) => {
    const thingName = `chaos-${group}-${String(index + 1).padStart(3, '0')}`;
    const rank = order.indexOf(slot);
    const pick = (what: string) => seeded(seed, thingName, what);
    const some = FAULT_NAMES[Math.floor(pick('fault') * FAULT_NAMES.length)] ?? 'none';
    const profile = PROFILE_NAMES[Math.floor(pick('profile') * PROFILE_NAMES.length)] ?? 'tr369';
    // The controller learns from the connect record that an agent speaks MQTT 5.
    const mayBeMqtt5 = PROFILES[profile].connectRecord;
    return {
      ...{ thingName, group, profile, joins: joinOf(index) },
      fault: FAULT_NAMES[rank] ?? (pick('healthy') < 0.5 ? 'none' : some),
      mqttVersion: mayBeMqtt5 && pick('mqtt') < 0.4 ? '5' : '3.1.1',
      persistentSession: pick('session') < 0.4,
    };
  });
};
