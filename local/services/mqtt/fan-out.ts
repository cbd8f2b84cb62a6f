import type { Report } from '../../core/api';
import type { MqttMessage } from '../../core/mqtt';

type Listener = (message: MqttMessage) => void;

/** Passes accepted messages to the listeners in this process. */
interface FanOut {
  emit(message: MqttMessage): void;
  readonly onMessage: (listener: Listener) => () => void;
}

/**
 * Every listener sees the messages in the order in which they were accepted, even when a listener publishes while it
 * handles one. A listener that throws is reported, and the others still get the message.
 */
export const createFanOut = (report: Report): FanOut => {
  const listeners = new Set<Listener>();
  const queue: MqttMessage[] = [];
  let draining = false;

  const deliver = (message: MqttMessage) => {
    for (const listener of listeners) {
      try {
        listener(message);
      } catch (error) {
        report({
          level: 'error',
          source: 'mqtt',
          message: `a listener failed on a message of topic ${message.topic}: ${String(error)}`,
        });
      }
    }
  };

  return {
    emit: (message) => {
      queue.push(message);
      if (draining) return;
      draining = true;
      // An index instead of shift(): the cost of a burst stays linear.
      for (let next = 0; next < queue.length; next += 1) {
        const waiting = queue[next];
        if (waiting) deliver(waiting);
      }
      queue.length = 0;
      draining = false;
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
