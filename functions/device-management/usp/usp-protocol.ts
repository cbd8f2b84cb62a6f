import type { DeviceProtocol, Incoming, KnownDevice } from '../protocol';
import { parseIncoming, saysMqtt311 } from './incoming';
import { activateMessage, addressOf, downloadMessage, notifyResponse } from './outgoing';
import { downloadsMessage, followUpMessages, inventoryMessage, setupMessage } from './reachability';

/** TR-369 (USP) over MQTT. @param controllerId the controller's endpoint id */
export const uspProtocol = (controllerId: string): DeviceProtocol => ({
  name: 'usp',
  senderOf: ({ facts }) => facts['endpointId'],
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
    const receiptFor = (device: KnownDevice) => {
      if (!receipt) return [];
      const mqttVersion = saysMqtt311(topic) ? 'V3_1_1' : addressOf(device).mqttVersion;
      return [notifyResponse(controllerId, { thingName, endpointId: fromId, mqttVersion }, receipt)];
    };
    return {
      ...{ thingName, sender: fromId, message, isReady },
      ...(learnt && { learnt }),
      ...((followUp || receipt) && {
        replies: (device: KnownDevice) => [
          ...(followUp ? followUpMessages(controllerId, device, followUp) : []),
          ...receiptFor(device),
        ],
      }),
    };
  },
});
