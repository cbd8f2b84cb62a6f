import type { UspMsg, UspRecord } from '../../proto/codec';
import type { FirmwareSource } from './firmware-source';
import type { Profile } from './profiles';

/** What goes wrong with a device's next upgrades, whatever their URL says. */
export type Fault = 'none' | 'download' | 'boot';

export type MqttVersion = '3.1.1' | '5';

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
  readonly profile: Profile;
  readonly mqttVersion: MqttVersion;
  readonly timings: Timings;
  /** Factor on the waits between the tries of a download; `timings` have it already. */
  readonly timeScale: number;
  readonly fault: Fault;
  /** Whether the connection is closed and opened again at a reboot; the reference stays connected. */
  readonly reconnectOnReboot: boolean;
  /** Whether downloads are real; else they succeed or fail as planned, after a delay. */
  readonly fetchFirmware: boolean;
}

/** Device.DeviceInfo.FirmwareImage.{i}.Status of TR-181, but for Active, which depends on the device. */
export type ImageStatus =
  | 'NoImage'
  | 'Downloading'
  | 'Available'
  | 'DownloadFailed'
  | 'ValidationFailed'
  | 'ActivationFailed';

/** One bank for firmware: Device.DeviceInfo.FirmwareImage.{i}. */
export interface FirmwareImage {
  readonly name: string;
  readonly version: string;
  readonly status: ImageStatus;
  readonly bootFailureLog: string;
  /** Whether the device comes up with it; else it goes back to the image that ran. */
  readonly bootable: boolean;
}

/** Parameters of an object by name. */
export interface Params {
  readonly [param: string]: string;
}

/** A row that a controller added. */
export interface Row {
  readonly path: string;
  readonly params: Params;
}

/** An asynchronous command that runs: Device.LocalAgent.Request.{i}. */
export interface Command {
  /** Instance number in Device.LocalAgent.Request. */
  readonly request: number;
  readonly name: 'Download()' | 'Activate()';
  /** With the object: `Device.DeviceInfo.FirmwareImage.2.Download()`. */
  readonly path: string;
  readonly commandKey: string;
  readonly requestor: string;
  /** Instance number of the image that it is about. */
  readonly image: number;
  /** Whether the device boots the image in the end. */
  readonly activates: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Boots of the agent when it started. */
  readonly boots: number;
}

/** Why a transfer failed: what TransferComplete! says, and the state that it leaves the image in. */
export interface TransferFailure {
  readonly faultCode: string;
  readonly faultString: string;
  readonly status: 'DownloadFailed' | 'ValidationFailed';
}

/** A running Download(). */
export interface Download extends Command {
  readonly name: 'Download()';
  readonly source: FirmwareSource;
  readonly version: string;
  readonly fault: Fault;
  readonly failure?: TransferFailure;
}

/** `failed`: it is over, and its end will be told; `told`: its end has been told, and a boot will follow. */
export interface CommandProgress {
  readonly command: Command;
  readonly phase: 'running' | 'failed' | 'told';
}

/** A notification that is repeated, always with the same msg_id. */
export interface Unacknowledged {
  readonly msgId: string;
  /** Path of the subscription that asked for it; empty for what none asks for. */
  readonly subscription: string;
  readonly publish: Publish;
  /** Milliseconds since the epoch, of the first time. */
  readonly sentAt: number;
  /** Seconds after which the agent gives up; 0 is never. */
  readonly expiration: number;
  readonly retries: number;
}

export interface AgentState {
  readonly config: AgentConfig;
  readonly images: readonly FirmwareImage[];
  /** Instance number of the image that runs. */
  readonly activeImage: number;
  /** Instance number of the image that the next boot runs. */
  readonly bootImage: number;
  readonly rows: readonly Row[];
  /** Latest instance number of each table: numbers are not used twice. */
  readonly lastRows: { readonly [table: string]: number };
  /** What controllers set in objects that are always there, by object path. */
  readonly settings: { readonly [path: string]: Params };
  readonly commands: readonly CommandProgress[];
  /** Number of the latest request that ran a command. */
  readonly requests: number;
  /** Number of the latest notification. */
  readonly notifications: number;
  readonly unacknowledged: readonly Unacknowledged[];
  readonly boots: number;
  /** Milliseconds since the epoch; absent before the start. */
  readonly upSince?: number;
  /** A boot that is to be told once the connection is back. */
  readonly pendingBoot?: Boot;
}

/** What a controller reads differently than before. */
export interface Changes {
  /** Full path → new value. */
  readonly values: Params;
  readonly created: readonly Row[];
  /** Paths. */
  readonly deleted: readonly string[];
}

/** What makes a device boot: parameters of the event Device.Boot! (TR-181). */
export interface BootCause {
  readonly commandKey: string;
  readonly cause: 'LocalReboot' | 'RemoteReboot';
  readonly reason: string;
}

/** A boot, and what else is to be told after it. */
export interface Boot extends BootCause {
  readonly firmwareUpdated: boolean;
  /** Commands that the boot ended. */
  readonly interrupted: readonly Command[];
  readonly changes: Changes;
}

/** What falls due after a delay. Each keeps its command, so that they may come in any order. */
export type Step =
  | { readonly kind: 'first-boot' }
  | { readonly kind: 'transfer-complete'; readonly command: Download }
  | { readonly kind: 'operation-complete' | 'activate'; readonly command: Command }
  | { readonly kind: 'reboot'; readonly cause: BootCause; readonly boots: number }
  | { readonly kind: 'repeat'; readonly msgId: string };

/** What happens to an agent. */
export type Input =
  | { readonly kind: 'started' }
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'message';
      readonly topic: string;
      /** MQTT 5 property. */
      readonly responseTopic?: string;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'due'; readonly step: Step }
  | { readonly kind: 'fetched'; readonly command: Download; readonly failure?: TransferFailure };

/** Where a message goes, and where to answer it (TR-369, MQTT binding). */
export interface Address {
  readonly topic: string;
  /** MQTT 5 properties; MQTT 3.1.1 has the reply topic as last level of the topic instead. */
  readonly responseTopic?: string;
  readonly contentType?: string;
}

export interface Publish extends Address {
  readonly kind: 'publish';
  readonly payload: Uint8Array;
  /** For people. */
  readonly what: string;
}

/** What an agent wants done. */
export type Action =
  | Publish
  | {
      readonly kind: 'schedule';
      readonly step: Step;
      readonly seconds: number;
      /** Up to that many seconds more, by chance. */
      readonly spread?: number;
    }
  /** To be answered by the input `fetched`. */
  | { readonly kind: 'fetch'; readonly command: Download }
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
