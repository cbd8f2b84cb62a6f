import {
  type IConnackPacket,
  type IDisconnectPacket,
  type IPubackPacket,
  type IPublishPacket,
  type Packet,
  generate,
} from 'mqtt-packet';
import type { ConnectTerms } from './connect-terms';
import { publishProperties } from './message-properties';
import type { Delivery } from './session';
import type { OutboundAliases } from './topic-aliases';

/** A Topic Alias property: its identifier and two bytes. */
const ALIAS_BYTES = 3;
/** Reasons name topics of clients, which may be long. */
const MAX_REASON_CHARACTERS = 300;

/** A packet that tells a client why something is refused. */
export type Refusal = IConnackPacket | IPubackPacket | IDisconnectPacket;

export const encode = (packet: Packet): Buffer => generate(packet, { protocolVersion: 5 });

/**
 * Encodes a packet with a Reason String, unless the client does not want it or the packet would be too large for the client
 * (MQTT 5, 3.14.2.2.3).
 */
export const encodeWithReason = (
  packet: Refusal,
  reason: string,
  { wantsReasons, maximumPacketSize }: Pick<ConnectTerms, 'wantsReasons' | 'maximumPacketSize'>,
): Buffer => {
  if (!wantsReasons) return encode(packet);
  const explained = encode({ ...packet, properties: { reasonString: reason.slice(0, MAX_REASON_CHARACTERS) } });
  return explained.length > maximumPacketSize ? encode(packet) : explained;
};

/** The PUBLISH packet that delivers a message, or undefined when it is too large for the client (MQTT 5, 3.1.2.11.4). */
export const encodeDelivery = (
  { message, qos, retain }: Delivery,
  { messageId, now, aliases }: { readonly messageId?: number; readonly now: number; readonly aliases: OutboundAliases },
  { maximumPacketSize, topicAliasMaximum }: Pick<ConnectTerms, 'maximumPacketSize' | 'topicAliasMaximum'>,
): Buffer | undefined => {
  const properties = publishProperties(message, now);
  const packet: IPublishPacket = {
    ...{ cmd: 'publish', qos, retain, dup: false, topic: message.topic, payload: message.payload, properties },
    ...(messageId !== undefined && { messageId }),
  };
  const plain = encode(packet);
  if (topicAliasMaximum === 0) return plain.length > maximumPacketSize ? undefined : plain;
  if (plain.length + ALIAS_BYTES > maximumPacketSize) return undefined;
  const { topic, topicAlias } = aliases.aliasFor(message.topic);
  return topicAlias === undefined ? plain : encode({ ...packet, topic, properties: { ...properties, topicAlias } });
};
