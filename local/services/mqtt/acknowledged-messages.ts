import { randomUUID } from 'node:crypto';
import type { Aedes, PublishPacket } from 'aedes';
import type { Store } from '../../store/store';

type Message = Pick<PublishPacket, 'topic' | 'payload' | 'qos' | 'retain'>;

/** aedes keeps the properties of a packet until it has distributed it; no MQTT 3.1.1 client gets to see them. */
const ID = 'acknowledged';

/**
 * Messages of clients that are acknowledged, but not yet in the queues of all persistent sessions: aedes acknowledges a
 * message first. After a restart it distributes them.
 */
export const keepAcknowledged = (aedes: Aedes, store: Store) => {
  const messages = new Map<string, Message>();
  const kept = store.collection<Message>('mqtt-acknowledged', (id) => messages.get(id));
  const done = (id: string) => {
    messages.delete(id);
    kept.changed(id);
  };
  aedes.published = (packet, _client, answer) => {
    const id = packet.properties?.userProperties?.[ID];
    if (typeof id === 'string') done(id);
    answer();
  };
  for (const [id, message] of kept.saved) {
    messages.set(id, message);
    store.onStart(() => aedes.publish({ cmd: 'publish', dup: false, ...message }, () => done(id)));
  }
  return {
    add: (packet: PublishPacket): void => {
      const { topic, payload, qos, retain } = packet;
      const id = randomUUID();
      packet.properties = { userProperties: { [ID]: id } };
      messages.set(id, { topic, payload, qos, retain });
      kept.changed(id);
    },
  };
};
