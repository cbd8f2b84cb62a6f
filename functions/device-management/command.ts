import type { Log } from '../shared/log';
import type { PublishMessage } from '../shared/sns-out';
import { publishAnswer } from './answer';
import { type Command, type Device, type Devices, isAnswered, NOT_RECEIVED, type Operation } from './devices';
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

/** @example FIRMWARE-DOWNLOAD@1767225600000 */
const REQUEST_IDS: Readonly<Record<Command, string>> = { download: 'FIRMWARE-DOWNLOAD', activate: 'FIRMWARE-ACTIVATE' };

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
  /** The command, once the operation is the device's current one. */
  readonly command: (device: Device, operation: Operation) => OutgoingMessage;
  /** The question whether the device has the command, where its protocol has one. */
  readonly look?: (device: Device) => OutgoingMessage | undefined;
}

/**
 * IoT Jobs gives a device one job after the other. A workflow that goes on although its job execution has ended, because it is
 * stopped late, must not come in between.
 */
const SUPERSEDED: Fault = {
  faultCode: 'SUPERSEDED',
  faultString: 'A workflow that began later commands the device.',
};

/**
 * A repeated request finds a command that was sent and has not been answered. One of a task that began to wait after that is the
 * workflow asking again: the device is asked whether it has the command (message-handler/lost-command.ts).
 */
const askAboutCommand = async (
  { devices, send, now }: CommandDeps,
  request: CommandRequest,
  operation: Operation,
  look: CommandMessages['look'],
  log: Log,
): Promise<void> => {
  const what = `The device was asked to ${operation.command} before and has not answered yet`;
  if (Date.parse(request.enteredAt) <= operation.sendingSince) return log.info(what);
  const question = look?.(await devices.read(request.thingName, true));
  if (!question) return log.info(what);
  await send({ ...question, messageExpiry: expiryOf(request, now()) });
  log.info(`${what}: asked whether it has the command`);
};

/**
 * Asks a device for something at most once per operation, however often AWS delivers the request. It records the intent first
 * (SENDING) and the fact afterwards (SENT). A repetition that finds SENT or an answer never sends, unless the device was busy or
 * has shown that the command did not reach it. One that finds a sender at work fails, so that Lambda tries again when that sender
 * has finished or died. A request whose task waits no longer, or whose workflow is over, is dropped, whatever is recorded of it; the
 * broker drops a command that it cannot deliver until then.
 * @throws Error while another invocation is sending, and whatever AWS answers
 */
export const askOnce = async (
  deps: CommandDeps,
  request: CommandRequest,
  { command, awaitsBoot }: Pick<Operation, 'command' | 'awaitsBoot'>,
  messages: CommandMessages,
  log: Log,
): Promise<void> => {
  const { devices, send, publish, now } = deps;
  const { id, thingName, firmwareVersion, token, executionArn } = request;
  const start = {
    ...{ thingName, operationId: id, firmwareVersion, token, executionArn, command, awaitsBoot },
    ...(request.startedAt !== undefined && { startedAt: Date.parse(request.startedAt) }),
    now: now(),
    requestId: `${REQUEST_IDS[command]}@${now()}`,
  };
  const begun = await devices.begin(start);
  let { operation } = begun;
  if (operation.state === 'CLOSED') return log.warn(`Dropped: the workflow that asks to ${command} is over`);
  const isLate = deadlineOf(request) <= start.now;
  if (isAnswered(operation)) {
    const { fault } = operation;
    if (isLate || !fault?.isTemporary)
      return publishAnswer(publish, thingName, { ...operation, ...(fault && { fault: lasting(fault) }) }, token);
  }
  if (isLate) return log.warn(`Dropped: the workflow waits no longer for the device to ${command}`);
  if (!begun.created) {
    if (operation.state === 'SENT') return askAboutCommand(deps, request, operation, messages.look, log);
    // A request that may have been sent keeps its id, for a late answer; one that was refused is another.
    const isRefused = isAnswered(operation) && operation.fault?.faultCode !== NOT_RECEIVED;
    const requestId = isRefused ? start.requestId : operation.requestId;
    const isAbandoned = isAnswered(operation) || start.now - operation.sendingSince >= SENDER_LIFETIME_MS;
    const taken = isAbandoned ? await devices.takeOver(thingName, operation, start.now, requestId) : undefined;
    if (!taken) throw new Error(`Another invocation is asking ${thingName} to ${command} for ${id}: try again later.`);
    operation = taken;
  }
  const device = await devices.makeCurrent(thingName, operation);
  if (!device) {
    log.warn(`Not asked to ${command}: a workflow that began later commands the device`);
    return refuse(publish, command, request, SUPERSEDED);
  }
  await send({ ...messages.command(device, operation), messageExpiry: expiryOf(request, now()) });
  await devices.markSent(thingName, operation);
  log.info(`Asked the device to ${command} ${operation.firmwareVersion}`);
};
