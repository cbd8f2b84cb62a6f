import type { IPublishPacket } from 'mqtt-packet';
import { publishProblem } from '../limits';
import { expiryOf } from '../message-expiry';
import { type Problem, REASON, type ReasonCode } from '../reason-codes';
import type { Connection, Context } from './context';
import { clientError } from './endings';
import { messageProperties } from './message-properties';

/** What a PUBACK can say; other problems end the connection (AWS IoT Core developer guide, MQTT reason codes). */
const PUBACK_CODES: readonly ReasonCode[] = [REASON.notAuthorized, REASON.topicNameInvalid, REASON.quotaExceeded];

const protocolProblem = ({ properties = {} }: IPublishPacket): Problem | undefined => {
  if (properties.subscriptionIdentifier !== undefined)
    return { reasonCode: REASON.protocolError, message: 'only a broker sends subscription identifiers' };
  if (/[+#]/.test(properties.responseTopic ?? ''))
    return { reasonCode: REASON.protocolError, message: 'the response topic contains a wildcard' };
  return undefined;
};

/** Publishes a message of a client, and acknowledges it at QoS 1. */
export const handlePublish = (connection: Connection, packet: IPublishPacket, context: Context): void => {
  const { qos, retain, messageId, properties: received = {} } = packet;
  const refuse = (problem: Problem) => {
    if (qos !== 1 || !PUBACK_CODES.includes(problem.reasonCode)) return connection.end(clientError(problem));
    const { reasonCode, message } = problem;
    context.warn(`message of client ${connection.id} refused: ${message}`, { clientId: connection.id });
    connection.refuse({ cmd: 'puback', messageId, reasonCode }, message);
  };
  const topic = connection.aliases.topicOf(packet.topic, received.topicAlias);
  if (topic === undefined)
    return refuse({
      reasonCode: REASON.topicAliasInvalid,
      message: `topic alias ${received.topicAlias ?? 0} is unknown`,
    });
  const payload = Buffer.from(packet.payload);
  const problem = protocolProblem(packet) ?? publishProblem(topic, payload.length, qos);
  if (problem) return refuse(problem);
  if (!context.access.mayPublish(connection, topic))
    return refuse({ reasonCode: REASON.notAuthorized, message: `no policy allows iot:Publish on topic ${topic}` });
  const properties = messageProperties(received);
  const expiresAt = expiryOf(received.messageExpiryInterval, context.clock.now());
  context.publish({
    ...{ topic, payload, qos: qos === 0 ? 0 : 1, retain, clientId: connection.id },
    ...(properties && { properties }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  if (qos === 1) connection.send({ cmd: 'puback', messageId, reasonCode: REASON.success });
};
