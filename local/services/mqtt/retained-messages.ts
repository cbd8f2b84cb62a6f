import type { Clock } from '../../core/clock';
import type { MqttMessage } from '../../core/mqtt';
import type { Store } from '../../store/store';
import { isExpired } from './message-expiry';

/** A message that the broker keeps for later subscribers. */
export interface RetainedMessage extends MqttMessage {
  readonly qos: 0 | 1;
  /** Milliseconds since the epoch. */
  readonly lastModifiedTime: number;
}

/** The retained messages of a broker, by topic, without those that have expired. */
export interface RetainedMessages {
  get(topic: string): RetainedMessage | undefined;
  list(): RetainedMessage[];
}

/** What the broker itself does with retained messages. */
interface RetainedMessageStore extends RetainedMessages {
  observe(message: MqttMessage): void;
  /** When the message of a topic expires or has expired. */
  expiryOf(topic: string): number | undefined;
}

/** Records retained messages; an empty payload deletes one (MQTT 3.1.1, 3.3.1.3). */
export const createRetainedMessages = (clock: Clock, store: Store): RetainedMessageStore => {
  const messages = new Map<string, RetainedMessage>();
  const kept = store.collection<RetainedMessage>('mqtt-retained', (topic) => messages.get(topic));
  for (const [topic, message] of kept.saved) messages.set(topic, message);
  const live = (message: RetainedMessage | undefined) =>
    message && !isExpired(message, clock.now()) ? message : undefined;
  return {
    get: (topic) => live(messages.get(topic)),
    list: () => [...messages.values()].filter((message) => live(message)),
    expiryOf: (topic) => messages.get(topic)?.expiresAt,
    observe: (message) => {
      const { topic, payload, qos = 0, retain } = message;
      if (!retain) return;
      if (payload.length === 0) messages.delete(topic);
      else messages.set(topic, { ...message, qos, lastModifiedTime: clock.now() });
      kept.changed(topic);
    },
  };
};
