import type { Clock } from '../../core/clock';
import type { MqttMessage } from '../../core/mqtt';

/** A message that the broker keeps for later subscribers. */
interface RetainedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  /** Milliseconds since the epoch. */
  readonly lastModifiedTime: number;
}

/** The retained messages of a broker, by topic. */
export interface RetainedMessages {
  get(topic: string): RetainedMessage | undefined;
  list(): RetainedMessage[];
}

/** Records retained messages; an empty payload deletes one (MQTT 3.1.1, 3.3.1.3). */
export const createRetainedMessages = (clock: Clock): RetainedMessages & { observe(message: MqttMessage): void } => {
  const messages = new Map<string, RetainedMessage>();
  return {
    get: (topic) => messages.get(topic),
    list: () => [...messages.values()],
    observe: ({ topic, payload, qos = 0, retain }) => {
      if (!retain) return;
      if (payload.length === 0) messages.delete(topic);
      else messages.set(topic, { topic, payload, qos, lastModifiedTime: clock.now() });
    },
  };
};
