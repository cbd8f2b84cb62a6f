/** What a campaign has seen when it is over: plain values, for the invariants. Times are milliseconds since the epoch. */
export interface World {
  readonly devices: readonly ObservedDevice[];
  /** What is left in the two queues after the redrive. */
  readonly letters: readonly ObservedLetter[];
  /** What had not ended when the campaign stopped waiting, one sentence each. */
  readonly unfinished: readonly string[];
}

export interface ObservedDevice {
  readonly thingName: string;
  /** The version that the device really runs. */
  readonly runs: string;
  /** Whether the device is up and connected, so that it has reported what it runs. */
  readonly reports: boolean;
  /** Attribute `firmwareVersion` in the registry. */
  readonly registry: string | undefined;
  /** What device management knows that it runs. */
  readonly known: string | undefined;
  readonly operations: readonly ObservedOperation[];
  readonly downloads: readonly ObservedDownload[];
  /** Commands that the cloud published to the device. */
  readonly commands: readonly ObservedCommand[];
}

/** One attempt of a job at a device. */
export interface ObservedOperation {
  readonly operationId: string;
  readonly target: string;
  /** Status of the job execution; `DELETED` when the job is deleted. */
  readonly status: string;
  /** What the device ran at the moment in which the job execution became SUCCEEDED. */
  readonly ranAtSuccess?: string;
  readonly workflows: readonly ObservedWorkflow[];
  /** ARN of the execution that claims the operation in the executions table. */
  readonly claimedBy?: string;
  /** States of its commands in the devices table. */
  readonly commandStates: Readonly<Record<string, string>>;
}

export interface ObservedWorkflow {
  readonly arn: string;
  readonly status: string;
  readonly error?: string;
  readonly endedAt?: number;
  /** Whether it found that another execution owns the operation, or nobody. */
  readonly isQuiet: boolean;
  /** What the device ran at its end. */
  readonly ranAtEnd: string;
}

/** A download that the device has begun. */
export interface ObservedDownload {
  readonly commandKey: string;
  readonly at: number;
}

export interface ObservedCommand {
  readonly commandKey: string;
  readonly command: string;
  readonly publishedAt: number;
  /** When the broker drops it. */
  readonly expiresAt?: number;
}

export interface ObservedLetter {
  readonly queue: string;
  readonly body: string;
  readonly cause: string;
  /** Whether the campaign sent it itself. */
  readonly isPoison: boolean;
}

/** An invariant that does not hold. */
export interface Violation {
  readonly invariant: string;
  /** Empty when it is about no device. */
  readonly device: string;
  readonly expected: string;
  readonly seen: string;
}
