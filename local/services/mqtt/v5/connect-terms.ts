import type { IConnackPacket, IConnectPacket } from 'mqtt-packet';
import { type Problem, REASON } from '../reason-codes';

/** AWS IoT Core message broker and protocol limits and quotas (https://docs.aws.amazon.com/general/latest/gr/iot-core.html). */
export const TOPIC_ALIAS_MAXIMUM = 8;
export const MAXIMUM_PACKET_SIZE = 146 * 1024;
/** Unacknowledged QoS 1 messages in either direction. */
const RECEIVE_MAXIMUM = 100;
const KEEP_ALIVE_SECONDS = { least: 30, most: 1200 };
/** The default of the adjustable quota "persistent session expiry period". */
const SESSION_EXPIRY_SECONDS = 3600;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** What applies to one connection: what the client asks for, within the limits of AWS IoT Core. */
export interface ConnectTerms {
  readonly keepAliveSeconds: number;
  readonly sessionExpirySeconds: number;
  /** How many QoS 1 messages the client takes before it acknowledges one. */
  readonly receiveMaximum: number;
  /** The highest topic alias that the client takes. */
  readonly topicAliasMaximum: number;
  /** In bytes, of a packet to the client. */
  readonly maximumPacketSize: number;
  /** Whether the client wants Reason Strings. */
  readonly wantsReasons: boolean;
}

export const sessionExpiry = (requestedSeconds: number): number => Math.min(requestedSeconds, SESSION_EXPIRY_SECONDS);

/** 0 and more than the most mean the most (AWS IoT Core quotas, connection inactivity). */
const keepAlive = (requested: number) =>
  requested === 0 || requested > KEEP_ALIVE_SECONDS.most
    ? KEEP_ALIVE_SECONDS.most
    : Math.max(requested, KEEP_ALIVE_SECONDS.least);

export const connectTerms = ({ keepalive = 0, properties = {} }: IConnectPacket): ConnectTerms => ({
  keepAliveSeconds: keepAlive(keepalive),
  sessionExpirySeconds: sessionExpiry(properties.sessionExpiryInterval ?? 0),
  receiveMaximum: Math.min(properties.receiveMaximum ?? RECEIVE_MAXIMUM, RECEIVE_MAXIMUM),
  topicAliasMaximum: Math.min(properties.topicAliasMaximum ?? 0, TOPIC_ALIAS_MAXIMUM),
  // 0 is refused: see below.
  maximumPacketSize: properties.maximumPacketSize || UNLIMITED,
  wantsReasons: properties.requestProblemInformation ?? true,
});

/** What the standard forbids in the properties of a CONNECT packet (MQTT 5, 3.1.2.11), or undefined. */
export const connectPropertiesProblem = ({ properties = {} }: IConnectPacket): Problem | undefined => {
  if (properties.receiveMaximum === 0 || properties.maximumPacketSize === 0)
    return { reasonCode: REASON.protocolError, message: 'Receive Maximum and Maximum Packet Size must not be 0' };
  if (properties.authenticationMethod !== undefined)
    return { reasonCode: REASON.badAuthenticationMethod, message: 'AWS IoT does not support AUTH packets' };
  return undefined;
};

/** The CONNACK packet that accepts a client: adjusted values are those that differ from what it asked for. */
export const acceptance = (
  { clientId, keepalive = 0, properties = {} }: IConnectPacket,
  terms: ConnectTerms,
  { assignedId, sessionPresent }: { readonly assignedId: string; readonly sessionPresent: boolean },
): IConnackPacket => ({
  cmd: 'connack',
  reasonCode: REASON.success,
  sessionPresent,
  properties: {
    ...((properties.sessionExpiryInterval ?? 0) !== terms.sessionExpirySeconds && {
      sessionExpiryInterval: terms.sessionExpirySeconds,
    }),
    receiveMaximum: RECEIVE_MAXIMUM,
    maximumQoS: 1,
    retainAvailable: true,
    maximumPacketSize: MAXIMUM_PACKET_SIZE,
    ...(clientId === '' && { assignedClientIdentifier: assignedId }),
    topicAliasMaximum: TOPIC_ALIAS_MAXIMUM,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifiersAvailable: false,
    // AWS IoT Core has shared subscriptions; local mode does not emulate them.
    sharedSubscriptionAvailable: false,
    ...(keepalive !== terms.keepAliveSeconds && { serverKeepAlive: terms.keepAliveSeconds }),
  },
});
