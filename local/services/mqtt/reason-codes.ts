/**
 * Reason codes (MQTT 5, 2.4). AWS IoT Core documents all of them (MQTT, "MQTT reason codes",
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html) except 0x04, 0x8C, 0x95 and 0x9E, which are the standard's.
 */
export const REASON = {
  success: 0x00,
  disconnectWithWill: 0x04,
  malformedPacket: 0x81,
  protocolError: 0x82,
  clientIdNotValid: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  qosNotSupported: 0x9b,
  sharedSubscriptionsNotSupported: 0x9e,
  subscriptionIdentifiersNotSupported: 0xa1,
} as const;

export type ReasonCode = (typeof REASON)[keyof typeof REASON];

/** Why the broker refuses something. */
export interface Problem {
  readonly message: string;
  /** What an MQTT 5 client is told; MQTT 3.1.1 has no such codes. */
  readonly reasonCode: ReasonCode;
}
