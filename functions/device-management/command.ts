import type { Log } from '../shared/log';
import type { PublishMessage } from '../shared/sns-out';
import { publishAnswer } from './answer';
import { type Command, type CurrentCommand, type Device, type Devices, isAnswered, NOT_RECEIVED } from './devices';
import type { DeviceProtocol, Fault, OutgoingMessage } from './protocol';
import type { SendToDevice } from './send';

/** A message of the workflow that asks a device for something. Its task waits for the answer with a token. */
export interface CommandRequest {
  readonly id: string;
  readonly thingName: string;
  readonly firmwareVersion: string;
  readonly token: string;
  readonly executionArn?: string | undefined;
  /** When the workflow began. */
  readonly startedAt?: string | undefined;
  /** When the task began to wait, and for how long it does. */
  readonly enteredAt: string;
  readonly timeLimitSeconds: number;
}

export interface CommandDeps {
  readonly protocols: readonly DeviceProtocol[];
  readonly devices: Devices;
  readonly send: SendToDevice;
  readonly publish: PublishMessage;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The time-out of the functions that send: a sender that has not sent by then is dead. */
export const SENDER_LIFETIME_MS = 20_000;

const REQUEST_IDS: Readonly<Record<Command, string>> = { download: 'FIRMWARE-DOWNLOAD', activate: 'FIRMWARE-ACTIVATE' };
/** @example FIRMWARE-DOWNLOAD@1767225600000 */
const requestIdAt = (command: Command, now: number): string => `${REQUEST_IDS[command]}@${now}`;

/** Reports to the workflow that the device was not asked, and why. */
export const refuse = (
  publish: PublishMessage,
  command: Command,
  { id, thingName, firmwareVersion, executionArn, token }: CommandRequest,
  fault: Fault,
): Promise<void> =>
  publishAnswer(publish, thingName, { operationId: id, command, firmwareVersion, executionArn, fault }, token);

/** Reports that a device runs the firmware: it counts as booted into it. */
export const publishRuns = (
  publish: PublishMessage,
  { id, thingName, firmwareVersion, executionArn }: Omit<CommandRequest, 'token'>,
): Promise<void> => {
  const body = { id, operationId: id, thingName, ...(executionArn !== undefined && { executionArn }) };
  return publish({ name: 'DEVICE_REBOOTED', ...body, status: 'SUCCESS', firmwareVersion });
};

/**
 * Reports that a device runs the firmware without being asked: it counts as booted into it, and as having taken the command.
 * What the device reported decides, not the registry.
 */
export const alreadyRuns = async (
  { publish }: Pick<CommandDeps, 'publish'>,
  command: Command,
  request: CommandRequest,
): Promise<void> => {
  const { id, thingName, firmwareVersion, executionArn, token } = request;
  await publishRuns(publish, request);
  await publishAnswer(publish, thingName, { operationId: id, command, firmwareVersion, executionArn }, token);
};

/** A fault that is not to be tried again. */
const lasting = ({ faultCode, faultString }: Fault): Fault => ({ faultCode, faultString });

/** Until when the task of a request waits, milliseconds since the epoch. */
export const deadlineOf = ({ enteredAt, timeLimitSeconds }: Pick<CommandRequest, 'enteredAt' | 'timeLimitSeconds'>) =>
  Date.parse(enteredAt) + timeLimitSeconds * 1000;

/** For how many seconds the broker may keep a message that is sent for a request: not longer than its task waits, if that is a second. */
export const expiryOf = (request: Pick<CommandRequest, 'enteredAt' | 'timeLimitSeconds'>, now: number): number =>
  Math.max(1, Math.floor((deadlineOf(request) - now) / 1000));

/** What to send for a request. */
export interface CommandMessages {
  /** The command, once it is the device's current one. */
  readonly command: (device: Device, current: CurrentCommand) => OutgoingMessage;
  /** The question whether the device has the command, where its protocol has one. */
  readonly look?: (device: Device) => OutgoingMessage;
}

/**
 * IoT Jobs gives a device one job after the other. A workflow that goes on although its job execution has ended, because it is
 * stopped late, must not come in between.
 */
const SUPERSEDED: Fault = {
  faultCode: 'SUPERSEDED',
  faultString: 'A workflow that began later commands the device.',
};

/** Whether a command may be on its way to the device still: its sender has not had the time to send it, or to die. */
export const isBeingSent = ({ state, askedAt }: Pick<CurrentCommand, 'state' | 'askedAt'>, now: number): boolean =>
  state === 'SENDING' && now - askedAt < SENDER_LIFETIME_MS;

/** A command that is known, and a request that comes again for it. */
interface Repetition {
  readonly device: Device;
  readonly current: CurrentCommand;
  readonly request: CommandRequest;
  readonly messages: CommandMessages;
}

/**
 * A repeated request finds a command that has not been answered. While its sender may be at work, or have died a moment ago, the
 * request fails, so that Lambda delivers it again. Later it is not known whether it was sent, unless that is recorded: then one of
 * the same task changes nothing. The device is asked whether it has the command (message-handler/lost-command.ts).
 * @returns the device, when a sender that died has to be replaced instead, because the device cannot be asked
 * @throws Error while a sender may be at work
 */
const askAboutCommand = async (
  { devices, send, now }: CommandDeps,
  { device, current, request, messages }: Repetition,
  log: Log,
): Promise<Device | undefined> => {
  const { thingName } = request;
  const { command, askedAt, state } = current;
  const what = `The device was asked to ${command} before and has not answered yet`;
  const isOfLaterTask = Date.parse(request.enteredAt) > askedAt;
  if (state === 'SENT' && !isOfLaterTask) return void log.info(what);
  // What a task asked for that has timed out since, the broker no longer delivers.
  if (!isOfLaterTask && isBeingSent(current, now()))
    throw new Error(`Another invocation may be asking ${thingName} to ${command}: try again later.`);
  if (messages.look) {
    await send({ ...messages.look(device), messageExpiry: expiryOf(request, now()) });
    return void log.info(`${what}: asked whether it has the command`);
  }
  if (state === 'SENT') return void log.info(what);
  return devices.takeOver(thingName, current, now(), current.requestId);
};

/**
 * A repeated request finds a command: it is sent again if the device was busy, has shown that the command did not reach it, or
 * cannot be asked about a command whose sender died.
 * @returns the device to send to; undefined when nothing is to be sent
 */
const takeOverFrom = async (deps: CommandDeps, repetition: Repetition, log: Log): Promise<Device | undefined> => {
  const { current, request } = repetition;
  const { thingName, id } = request;
  if (!isAnswered(current)) return askAboutCommand(deps, repetition, log);
  const now = deps.now();
  // A request that may have been sent keeps its id, for a late answer; one that was refused is another.
  const isRefused = current.fault?.faultCode !== NOT_RECEIVED;
  const requestId = isRefused ? requestIdAt(current.command, now) : current.requestId;
  const taken = await deps.devices.takeOver(thingName, current, now, requestId);
  if (!taken)
    throw new Error(`Another invocation is asking ${thingName} to ${current.command} for ${id}: try again later.`);
  return taken;
};

/**
 * Asks a device for something at most once per operation, however often AWS delivers the request. It records the intent first.
 * A repetition sends only what the device was too busy for, or what has not reached it (`takeOverFrom`). A request whose task waits
 * no longer, or whose workflow is over, is dropped, whatever is recorded of it; the broker drops a command that it cannot deliver
 * until then.
 * @throws Error while another invocation may be sending, or takes the command over, and whatever AWS answers
 */
export const askOnce = async (
  deps: CommandDeps,
  request: CommandRequest,
  { command, awaitsBoot }: Pick<CurrentCommand, 'command' | 'awaitsBoot'>,
  messages: CommandMessages,
  log: Log,
): Promise<void> => {
  const { devices, send, publish, now } = deps;
  const { id, thingName, firmwareVersion, token, executionArn, enteredAt, startedAt = enteredAt } = request;
  const askedAt = now();
  const begun = await devices.begin({
    ...{ thingName, operationId: id, firmwareVersion, token, executionArn, command, awaitsBoot, askedAt },
    ...{ startedAt: Date.parse(startedAt), enteredAt: Date.parse(enteredAt) },
    requestId: requestIdAt(command, askedAt),
  });
  if (begun.kind === 'over') return log.warn(`Dropped: the workflow that asks to ${command} is over`);
  if (begun.kind === 'superseded') {
    log.warn(`Not asked to ${command}: a workflow that began later commands the device`);
    return refuse(publish, command, request, SUPERSEDED);
  }
  const { kind, current } = begun;
  const isLate = deadlineOf(request) <= askedAt;
  if (isAnswered(current) && (isLate || !current.fault?.isTemporary)) {
    const { fault } = current;
    return publishAnswer(publish, thingName, { ...current, ...(fault && { fault: lasting(fault) }) }, token);
  }
  if (isLate) return log.warn(`Dropped: the workflow waits no longer for the device to ${command}`);
  const device = kind === 'created' ? begun.device : await takeOverFrom(deps, { ...begun, request, messages }, log);
  if (!device?.current) return;
  await send({ ...messages.command(device, device.current), messageExpiry: expiryOf(request, now()) });
  if (!messages.look) await devices.markSent(thingName, device.current);
  log.info(`Asked the device to ${command} ${firmwareVersion}`);
};
