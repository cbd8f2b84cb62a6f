import type { DeviceProtocol, Incoming } from '../protocol';
import { parseIncoming, saysMqtt311 } from './incoming';
import { activateMessage, addressOf, downloadMessage, notifyResponse } from './outgoing';
import { ensureOneByOne, ensureReachable, inventoryMessage } from './reachability';

/** TR-369 (USP) over MQTT. @param controllerId the controller's endpoint id */
export const uspProtocol = (controllerId: string): DeviceProtocol => ({
  name: 'usp',
  senderOf: ({ facts }) => facts['endpointId'],
  ensureReachable: (device, now) => ensureReachable(controllerId, device, now),
  askVersion: (device, now) => inventoryMessage(controllerId, device, now),
  startDownload: (device, request) => downloadMessage(controllerId, device, request),
  activate: (device, request) => activateMessage(controllerId, device, request),
  interpret: (event): Incoming => {
    const { thingName, topic, fromId, message, learnt, receipt } = parseIncoming(event, controllerId);
    return {
      thingName,
      sender: fromId,
      message:
        message.kind === 'refused-all'
          ? { kind: 'subscriptions-refused', requests: (device) => ensureOneByOne(controllerId, device, message.msgId) }
          : message,
      ...(learnt && { learnt }),
      ...(receipt && {
        receipt: (device) => {
          const mqttVersion = saysMqtt311(topic) ? 'V3_1_1' : addressOf(device).mqttVersion;
          return notifyResponse(controllerId, { thingName, endpointId: fromId, mqttVersion }, receipt);
        },
      }),
    };
  },
});
