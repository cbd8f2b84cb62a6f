import * as v from 'valibot';
import type { Facts, Fault, KnownDevice } from './protocol';

const faultSchema = v.object({
  faultCode: v.string(),
  faultString: v.string(),
  isTemporary: v.optional(v.boolean()),
});
const commandSchema = v.picklist(['download', 'activate']);
/** What is kept of a command in its own item and in the device's. */
const base = {
  operationId: v.string(),
  command: commandSchema,
  requestId: v.string(),
  firmwareVersion: v.string(),
  awaitsBoot: v.boolean(),
  executionArn: v.optional(v.string()),
  /** When the workflow began, milliseconds since the epoch. */
  startedAt: v.optional(v.number()),
};
export const operationSchema = v.object({
  ...base,
  state: v.picklist(['SENDING', 'SENT', 'STARTED', 'REFUSED', 'CLOSED']),
  sendingSince: v.number(),
  tokens: v.optional(
    v.pipe(
      v.set(v.string()),
      v.transform((tokens) => [...tokens]),
    ),
    new Set<string>(),
  ),
  fault: v.optional(faultSchema),
});
const bootSchema = v.object({
  /** Empty when the boot names no operation. */
  operationId: v.string(),
  firmwareUpdated: v.boolean(),
  firmwareVersion: v.optional(v.string()),
  unreadableVersion: v.optional(v.string()),
  receivedAt: v.number(),
});
export const currentSchema = v.object({
  ...base,
  askedAt: v.number(),
  downloadedAt: v.optional(v.number()),
  boot: v.optional(bootSchema),
  isOver: v.optional(v.boolean()),
});

/** What a device can be asked for. */
export type Command = v.InferOutput<typeof commandSchema>;

/**
 * A command that a device is asked for once. `tokens`: every task that waits for the answer, as a repeated request may carry a
 * newer one. `awaitsBoot`: a boot into the firmware follows. `sendingSince`: milliseconds since the epoch. `CLOSED`: the workflow
 * is over, and the command must not be sent any more.
 */
export type Operation = Readonly<v.InferOutput<typeof operationSchema>>;

/** Whether the device accepted or refused the command, or showed that it did. */
export const isAnswered = ({ state }: Pick<Operation, 'state'>): boolean => state === 'STARTED' || state === 'REFUSED';

/** The fault of a command that did not reach the device. */
export const NOT_RECEIVED = 'NOT_RECEIVED';

/** Whether the device may still show that it has begun: it has not answered, or the command was taken for lost. */
export const isUnanswered = (operation: Operation | undefined): operation is Operation =>
  operation !== undefined &&
  (operation.state === 'SENDING' ||
    operation.state === 'SENT' ||
    (operation.state === 'REFUSED' && operation.fault?.faultCode === NOT_RECEIVED));

export type OperationStart = Omit<Operation, 'state' | 'sendingSince' | 'tokens' | 'fault'> & {
  readonly thingName: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** A boot as the device reports it. `receivedAt`: when the broker received the report, milliseconds since the epoch. */
export type Boot = Readonly<v.InferOutput<typeof bootSchema>>;

/**
 * The command that the device was asked for last: its answers and events are about this. Times are milliseconds since the
 * epoch. `askedAt`: before the request was sent. `downloadedAt`: when the broker received the first report that the firmware
 * is on the device. `boot`: the last boot that did not decide the outcome, but may turn out to. `isOver`: the workflow has ended
 * without success, and nobody waits for an outcome.
 */
export type CurrentCommand = Readonly<v.InferOutput<typeof currentSchema>>;

export const awaitedSchema = v.object({ token: v.string(), until: v.number(), executionArn: v.optional(v.string()) });

/** A task of the workflow that waits for the device's connection until a time, milliseconds since the epoch. */
export type Awaited = Readonly<v.InferOutput<typeof awaitedSchema>>;

/** What the domain knows of a device. */
export interface Device extends KnownDevice {
  readonly current?: CurrentCommand;
  /** When the broker received the message that each fact is of, milliseconds since the epoch. */
  readonly learntAt: Readonly<Record<string, number>>;
  /** Tasks that wait for its connection, by operation. */
  readonly awaited?: Readonly<Record<string, Awaited>>;
}

/** The facts that are not known from a message that the broker received later. */
export const latestOf = (facts: Facts, { learntAt }: Device, receivedAt: number): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => (learntAt[name] ?? 0) <= receivedAt));

/**
 * The devices table: one item per device, and one per command of an operation. Both are needed: a request that AWS delivers
 * again must find its command long after the device has moved on to a newer one.
 */
export interface Devices {
  /** Records the intent to send, once. @returns whether this call created it and has to send, and the operation */
  begin(start: OperationStart): Promise<{ readonly created: boolean; readonly operation: Operation }>;
  /**
   * Takes over an operation whose sender died before it sent, or whose device was busy.
   * @returns the operation, to be sent again; undefined when another sender took it over
   */
  takeOver(thingName: string, operation: Operation, now: number, requestId: string): Promise<Operation | undefined>;
  /** @returns the device; undefined when a workflow that began later has asked it for something */
  makeCurrent(thingName: string, operation: Operation): Promise<Device | undefined>;
  markSent(thingName: string, operation: Operation): Promise<void>;
  /** @param latest sees what was written a moment ago, at twice the read units */
  read(thingName: string, latest: boolean): Promise<Device>;
  /** Keeps a task that waits for the device's connection; a newer one of the same operation replaces it. @returns the device */
  awaitConnection(thingName: string, operationId: string, awaited: Awaited): Promise<Device>;
  /** Remembers when a client connected that is known as a device. @returns the device; undefined when it is not known */
  notePresence(thingName: string, receivedAt: number): Promise<Device | undefined>;
  /** Forgets tasks that waited for the device's connection. */
  forgetAwaited(thingName: string, operationIds: readonly string[]): Promise<void>;
  /**
   * Remembers facts, except those that are known from a message that the broker received later; an empty text forgets one.
   * @param receivedAt milliseconds since the epoch
   * @returns the device
   */
  learn(thingName: string, facts: Facts, receivedAt: number): Promise<Device>;
  /** Keeps the earliest report that the firmware is on the device. @returns the device; undefined when an earlier one is kept */
  markDownloaded(thingName: string, operationId: string, receivedAt: number): Promise<Device | undefined>;
  /** Keeps the latest boot. @returns the device; undefined when a later one is kept */
  keepBoot(thingName: string, operationId: string, boot: Boot): Promise<Device | undefined>;
  /**
   * Closes the commands of an operation and of its further orders, sent or not, and the current command if it is one of them.
   * @returns the device; undefined when it has another current command
   */
  close(thingName: string, operationId: string, now: number): Promise<Device | undefined>;
  /** Whether the device was asked for something by this operation, however long ago. */
  knowsOperation(thingName: string, operationId: string): Promise<boolean>;
  /** @param latest sees what was written a moment ago, at twice the read units */
  readCommand(thingName: string, current: CurrentCommand, latest: boolean): Promise<Operation | undefined>;
  /** Records that a command did not reach the device, unless it has been answered or taken over since it was read. */
  markLost(thingName: string, operation: Operation, fault: Fault): Promise<void>;
  /**
   * Records the device's answer. One that has begun the command does not refuse it any more, and a closed command stays closed.
   * @returns the operation; undefined when it is deleted or closed, or has begun and is refused
   */
  recordAnswer(thingName: string, current: CurrentCommand, fault: Fault | undefined): Promise<Operation | undefined>;
}
