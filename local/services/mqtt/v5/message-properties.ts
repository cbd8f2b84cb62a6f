import type { IPublishPacket, UserProperties } from 'mqtt-packet';
import type { MessageProperties, MqttMessage, UserProperty } from '../../../core/mqtt';
import { remainingSeconds } from '../message-expiry';

type PublishProperties = NonNullable<IPublishPacket['properties']>;

/** mqtt-packet groups the values of a repeated name, so only the order within a name is kept. */
const pairsOf = (properties: UserProperties): UserProperty[] =>
  Object.entries(properties).flatMap(([name, value]) => [value].flat().map((one): UserProperty => [name, one]));

const grouped = (pairs: readonly UserProperty[]): UserProperties => {
  const properties = new Map<string, string[]>();
  for (const [name, value] of pairs) properties.set(name, [...(properties.get(name) ?? []), value]);
  return Object.fromEntries(properties);
};

/** The properties that a PUBLISH packet or a will passes on to subscribers. */
export const messageProperties = (received: PublishProperties = {}): MessageProperties | undefined => {
  const { payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties } = received;
  const properties: MessageProperties = {
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator }),
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData }),
    ...(userProperties !== undefined && { userProperties: pairsOf(userProperties) }),
  };
  return Object.keys(properties).length > 0 ? properties : undefined;
};

/** The properties of the PUBLISH packet that delivers a message, with what remains of its Message Expiry Interval. */
export const publishProperties = ({ properties = {}, expiresAt }: MqttMessage, now: number): PublishProperties => {
  const { userProperties, ...others } = properties;
  return {
    ...others,
    ...(userProperties && { userProperties: grouped(userProperties) }),
    ...(expiresAt !== undefined && { messageExpiryInterval: remainingSeconds(expiresAt, now) }),
  };
};
