import type { UspMsg, UspRecord } from '../../proto/codec';
import type { AgentConfig } from './config';
import type { FaultName } from './faults';
import type { FirmwareSource } from './firmware-source';
import type { TransferFailure } from './transfer-faults';

/** Device.DeviceInfo.FirmwareImage.{i}.Status (TR-181), except Active, which `activeImage` decides. */
export type ImageStatus =
  | 'NoImage'
  | 'Downloading'
  | 'Available'
  | 'DownloadFailed'
  | 'ValidationFailed'
  | 'ActivationFailed';

/** One firmware bank: Device.DeviceInfo.FirmwareImage.{i}. */
export interface FirmwareImage {
  readonly name: string;
  readonly version: string;
  readonly status: ImageStatus;
  readonly bootFailureLog: string;
  /** If false, booting it rolls back to the active image. */
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

/** A running asynchronous command: Device.LocalAgent.Request.{i}. */
export interface Command {
  /** Instance number in Device.LocalAgent.Request. */
  readonly request: number;
  readonly name: 'Download()' | 'Activate()';
  /** Includes the object: `Device.DeviceInfo.FirmwareImage.2.Download()`. */
  readonly path: string;
  readonly commandKey: string;
  readonly requestor: string;
  /** Instance number of its firmware image. */
  readonly image: number;
  /** Whether the device then boots the image. */
  readonly activates: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The agent's boot count when it started. */
  readonly boots: number;
}

/** A running Download(). */
export interface Download extends Command {
  readonly name: 'Download()';
  readonly source: FirmwareSource;
  readonly version: string;
  readonly fault: FaultName;
  readonly failure?: TransferFailure;
}

/** `failed`: ended, OperationComplete is due; `notified`: OperationComplete is sent, the boot is due. */
export interface CommandProgress {
  readonly command: Command;
  readonly phase: 'running' | 'failed' | 'notified';
}

/** A notification that is retried with the same msg_id. */
export interface Unacknowledged {
  readonly msgId: string;
  /** Path of its subscription; empty for an OnBoardRequest. */
  readonly subscription: string;
  readonly publish: Publish;
  /** First sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Seconds after which the agent gives up; 0 is never. */
  readonly expiration: number;
  readonly retries: number;
}

export interface AgentState {
  readonly config: AgentConfig;
  readonly images: readonly FirmwareImage[];
  /** Instance number of the active image. */
  readonly activeImage: number;
  /** Instance number of the image to boot next. */
  readonly bootImage: number;
  readonly rows: readonly Row[];
  /** Highest instance number used in each table: numbers are not reused. */
  readonly lastRows: { readonly [table: string]: number };
  /** Parameters set by controllers outside the rows they added, by object path. */
  readonly settings: { readonly [path: string]: Params };
  readonly commands: readonly CommandProgress[];
  /** Number of the latest request that ran a command. */
  readonly requests: number;
  /** How often Download() was sent to the agent. */
  readonly downloadsSent: number;
  /** Number of the latest notification. */
  readonly notifications: number;
  readonly unacknowledged: readonly Unacknowledged[];
  readonly boots: number;
  /** Milliseconds since the epoch; absent before the start. */
  readonly upSince?: number;
  /** A boot to report once the device is connected again. */
  readonly pendingBoot?: Boot;
  /** Powered off or hung: nothing but the return of the power has an effect. */
  readonly down: boolean;
  /** Whether the device has lost its connection, and keeps it closed. */
  readonly linkLost: boolean;
  /** Notifications that have not left yet, of a device that reorders them. */
  readonly held: readonly Publish[];
}

/** Differences between two states, as a controller reads them. */
export interface Changes {
  /** Full path → new value. */
  readonly values: Params;
  readonly created: readonly Row[];
  /** Paths. */
  readonly deleted: readonly string[];
}

/** Why a device booted: parameters of the event Device.Boot! (TR-181). */
export interface BootCause {
  readonly commandKey: string;
  readonly cause: 'LocalReboot' | 'RemoteReboot';
  readonly reason: string;
}

/** A boot, and what to report after it. */
export interface Boot extends BootCause {
  readonly firmwareUpdated: boolean;
  /** Commands that the boot interrupted. */
  readonly interrupted: readonly Command[];
  readonly changes: Changes;
}

/** A step scheduled with a delay. Each holds its command, so that steps may run in any order. */
export type Step =
  | { readonly kind: 'first-boot' }
  | { readonly kind: 'transfer-complete'; readonly command: Download }
  | { readonly kind: 'operation-complete' | 'activate'; readonly command: Command }
  | { readonly kind: 'power-off'; readonly command: Download }
  | { readonly kind: 'power-on' }
  | { readonly kind: 'link-down'; readonly command: Download; readonly seconds: number }
  | { readonly kind: 'link-up' }
  | { readonly kind: 'reboot'; readonly cause: BootCause; readonly boots: number }
  | { readonly kind: 'retry-notification'; readonly msgId: string };

/** An input to an agent. */
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

/** Where to publish a message, and where to answer it (R-MQTT.22). */
export interface Address {
  readonly topic: string;
  /** MQTT 5 property (R-MQTT.23); in 3.1.1 the topic name contains it (R-MQTT.24). */
  readonly responseTopic?: string;
  readonly contentType?: string;
}

export interface Publish extends Address {
  readonly kind: 'publish';
  readonly payload: Uint8Array;
  /** For logs. */
  readonly label: string;
  /** Number of the notification, if it is one. */
  readonly notification?: number;
}

/** What the device must do for its agent. */
export type Action =
  | Publish
  | {
      readonly kind: 'schedule';
      readonly step: Step;
      readonly seconds: number;
      /** Adds a random delay of up to this many seconds. */
      readonly jitterSeconds?: number;
    }
  /** The result comes back as the input `fetched`. */
  | { readonly kind: 'fetch'; readonly command: Download }
  /** Closes the connection, and keeps it closed. */
  | { readonly kind: 'disconnect' }
  /** Opens the connection; one that is open is closed first. */
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'report'; readonly event: AgentEvent };

/** For observers; `malformed` and `ignored` are messages that the agent did not act on. */
export type AgentEvent =
  | { readonly kind: 'received' | 'malformed' | 'ignored'; readonly detail: string }
  /** A Download() has begun. */
  | { readonly kind: 'downloading'; readonly detail: string; readonly commandKey: string }
  | { readonly kind: 'upgraded' | 'upgrade-failed'; readonly detail: string; readonly version: string };

export interface Transition {
  readonly state: AgentState;
  readonly actions: readonly Action[];
}

/** A request addressed to this agent. */
export interface Request {
  readonly msg: UspMsg;
  readonly record: UspRecord;
  readonly now: number;
}

/** The answer to a request, unless the controller wants none, and the actions it starts. */
export interface HandlerResult {
  readonly state: AgentState;
  readonly answer?: UspMsg;
  readonly actions?: readonly Action[];
}
