/**
 * MQTT topics between the controller and its agents. Agents that speak MQTT 3.1.1 carry the reply topic as the last
 * level of the topic, with "/" as %2F (TR-369, MQTT binding); those that speak MQTT 5 use the Response Topic property.
 */

const REPLY_TO = '/reply-to=';

/** MQTT 5 content type of a USP record. */
export const USP_CONTENT_TYPE = 'usp.msg';

/** Where an agent receives requests. */
export const requestTopic = (thingName: string): string => `agents/${thingName}/usp/request`;

/** What an MQTT 3.1.1 agent subscribes to: its request topic with any reply-to. */
export const requestFilter = (thingName: string): string => `${requestTopic(thingName)}/#`;

/** Where the controller receives what an agent sends. The thing is level 4. */
export const responseTopic = (controllerId: string, thingName: string): string =>
  `controllers/${controllerId}/agents/${thingName}/response`;

/** All topics that agents of a controller send to, with or without reply-to: the filter of the device message rule. */
export const responseFilter = (controllerId: string): string => `${responseTopic(controllerId, '+')}/#`;

/** Appends the reply topic to a topic. */
export const withReplyTo = (topic: string, replyTopic: string): string =>
  `${topic}${REPLY_TO}${replyTopic.replaceAll('%', '%25').replaceAll('/', '%2F')}`;

/** A topic without its reply-to, and the reply topic, when there is one. */
export const splitReplyTo = (topic: string): { readonly topic: string; readonly replyTopic?: string } => {
  const at = topic.lastIndexOf(REPLY_TO);
  if (at < 0) return { topic };
  const replyTopic = topic
    .slice(at + REPLY_TO.length)
    .replace(/%2F/gi, '/')
    .replace(/%25/g, '%');
  return replyTopic === '' ? { topic: topic.slice(0, at) } : { topic: topic.slice(0, at), replyTopic };
};

/** The thing that sent to a topic of `responseFilter`, undefined for any other topic. */
export const thingOfResponseTopic = (topic: string): string | undefined =>
  /^controllers\/[^/]+\/agents\/([^/]+)\/response(?:\/|$)/.exec(topic)?.[1];
