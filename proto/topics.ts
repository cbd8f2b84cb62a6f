/**
 * MQTT topics between the controller and its agents. The reply-to topic is the last level of the topic name, with "/"
 * as %2F, in MQTT 3.1.1 (R-MQTT.24), and the Response Topic property in MQTT 5 (R-MQTT.23).
 */

const REPLY_TO = '/reply-to=';

/** MQTT 5 content type of a USP record (R-MQTT.27). */
export const USP_CONTENT_TYPE = 'usp.msg';

/** Where an agent receives requests. */
export const requestTopic = (thingName: string): string => `agents/${thingName}/usp/request`;

/** What an MQTT 3.1.1 agent subscribes to: its request topic with any reply-to topic. */
export const requestFilter = (thingName: string): string => `${requestTopic(thingName)}/#`;

/** Where an agent publishes to the controller. Level 4 is the thing name. */
export const responseTopic = (controllerId: string, thingName: string): string =>
  `controllers/${controllerId}/agents/${thingName}/response`;

/**
 * Matches all messages to a controller, with or without a reply-to topic: the filter of the device message rule. On AWS a
 * filter that ends in `response/#` does not match `response`, so the rule compares level 5 itself.
 */
export const responseFilter = (controllerId: string): string => `controllers/${controllerId}/agents/+/#`;

/** Appends the reply-to topic (R-MQTT.24). */
export const withReplyTo = (topic: string, replyTopic: string): string =>
  `${topic}${REPLY_TO}${replyTopic.replaceAll('%', '%25').replaceAll('/', '%2F')}`;

/** Message broker of AWS IoT: https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const MAX_TOPIC_BYTES = 256;

/** Whether AWS IoT refuses a topic name for its length. */
export const isTopicTooLong = (topic: string): boolean => Buffer.byteLength(topic) > MAX_TOPIC_BYTES;

/**
 * How many characters a thing name may have, so that requests reach its agent of MQTT 3.1.1: their topic has the name twice. A
 * character of a thing name is one byte.
 */
export const longestThingName = (controllerId: string): number =>
  Math.floor((MAX_TOPIC_BYTES - Buffer.byteLength(withReplyTo(requestTopic(''), responseTopic(controllerId, '')))) / 2);

/** Splits a topic name into the topic and its reply-to topic, if any (R-MQTT.25). */
export const splitReplyTo = (topic: string): { readonly topic: string; readonly replyTopic?: string } => {
  const at = topic.lastIndexOf(REPLY_TO);
  if (at < 0) return { topic };
  const replyTopic = topic
    .slice(at + REPLY_TO.length)
    .replace(/%2F/gi, '/')
    .replace(/%25/g, '%');
  return replyTopic === '' ? { topic: topic.slice(0, at) } : { topic: topic.slice(0, at), replyTopic };
};

/** The thing name in a response topic, undefined for any other topic. */
export const thingOfResponseTopic = (topic: string): string | undefined =>
  /^controllers\/[^/]+\/agents\/([^/]+)\/response(?:\/|$)/.exec(topic)?.[1];
