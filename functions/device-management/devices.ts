import * as v from 'valibot';
import type { Facts, Fault, KnownDevice } from './protocol';

const faultSchema = v.object({
  faultCode: v.string(),
  faultString: v.string(),
  isTemporary: v.optional(v.boolean()),
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
  operationId: v.string(),
  command: v.picklist(['download', 'activate']),
  requestId: v.string(),
  firmwareVersion: v.string(),
  awaitsBoot: v.boolean(),
  executionArn: v.optional(v.string()),
  startedAt: v.number(),
  enteredAt: v.number(),
  state: v.picklist(['SENDING', 'SENT', 'STARTED', 'REFUSED']),
  askedAt: v.number(),
  tokens: v.pipe(
    v.array(v.string()),
    v.transform((tokens) => [...new Set(tokens)]),
  ),
  fault: v.optional(faultSchema),
  boot: v.optional(bootSchema),
  reached: v.optional(v.object({ at: v.number(), by: v.string() })),
  isOver: v.optional(v.boolean()),
});

/**
 * The command that a device was asked for last: its answers and events are about this. Times are milliseconds since the epoch.
 * - `awaitsBoot`: a boot into the firmware follows.
 * - `startedAt`, `enteredAt`: when the workflow began, and when the last task that asks for it began to wait.
 * - `state`: `SENT` only where the protocol cannot ask a device whether it has a command (`DeviceProtocol.askDownloads`).
 * - `askedAt`: before the request was sent.
 * - `tokens`: every task that waits for the answer, as a repeated request may carry a newer one.
 * - `boot`: the last boot that did not decide the outcome, but may turn out to.
 * - `reached`: when the broker received the first report that the device runs the target, and what tells that report from others.
 * - `isOver`: the workflow has ended without success, and nobody waits for an outcome.
 */
export type CurrentCommand = Readonly<v.InferOutput<typeof currentSchema>>;

/** What a device can be asked for. */
export type Command = CurrentCommand['command'];

/** Whether the device accepted or refused the command, or showed that it did. */
export const isAnswered = ({ state }: Pick<CurrentCommand, 'state'>): boolean =>
  state === 'STARTED' || state === 'REFUSED';

/** The fault of a command that did not reach the device. */
export const NOT_RECEIVED = 'NOT_RECEIVED';

/** Whether the device may still show that it has begun: it has not answered, or the command was taken for lost. */
export const isUnanswered = ({ state, fault }: Pick<CurrentCommand, 'state' | 'fault'>): boolean =>
  state === 'SENDING' || state === 'SENT' || (state === 'REFUSED' && fault?.faultCode === NOT_RECEIVED);

/** A command to be begun. */
export type CommandStart = Omit<
  CurrentCommand,
  'state' | 'tokens' | 'fault' | 'boot' | 'reached' | 'isOver' | 'executionArn'
> & {
  readonly thingName: string;
  readonly token: string;
  readonly executionArn?: string | undefined;
};

/**
 * What came of the intent to ask a device: this call has to send (`created`), the command is known (`repeated`), a later one has
 * been begun (`superseded`), or the workflow is over.
 */
export type Begun =
  | { readonly kind: 'created' | 'repeated'; readonly device: Device; readonly current: CurrentCommand }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'over' };

/** A boot as the device reports it. `receivedAt`: when the broker received the report, milliseconds since the epoch. */
export type Boot = Readonly<v.InferOutput<typeof bootSchema>>;

/** Who says that it sent a message: the fact that is the device's name, and the name of the message. */
export interface Sender {
  readonly fact: string;
  readonly name: string;
}

/** A report that a device runs the target of its current command. Times are milliseconds since the epoch. */
export interface TargetReport {
  readonly thingName: string;
  readonly firmwareVersion: string;
  /** All that the message tells, the version among them. */
  readonly facts: Facts;
  readonly receivedAt: number;
  /** When the device was asked, else when the broker received its report. */
  readonly asOf: number;
  /** Tells the report from others; it comes again with the same. */
  readonly id: string;
  /** The operation that the report names; empty for none. */
  readonly operationId: string;
  readonly sender?: Sender | undefined;
}

export const awaitedSchema = v.object({ token: v.string(), until: v.number(), executionArn: v.optional(v.string()) });

/** A task of the workflow that waits for the device's connection until a time, milliseconds since the epoch. */
export type Awaited = Readonly<v.InferOutput<typeof awaitedSchema>>;

/** What the domain knows of a device. */
export interface Device extends KnownDevice {
  readonly current?: CurrentCommand;
  /** The operation of the command before the current one; empty when there was none. */
  readonly previousOperationId?: string;
  /** When the broker received the message that each fact is of, milliseconds since the epoch. */
  readonly learntAt: Readonly<Record<string, number>>;
  /** Operations whose workflow ended without success, since when, milliseconds since the epoch. */
  readonly over?: Readonly<Record<string, number>>;
  /** Tasks that wait for its connection, by operation. */
  readonly awaited?: Readonly<Record<string, Awaited>>;
}

/** The facts that are not known from a message that the broker received later. */
export const latestOf = (facts: Facts, { learntAt }: Device, receivedAt: number): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => (learntAt[name] ?? 0) <= receivedAt));

/** Whether something was written, and the device: afterwards, or as it is. */
export interface Outcome {
  readonly isDone: boolean;
  readonly device: Device;
}

/** Whether a message may be the device's: it bears the name that the device gave when it connected, or none is known. */
export const isFrom = ({ facts }: Pick<Device, 'facts'>, sender: Sender | undefined): boolean =>
  sender === undefined || facts[sender.fact] === undefined || facts[sender.fact] === sender.name;

/**
 * The devices table: one item per device. A request that AWS delivers again is recognized by the command of its operation, or by
 * when its workflow and its task began: one that is older than the current command is not begun any more.
 */
export interface Devices {
  /** Makes a command the current one of its device, before it is sent. */
  begin(start: CommandStart): Promise<Begun>;
  /**
   * Takes over a command whose sender died before it sent, or whose device was busy.
   * @param known the command as it was read
   * @returns the device, to be asked again; undefined when another sender took it over
   */
  takeOver(thingName: string, known: CurrentCommand, now: number, requestId: string): Promise<Device | undefined>;
  markSent(thingName: string, known: CurrentCommand): Promise<void>;
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
  /**
   * Remembers the first report that the device runs the target of its current command, with the facts of the message. Nothing is
   * remembered when it is not the first, not about the current command, not the device's, or older than what is known.
   */
  reach(report: TargetReport): Promise<Outcome>;
  /** Keeps the latest boot. @returns the device; undefined when a later one is kept */
  keepBoot(thingName: string, operationId: string, boot: Boot): Promise<Device | undefined>;
  /** The workflow is over: no command of the attempt, or of its further orders, is begun or sent any more. @returns the device */
  close(thingName: string, attempt: string, now: number): Promise<Device>;
  /** Records that a command did not reach the device, unless it has been answered or taken over since it was read. */
  markLost(thingName: string, known: CurrentCommand, fault: Fault): Promise<void>;
  /**
   * Records the device's answer to its current command. Nothing is recorded of another command, of another sender, for a workflow
   * that is over, or when a command is refused that has begun.
   */
  recordAnswer(thingName: string, requestId: string, fault: Fault | undefined, sender?: Sender): Promise<Outcome>;
}
