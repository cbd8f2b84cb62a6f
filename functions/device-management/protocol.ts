import type { Credentials } from './credentials';

/** Why a device did not do what it was asked for, in the terms of its protocol (USP: error code and text). */
export interface Fault {
  readonly faultCode: string;
  readonly faultString: string;
  /** The device is busy, and may do it when it is asked again. */
  readonly isTemporary?: boolean | undefined;
}

/**
 * What a protocol remembers of a device, such as its address: names and texts of the protocol's own. The domain keeps them
 * and knows three. `firmwareVersion`: what the device runs, as it reported since it last connected. `bootReport`: the last
 * report of a boot. `connection`: that it reports when it connects. An empty text is no fact.
 */
export type Facts = Readonly<Record<string, string>>;

/** A device as its protocol knows it. */
export interface KnownDevice {
  readonly thingName: string;
  readonly facts: Facts;
}

/** A message for the IoT data plane. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 1;
  readonly responseTopic?: string;
  readonly contentType?: string;
  /** Seconds after which the broker no longer delivers it. */
  readonly messageExpiry?: number;
}

/** Where the firmware is, and what it must be (TR-181, FirmwareImage.{i}.Download()). */
export interface Firmware {
  readonly version: string;
  readonly url: string;
  /** Bytes. */
  readonly fileSize?: number | undefined;
  readonly checkSumAlgorithm?: string | undefined;
  readonly checkSum?: string | undefined;
  readonly credentials?: Credentials | undefined;
}

export interface DownloadRequest {
  /** The device's events name it, where the protocol can. */
  readonly operationId: string;
  /** The device's answer names it. */
  readonly requestId: string;
  readonly firmware: Firmware;
  /** Whether the device boots into the firmware by itself, or waits for `activate`. */
  readonly autoActivate: boolean;
}

export type ActivateRequest = Pick<DownloadRequest, 'operationId' | 'requestId'>;

/** What a device shows of its downloads. */
export interface Downloads {
  /** Operations whose download the device has begun and not ended; empty for one without an operation. */
  readonly running: readonly string[];
  /** Whether a firmware is being downloaded or checked. */
  readonly isBusy: boolean;
  /** The firmwares that are on the device. */
  readonly versions: readonly string[];
}

/** A device's message in the terms of this domain. `operationId` is empty when the message names none. */
export type DeviceMessage =
  /** The device has connected, and must be made to report. */
  | { readonly kind: 'connected' }
  /** The answer to a request; `completed` when the command is done with it, and no event will follow. */
  | { readonly kind: 'answer'; readonly requestId: string; readonly fault?: Fault; readonly completed?: boolean }
  | { readonly kind: 'transfer-complete'; readonly operationId: string; readonly fault?: Fault }
  | {
      readonly kind: 'operation-complete';
      readonly command: 'download' | 'activate';
      readonly operationId: string;
      readonly fault?: Fault;
    }
  | {
      readonly kind: 'boot';
      readonly operationId: string;
      readonly firmwareUpdated: boolean;
      readonly firmwareVersion?: string;
      /** What the device reports as its version, where that cannot be read. */
      readonly unreadableVersion?: string;
      /** Names the report: one that comes again is about the same boot. */
      readonly reportId?: string;
    }
  /** What the device runs. `asOf`: when it was asked, milliseconds since the epoch; it reports without being asked, too. */
  | {
      readonly kind: 'version';
      readonly firmwareVersion: string;
      readonly asOf?: number;
      /** The answer to `askDownloads`, where it shows all of it. */
      readonly downloads?: Downloads;
    }
  | { readonly kind: 'nothing'; readonly what: string }
  | { readonly kind: 'other'; readonly what: string };

export interface Incoming {
  readonly thingName: string;
  /** Who claims to have sent it; refused when the device is known by another name. */
  readonly sender?: string;
  readonly message: DeviceMessage;
  /** Facts to remember. */
  readonly learnt?: Facts;
  /** The device has reported since it connected what a command needs: one that is waited for can be asked. */
  readonly isReady?: boolean;
  /** What the protocol sends once the message is handled, such as a receipt that does not depend on the device. */
  readonly receipts?: readonly OutgoingMessage[];
  /** The same for what depends on it. */
  readonly replies?: (device: KnownDevice) => readonly OutgoingMessage[];
}

/** A message that cannot be used, and why. Repeating it would not help. */
export class UnusableMessageError extends Error {
  override readonly name = 'UnusableMessageError';
}

/** All that this domain needs from the protocol of a device. */
export interface DeviceProtocol {
  /** The thing's attribute `protocol` chooses it. */
  readonly name: string;
  /** The fact that is the name a device gave when it connected, where the protocol has one: messages with another name are refused. */
  readonly senderFact?: string;
  /** Makes the device report what the workflow waits for, idempotently. @param now milliseconds since the epoch */
  ensureReachable(device: KnownDevice, now: number): readonly OutgoingMessage[];
  /** Asks what the device runs. @param now milliseconds since the epoch */
  askVersion(device: KnownDevice, now: number): OutgoingMessage;
  /**
   * Asks what the device runs, and whether it has a download; a protocol that cannot leaves it out, and commands that may be lost
   * are not sent again. @param now milliseconds since the epoch
   */
  readonly askDownloads?: (device: KnownDevice, now: number) => OutgoingMessage;
  startDownload(device: KnownDevice, request: DownloadRequest): OutgoingMessage;
  activate(device: KnownDevice, request: ActivateRequest): OutgoingMessage;
  /** Understands what the protocol's IoT rule hands over. @throws UnusableMessageError */
  interpret(event: unknown): Incoming;
}

/** The protocol of devices that do not say. */
const DEFAULT_PROTOCOL = 'usp';

/** @returns undefined when there is none of that name */
export const protocolNamed = (protocols: readonly DeviceProtocol[], name: string | undefined) =>
  protocols.find((protocol) => protocol.name === (name ?? DEFAULT_PROTOCOL));
