import type { DeviceProtocol, Incoming, KnownDevice } from '../protocol';
import { type NotifyReceipt, parseIncoming, saysMqtt311 } from './incoming';
import { activateMessage, addressOf, type AgentAddress, downloadMessage, notifyResponse } from './outgoing';
import { downloadsMessage, followUpMessages, inventoryMessage, setupMessage } from './reachability';

/** TR-369 (USP) over MQTT. @param controllerId the controller's endpoint id */
export const uspProtocol = (controllerId: string): DeviceProtocol => ({
  name: 'usp',
  senderFact: 'endpointId',
  ensureReachable: (device, now) => [setupMessage(controllerId, device, now)],
  askVersion: (device, now) => inventoryMessage(controllerId, device, now),
  askDownloads: (device, now) => downloadsMessage(controllerId, device, now),
  startDownload: (device, request) => downloadMessage(controllerId, device, request),
  activate: (device, request) => activateMessage(controllerId, device, request),
  interpret: (event): Incoming => {
    const {
      thingName,
      topic,
      fromId,
      message,
      learnt,
      receipt,
      followUp,
      isReady = false,
    } = parseIncoming(event, controllerId);
    const receiptTo = (mqttVersion: AgentAddress['mqttVersion'], to: NotifyReceipt) =>
      notifyResponse(controllerId, { thingName, endpointId: fromId, mqttVersion }, to);
    const isMqtt311 = saysMqtt311(topic);
    return {
      ...{ thingName, sender: fromId, message, isReady },
      ...(learnt && { learnt }),
      ...(receipt && isMqtt311 && { receipts: [receiptTo('V3_1_1', receipt)] }),
      ...((followUp || (receipt && !isMqtt311)) && {
        replies: (device: KnownDevice) => [
          ...(followUp ? followUpMessages(controllerId, device, followUp) : []),
          ...(receipt && !isMqtt311 ? [receiptTo(addressOf(device).mqttVersion, receipt)] : []),
        ],
      }),
    };
  },
});
