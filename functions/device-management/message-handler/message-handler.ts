import type { Log } from '../../shared/log';
import type { LatencyMetric } from '../../shared/metrics';
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
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const outcome = (fault: Fault | undefined) =>
  fault ? { status: 'FAIL' as const, ...fault } : { status: 'SUCCESS' as const };

/** The operation that a boot belongs to: the device's running one, which it may name or not; undefined for any other boot. */
const bootOf = (device: Device, operationId: string) =>
  operationId === '' || operationId === device.operationId ? device.operationId : undefined;

/** Fields of a message about an operation; the execution is known for the running one. */
const about = (device: Device, id: string) => ({
  id,
  operationId: id,
  thingName: device.thingName,
  ...(id === device.operationId && device.executionArn !== undefined && { executionArn: device.executionArn }),
});

const handle = async (deps: MessageHandlerDeps, incoming: Incoming, device: Device, log: Log): Promise<void> => {
  const { devices, publish, now } = deps;
  const { thingName, message } = incoming;
  /** Seconds since the running operation was asked for. */
  const took = (metric: LatencyMetric, id: string) => {
    if (id === device.operationId && device.askedAt !== undefined)
      log.measure({ [metric]: (now() - device.askedAt) / 1000 }, `Device tells of ${message.kind}`);
  };
  switch (message.kind) {
    case 'connected':
      return devices.connected(
        { thingName, endpointId: incoming.fromId, mqttVersion: message.mqttVersion },
        message.subscribedTopic,
      );
    case 'answer': {
      if (device.operationId === undefined || device.msgId !== message.msgId)
        return log.count('UnexpectedAnswers', 'An answer to no pending request', { msgId: message.msgId });
      const operation = await devices.answered(thingName, device.operationId, message.fault);
      for (const token of operation?.tokens ?? [])
        if (operation) await publishAnswer(publish, thingName, operation, token);
      return took('DownloadStartSeconds', device.operationId);
    }
    case 'transfer-complete':
    case 'operation-complete': {
      // Without a command key it is the running operation's.
      const id = message.operationId === '' ? device.operationId : message.operationId;
      if (id === undefined) return log.count('UncorrelatedEvents', `${message.kind} without an operation`);
      const [name, metric] =
        message.kind === 'transfer-complete'
          ? (['FIRMWARE_TRANSFERRED', 'TransferSeconds'] as const)
          : (['DOWNLOAD_OPERATION_DONE', 'OperationSeconds'] as const);
      await publish({ name, ...about(device, id), ...outcome(message.fault) });
      return took(metric, id);
    }
    case 'boot': {
      const id = bootOf(device, message.operationId);
      if (id === undefined) return log.info('Boot without a running operation');
      const { firmwareUpdated, firmwareVersion } = message;
      await publish({
        name: 'DEVICE_REBOOTED',
        ...about(device, id),
        status: firmwareUpdated ? 'SUCCESS' : 'FAIL',
        ...(firmwareVersion !== undefined && { firmwareVersion }),
      });
      return took('RebootSeconds', id);
    }
    case 'other':
      return log.count('UnusedMessages', `Not used: ${message.what}`);
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
    const { thingName, fromId: endpointId, topic, receipt } = incoming;
    const device = await deps.devices.read(thingName);
    const log = deps.log.with({ jobId: device.operationId, thingName, executionArn: device.executionArn, topic });
    await handle(deps, incoming, device, log);
    if (receipt === undefined) return;
    const mqttVersion = topic.includes('/reply-to=') ? 'V3_1_1' : device.mqttVersion;
    await deps.send(notifyResponse(deps.controllerId, { thingName, endpointId, mqttVersion }, receipt));
  };
