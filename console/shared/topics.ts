import type { DeviceDescription } from '../../operate/devices/describe-device';
import type { Attempt } from '../../operate/devices/device-history';
import type { DeviceSummary } from '../../operate/devices/search-devices';
import type { FleetOverview } from '../../operate/devices/fleet-overview';
import type { ThingGroup } from '../../operate/devices/list-groups';
import type { Explanation } from '../../operate/explain/facts';
import type { Page } from '../../operate/page';
import type { RolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import type { Counts } from '../../operate/words/statuses';
import type { Failures } from '../../operate/rollouts/failures';
import type { RolloutExecution } from '../../operate/rollouts/list-executions';
import type { RolloutSummary } from '../../operate/rollouts/list-rollouts';
import type { Steps } from '../../operate/steps/crawler';
import type { StateGraph } from './graph';

/** Where the console works. */
export interface StackView {
  readonly stackName: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly isLocal: boolean;
}

export interface RolloutRow extends RolloutSummary {
  readonly counts: Counts;
  readonly firmwareVersion?: string;
}

/** How many devices of a roll-out had ended, and how, at some times. */
export interface Progress {
  readonly points: readonly { readonly at: number; readonly succeeded: number; readonly failed: number }[];
  /** Devices whose ends are in the points; the rest ended before the console looked. */
  readonly known: number;
  readonly ended: number;
  /** There will be no more points. */
  readonly isOver: boolean;
}

/** What the server sends, by kind of topic. Times are milliseconds since the epoch. */
export interface TopicValues {
  readonly stack: StackView;
  readonly machine: StateGraph;
  readonly groups: Page<ThingGroup>;
  readonly fleet: FleetOverview;
  readonly rollouts: Page<RolloutRow>;
  readonly rollout: RolloutWithDocument;
  readonly steps: Steps;
  readonly failures: Failures;
  readonly progress: Progress;
  readonly executions: Page<RolloutExecution>;
  readonly devices: Page<DeviceSummary>;
  readonly device: DeviceDescription;
  readonly explanation: Explanation;
  readonly history: readonly Attempt[];
}

export type TopicKind = keyof TopicValues;
/** A kind with its parameters, as in the query of an address. */
export type Topic<K extends TopicKind = TopicKind> = K | `${K}?${string}`;
export type TopicValue<T extends Topic> = T extends `${infer K}?${string}`
  ? TopicValues[K & TopicKind]
  : TopicValues[T & TopicKind];

/** @example topic('rollout', { id: 'j' }) === 'rollout?id=j' */
export const topic = <K extends TopicKind>(
  kind: K,
  parameters: Readonly<Record<string, string | undefined>>,
): `${K}?${string}` => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `${kind}?${new URLSearchParams(given).toString()}`;
};
