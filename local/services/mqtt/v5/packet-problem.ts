import type { Packet } from 'mqtt-packet';
import { type Problem, REASON } from '../reason-codes';
import { MAXIMUM_PACKET_SIZE } from './connect-terms';

/** How mqtt-packet marks a value that goes beyond its packet. */
const CUT_OFF: readonly unknown[] = [null, undefined, -1];

const protocolError = (message: string): Problem => ({ reasonCode: REASON.protocolError, message });
const malformed = (message: string): Problem => ({ reasonCode: REASON.malformedPacket, message });

/** User Property is the only property that may be repeated (MQTT 5, 2.2.2.2). */
const propertiesProblem = (packet: Packet): Problem | undefined => {
  if (!('properties' in packet) || packet.properties === undefined) return undefined;
  const { userProperties = {}, ...others } = packet.properties;
  for (const [name, value] of Object.entries<unknown>(others)) {
    if (Array.isArray(value)) return protocolError(`property ${name} is repeated`);
    if (CUT_OFF.includes(value)) return malformed(`property ${name} is cut off`);
  }
  if (Object.values<unknown>(userProperties).flat().includes(null)) return malformed('a user property is cut off');
  return undefined;
};

const needsId = (packet: Packet): boolean =>
  packet.cmd === 'publish' ? packet.qos > 0 : ['puback', 'subscribe', 'unsubscribe'].includes(packet.cmd);

/** A SUBSCRIBE or UNSUBSCRIBE packet needs a topic filter [MQTT-3.8.3-2, MQTT-3.10.3-2]. */
const hasNoFilter = (packet: Packet): boolean =>
  (packet.cmd === 'subscribe' && packet.subscriptions.length === 0) ||
  (packet.cmd === 'unsubscribe' && packet.unsubscriptions.length === 0);

/** What is wrong with the form of a packet, or undefined: mqtt-packet does not refuse all that the standard forbids. */
export const packetProblem = (packet: Packet): Problem | undefined => {
  const { length = 0, messageId = 0 } = packet;
  if (length > MAXIMUM_PACKET_SIZE)
    return {
      reasonCode: REASON.packetTooLarge,
      message: `a packet has ${length} bytes, the limit is ${MAXIMUM_PACKET_SIZE}`,
    };
  if (needsId(packet) && messageId < 1) return protocolError('the packet identifier is 0 [MQTT-2.2.1-3]');
  if (hasNoFilter(packet)) return protocolError(`the ${packet.cmd.toUpperCase()} packet has no topic filter`);
  return propertiesProblem(packet);
};
