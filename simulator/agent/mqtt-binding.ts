import { USP_CONTENT_TYPE, requestFilter, requestTopic, responseTopic, withReplyTo } from '../../proto/topics';
import type { AgentConfig } from './config';
import type { Address } from './types';

/** Adds the agent's reply-to topic: as a property in MQTT 5 (R-MQTT.23), in the topic name in 3.1.1 (R-MQTT.24). */
export const addressOf = ({ mqttVersion, thingName, profile }: AgentConfig, topic: string): Address => {
  if (mqttVersion === '5') return { topic, responseTopic: requestTopic(thingName), contentType: USP_CONTENT_TYPE };
  return { topic: profile.sendsReplyTopic ? withReplyTo(topic, requestTopic(thingName)) : topic };
};

/** Where the agent sends notifications. */
export const notificationAddress = (config: AgentConfig): Address =>
  addressOf(config, responseTopic(config.controllerId, config.thingName));

/** In MQTT 3.1.1 the controller appends its reply-to topic (R-MQTT.24), so the filter needs a wildcard. */
export const subscriptionOf = ({ mqttVersion, thingName }: AgentConfig): string =>
  mqttVersion === '5' ? requestTopic(thingName) : requestFilter(thingName);
