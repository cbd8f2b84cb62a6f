import { type Problem, REASON, type ReasonCode } from './reason-codes';
import { topicFilter } from './topic-filter';

/** Limits of the AWS IoT message broker (AWS IoT Core endpoints and quotas). */
const MAX_PAYLOAD_BYTES = 128 * 1024;
const MAX_TOPIC_BYTES = 256;
const MAX_TOPIC_SLASHES = 7;
const MAX_CLIENT_ID_BYTES = 128;
const MAX_SUBSCRIPTIONS_PER_REQUEST = 8;

/** Reserved topics that clients may publish to: requests to IoT Jobs and to shadows (AWS IoT, reserved topics). */
const CLIENT_REQUESTS = [
  /^\$aws\/things\/[^/]+\/jobs\/(get|start-next)$/,
  /^\$aws\/things\/[^/]+\/jobs\/[^/]+\/(get|update)$/,
  /^\$aws\/things\/[^/]+\/shadow\/(name\/[^/]+\/)?(get|update|delete)$/,
];

const problem = (reasonCode: ReasonCode, message: string): Problem => ({ reasonCode, message });

const topicProblem = (topic: string): string | undefined => {
  if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) return `topic "${topic}" is longer than ${MAX_TOPIC_BYTES} bytes`;
  if (topic.includes('\0')) return 'a topic must not contain the character U+0000';
  // Slashes of the reserved prefix do not count, and the number of levels of a reserved topic is fixed.
  if (!topic.startsWith('$aws/') && topic.split('/').length - 1 > MAX_TOPIC_SLASHES)
    return `topic "${topic}" has more than ${MAX_TOPIC_SLASHES} slashes`;
  return undefined;
};

const topicNameProblem = (topic: string): string | undefined => {
  if (topic === '') return 'the topic is empty';
  if (/[+#]/.test(topic)) return `topic "${topic}" contains a wildcard: + and # are only allowed in subscriptions`;
  if (topic.startsWith('$') && !CLIENT_REQUESTS.some((allowed) => allowed.test(topic)))
    return `topic "${topic}" is reserved: clients may only publish job and shadow requests below $aws/things/<thing>/`;
  return topicProblem(topic);
};

/** What is wrong with a message to publish, or undefined. */
export const publishProblem = (topic: string, payloadBytes: number, qos: number): Problem | undefined => {
  if (qos > 1)
    return problem(
      REASON.qosNotSupported,
      `QoS ${qos} is not supported on topic "${topic}": AWS IoT supports QoS 0 and 1`,
    );
  const name = topicNameProblem(topic);
  if (name !== undefined) return problem(REASON.topicNameInvalid, name);
  if (payloadBytes > MAX_PAYLOAD_BYTES)
    return problem(
      REASON.quotaExceeded,
      `the message on "${topic}" has ${payloadBytes} bytes, the limit is ${MAX_PAYLOAD_BYTES}`,
    );
  return undefined;
};

const filterProblem = (filter: string): string | undefined => {
  try {
    topicFilter(filter);
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  return topicProblem(filter);
};

/** What is wrong with a subscription that a client asks for, or undefined. */
export const subscribeProblem = (filter: string, qos: number): Problem | undefined => {
  if (qos > 1)
    return problem(REASON.qosNotSupported, `QoS ${qos} is not supported for "${filter}": AWS IoT supports QoS 0 and 1`);
  if (filter.startsWith('$share/'))
    return problem(
      REASON.sharedSubscriptionsNotSupported,
      `"${filter}": shared subscriptions are not emulated by local mode`,
    );
  const wrong = filterProblem(filter);
  return wrong === undefined ? undefined : problem(REASON.topicFilterInvalid, wrong);
};

/** What is wrong with the number of subscriptions in one SUBSCRIBE packet, or undefined. */
export const subscriptionCountProblem = (count: number): Problem | undefined =>
  count > MAX_SUBSCRIPTIONS_PER_REQUEST
    ? problem(
        REASON.quotaExceeded,
        `a SUBSCRIBE packet has ${count} subscriptions, the limit is ${MAX_SUBSCRIPTIONS_PER_REQUEST}`,
      )
    : undefined;

/** What is wrong with a client id, or undefined. */
export const clientIdProblem = (clientId: string): Problem | undefined =>
  Buffer.byteLength(clientId) > MAX_CLIENT_ID_BYTES
    ? problem(REASON.clientIdNotValid, `client id is longer than ${MAX_CLIENT_ID_BYTES} bytes`)
    : undefined;
