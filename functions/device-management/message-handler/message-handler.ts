import type { Log } from '../../shared/log';
import type { PublishMessage } from '../../shared/sns-out';
import { publishAnswer } from '../answer';
import type { Device, Devices } from '../devices';
import type { SendToDevice } from '../send';
import { type Fault, type Incoming, parseIncoming, UnusableMessageError } from '../usp/incoming';
import { notifyResponse } from '../usp/outgoing';

export interface MessageHandlerDeps {
  readonly controllerId: string;
  readonly devices: Devices;
  readonly send: SendToDevice;
  readonly publish: PublishMessage;
  readonly log: Log;
}

const outcome = (fault: Fault | undefined) =>
  fault ? { status: 'FAIL' as const, ...fault } : { status: 'SUCCESS' as const };

/** The operation that a boot belongs to: the device's running one, which it may name or not; undefined for any other boot. */
const bootOf = (device: Device, operationId: string) =>
  operationId === '' || operationId === device.operationId ? device.operationId : undefined;

/** The running operation, for notifications that come without a command key. */
const operationIdOf = async (devices: Devices, thingName: string, operationId: string) =>
  operationId === '' ? (await devices.read(thingName)).operationId : operationId;

const handle = async ({ devices, publish, log }: MessageHandlerDeps, incoming: Incoming): Promise<void> => {
  const { thingName, fromId, message, topic } = incoming;
  switch (message.kind) {
    case 'connected':
      return devices.connected(
        { thingName, endpointId: fromId, mqttVersion: message.mqttVersion },
        message.subscribedTopic,
      );
    case 'answer': {
      const device = await devices.read(thingName);
      if (device.operationId === undefined || device.msgId !== message.msgId)
        return log.count('UnexpectedAnswers', 'An answer to no pending request', {
          thingName,
          topic,
          msgId: message.msgId,
        });
      const operation = await devices.answered(thingName, device.operationId, message.fault);
      for (const token of operation?.tokens ?? [])
        if (operation) await publishAnswer(publish, thingName, operation, token);
      return;
    }
    case 'transfer-complete':
    case 'operation-complete': {
      const id = await operationIdOf(devices, thingName, message.operationId);
      if (id === undefined)
        return log.count('UncorrelatedEvents', `${message.kind} without an operation`, { thingName, topic });
      const name = message.kind === 'transfer-complete' ? 'FIRMWARE_TRANSFERRED' : 'DOWNLOAD_OPERATION_DONE';
      return publish({ name, id, operationId: id, thingName, ...outcome(message.fault) });
    }
    case 'boot': {
      const id = bootOf(await devices.read(thingName), message.operationId);
      if (id === undefined) return log.info('Boot without a running operation', { thingName, topic });
      const { firmwareUpdated, firmwareVersion } = message;
      return publish({
        name: 'DEVICE_REBOOTED',
        id,
        operationId: id,
        thingName,
        status: firmwareUpdated ? 'SUCCESS' : 'FAIL',
        ...(firmwareVersion !== undefined && { firmwareVersion }),
      });
    }
    case 'other':
      return log.count('UnusedMessages', `Not used: ${message.what}`, { thingName, topic });
  }
};

const whereOf = (event: unknown) => {
  if (typeof event !== 'object' || event === null) return {};
  const { thingName, topic } = event as { thingName?: unknown; topic?: unknown };
  return { thingName, topic };
};

/**
 * Turns what a device says into domain messages. A message that cannot be used is logged with thing and topic, counted and
 * dropped. A Notify is answered after its domain message is out, so that the agent repeats it until then.
 * @throws whatever AWS answers; Lambda tries again
 */
export const handleDeviceMessage =
  (deps: MessageHandlerDeps) =>
  async (event: unknown): Promise<void> => {
    let incoming: Incoming;
    try {
      incoming = parseIncoming(event, deps.controllerId);
    } catch (error) {
      if (!(error instanceof UnusableMessageError)) throw error;
      return deps.log.count('UnusableDeviceMessages', error.message, whereOf(event));
    }
    await handle(deps, incoming);
    if (incoming.receipt === undefined) return;
    const { thingName, fromId: endpointId, topic, receipt } = incoming;
    const mqttVersion = topic.includes('/reply-to=') ? 'V3_1_1' : (await deps.devices.read(thingName)).mqttVersion;
    await deps.send(notifyResponse(deps.controllerId, { thingName, endpointId, mqttVersion }, receipt));
  };
