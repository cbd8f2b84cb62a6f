import type { Log } from '../shared/log';
import type { PublishMessage } from '../shared/sns-out';
import { publishAnswer } from './answer';
import { type Command, type Device, type Devices, isAnswered, type Operation } from './devices';
import type { DeviceProtocol, Fault, OutgoingMessage } from './protocol';
import type { SendToDevice } from './send';

/** A message of the workflow that asks a device for something, and waits with a token for the answer. */
export interface Wanted {
  readonly id: string;
  readonly thingName: string;
  readonly firmwareVersion: string;
  readonly token: string;
  readonly executionArn?: string | undefined;
}

export interface CommandDeps {
  readonly protocols: readonly DeviceProtocol[];
  readonly devices: Devices;
  readonly send: SendToDevice;
  readonly publish: PublishMessage;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A sender that has not sent after its function's time-out of 60 s is dead. */
const SENDER_LIFETIME_MS = 60_000;

/** @example FIRMWARE-DOWNLOAD@1767225600000 */
const REQUEST_IDS: Readonly<Record<Command, string>> = { download: 'FIRMWARE-DOWNLOAD', activate: 'FIRMWARE-ACTIVATE' };

/** Tells the workflow that the device was not asked, and why. */
export const refuse = (publish: PublishMessage, command: Command, wanted: Wanted, fault: Fault): Promise<void> =>
  publishAnswer(
    publish,
    wanted.thingName,
    {
      operationId: wanted.id,
      command,
      firmwareVersion: wanted.firmwareVersion,
      fault,
      ...(wanted.executionArn !== undefined && { executionArn: wanted.executionArn }),
    },
    wanted.token,
  );

/**
 * Asks a device for something at most once per operation, however often the request is delivered. The intent is recorded
 * first (SENDING), the fact afterwards (SENT). A repetition that finds SENT or an answer never sends; one that finds a sender at
 * work fails, so that Lambda tries again when the sender is done or dead.
 * @param messageOf what to send, once the operation is the device's running one
 * @throws Error when another invocation is at it, and whatever AWS answers
 */
export const askOnce = async (
  { devices, send, publish, now }: CommandDeps,
  wanted: Wanted,
  { command, awaitsBoot }: Pick<Operation, 'command' | 'awaitsBoot'>,
  messageOf: (device: Device, operation: Operation) => OutgoingMessage,
  log: Log,
): Promise<void> => {
  const { id, thingName, firmwareVersion, token, executionArn } = wanted;
  const start = {
    ...{ thingName, operationId: id, firmwareVersion, token, executionArn, command, awaitsBoot },
    now: now(),
    requestId: `${REQUEST_IDS[command]}@${now()}`,
  };
  const { mine, operation } = await devices.begin(start);
  if (!mine) {
    if (isAnswered(operation)) return publishAnswer(publish, thingName, operation, token);
    if (operation.state === 'SENT')
      return log.info(`The device was asked to ${command} already, the answer is awaited`);
    const abandoned = start.now - operation.sendingSince >= SENDER_LIFETIME_MS;
    if (!abandoned || !(await devices.takeOver(thingName, operation, start.now)))
      throw new Error(`Another invocation is asking ${thingName} to ${command} for ${id}: try again later.`);
  }
  const device = await devices.run(thingName, operation);
  await send(messageOf(device, operation));
  await devices.sent(thingName, operation);
  log.info(`Asked the device to ${command} ${operation.firmwareVersion}`);
};
