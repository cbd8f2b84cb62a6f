import type { UspMsg, UspRecord } from '../../proto/codec';

/** What goes wrong with a device's next upgrades, whatever their URL says. */
export type Fault = 'none' | 'download' | 'boot';

/** Delays of the reference simulator, in seconds. All but the first count from the Operate request. */
export interface Timings {
  readonly firstBootSeconds: number;
  readonly transferSeconds: number;
  readonly operationSeconds: number;
  readonly rebootSeconds: number;
}

export const REFERENCE_TIMINGS: Timings = {
  firstBootSeconds: 30,
  transferSeconds: 10,
  operationSeconds: 15,
  rebootSeconds: 20,
};

/** What does not change while an agent runs. */
export interface AgentConfig {
  readonly thingName: string;
  readonly endpointId: string;
  readonly controllerId: string;
  readonly timings: Timings;
  readonly fault: Fault;
  /** Whether the connection is closed and opened again at a reboot; the reference stays connected. */
  readonly reconnectOnReboot: boolean;
}

/** One bank for firmware: Device.DeviceInfo.FirmwareImage.{i}. */
export interface FirmwareImage {
  readonly name: string;
  readonly version: string;
}

/** A row that a controller added, in the order of instance numbers. */
export interface AddedObject {
  readonly path: string;
  readonly params: { readonly [param: string]: string };
}

/** A running Download(). */
export interface Download {
  /** Number in Device.LocalAgent.Request. */
  readonly request: number;
  readonly command: string;
  readonly commandKey: string;
  readonly requestor: string;
  readonly url: string;
  readonly version: string;
  readonly autoActivate: boolean;
  /** Instance number of the image it writes. */
  readonly image: number;
  readonly fault: Fault;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface AgentState {
  readonly config: AgentConfig;
  readonly images: readonly FirmwareImage[];
  /** Instance number of the image that runs. */
  readonly activeImage: number;
  readonly added: readonly AddedObject[];
  readonly download?: Download;
  /** Number of the latest request that ran a command. */
  readonly requests: number;
  /** Number of the latest notification. */
  readonly notifications: number;
  /** A Boot! that waits for the connection to be back. */
  readonly pendingBoot?: Boot;
}

/** Parameters of the event Device.Boot! (TR-181). */
export interface Boot {
  readonly commandKey: string;
  readonly cause: 'LocalReboot' | 'RemoteReboot';
  readonly reason: string;
  readonly firmwareUpdated: boolean;
}

/** What falls due after a delay. Each keeps its download, so that the three may come in any order. */
export type Step =
  | { readonly kind: 'first-boot' }
  | { readonly kind: 'transfer-complete' | 'operation-complete' | 'reboot'; readonly download: Download };

/** What happens to an agent. */
export type Input =
  | { readonly kind: 'started' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'message'; readonly topic: string; readonly payload: Uint8Array }
  | { readonly kind: 'due'; readonly step: Step };

/** What an agent wants done. */
export type Action =
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: Uint8Array; readonly what: string }
  | { readonly kind: 'schedule'; readonly step: Step; readonly seconds: number }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'report'; readonly event: AgentEvent };

/** What may interest an observer; `malformed` and `ignored` are messages the agent did not act on. */
export type AgentEvent =
  | { readonly kind: 'received' | 'malformed' | 'ignored'; readonly detail: string }
  | { readonly kind: 'upgraded' | 'upgrade-failed'; readonly detail: string; readonly version: string };

export interface Transition {
  readonly state: AgentState;
  readonly actions: readonly Action[];
}

/** A request that has been found to be for this agent. */
export interface Request {
  readonly msg: UspMsg;
  readonly record: UspRecord;
  readonly now: number;
}

/** The answer to a request (none when the controller wants none), and what it sets off. */
export interface Handled {
  readonly state: AgentState;
  readonly answer?: UspMsg;
  readonly actions?: readonly Action[];
}
