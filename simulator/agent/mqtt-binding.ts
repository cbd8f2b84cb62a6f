import { USP_CONTENT_TYPE, requestFilter, requestTopic, responseTopic, withReplyTo } from '../../proto/topics';
import type { Address, AgentConfig } from './types';

/** A topic as the agent publishes to it. */
export const addressOf = ({ mqttVersion, thingName, profile }: AgentConfig, topic: string): Address => {
  if (mqttVersion === '5') return { topic, responseTopic: requestTopic(thingName), contentType: USP_CONTENT_TYPE };
  return { topic: profile.tellsReplyTopic ? withReplyTo(topic, requestTopic(thingName)) : topic };
};

/** Where the agent sends what nobody asked for. */
export const notificationAddress = (config: AgentConfig): Address =>
  addressOf(config, responseTopic(config.controllerId, config.thingName));

/** What the agent subscribes to: with MQTT 5 no reply topic follows. */
export const subscriptionOf = ({ mqttVersion, thingName }: AgentConfig): string =>
  mqttVersion === '5' ? requestTopic(thingName) : requestFilter(thingName);
