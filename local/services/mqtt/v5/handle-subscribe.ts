import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet';
import { subscribeProblem, subscriptionCountProblem } from '../limits';
import { type Problem, REASON } from '../reason-codes';
import type { Connection, Context } from './context';
import { clientError } from './endings';

/** Retain Handling (MQTT 5, 3.8.3.1). */
const ONLY_IF_NEW = 1;
const NEVER = 2;

/** What ends the connection: AWS IoT sends no SUBACK then (AWS IoT Core developer guide, MQTT, differences). */
const packetProblem = ({ subscriptions, properties = {} }: ISubscribePacket): Problem | undefined => {
  if (properties.subscriptionIdentifier !== undefined)
    return {
      reasonCode: REASON.subscriptionIdentifiersNotSupported,
      message: 'AWS IoT does not support subscription identifiers',
    };
  const problems = subscriptions.map(({ topic, qos }) => subscribeProblem(topic, qos));
  return (
    subscriptionCountProblem(subscriptions.length) ??
    problems.find((problem) => problem?.reasonCode === REASON.qosNotSupported)
  );
};

const subscriptionProblem = (
  connection: Connection,
  { topic, qos }: ISubscription,
  { access }: Context,
): Problem | undefined => {
  const problem = subscribeProblem(topic, qos);
  if (problem || access.maySubscribe(connection, topic)) return problem;
  return { reasonCode: REASON.notAuthorized, message: `no policy allows iot:Subscribe on topic filter ${topic}` };
};

/** Subscribes a client to the filters that it may have, and sends the retained messages of their topics. */
export const handleSubscribe = (connection: Connection, packet: ISubscribePacket, context: Context): void => {
  const { session } = connection;
  const fatal = packetProblem(packet);
  if (fatal) return connection.end(clientError(fatal));
  const wanted: { readonly topic: string; readonly qos: 0 | 1 }[] = [];
  const granted = packet.subscriptions.map((subscription) => {
    const problem = subscriptionProblem(connection, subscription, context);
    if (problem) {
      context.warn(`subscription refused: ${problem.message}`, { clientId: connection.id });
      return problem.reasonCode;
    }
    const { topic, nl: noLocal = false, rap: retainAsPublished = false, rh } = subscription;
    const qos = subscription.qos === 0 ? 0 : 1;
    const isNew = context.sessions.subscribe(session, topic, { qos, noLocal, retainAsPublished });
    if (rh !== NEVER && (rh !== ONLY_IF_NEW || isNew)) wanted.push({ topic, qos });
    return qos;
  });
  connection.send({ cmd: 'suback', messageId: packet.messageId, granted });
  // Only a filter without wildcards brings a retained message (AWS IoT Core developer guide, MQTT retained messages).
  for (const { topic, qos } of wanted) {
    const message = context.retained.get(topic);
    if (message) session.deliver({ message, qos: message.qos === 1 ? qos : 0, retain: true });
  }
};

/** Ends subscriptions. AWS IoT does not document a code for filters without a subscription (MQTT reason codes). */
export const handleUnsubscribe = (connection: Connection, packet: IUnsubscribePacket, context: Context): void => {
  const granted = packet.unsubscriptions.map((filter) => {
    context.sessions.unsubscribe(connection.session, filter);
    return subscribeProblem(filter, 0)?.reasonCode === REASON.topicFilterInvalid
      ? REASON.topicFilterInvalid
      : REASON.success;
  });
  connection.send({ cmd: 'unsuback', messageId: packet.messageId, granted });
};
