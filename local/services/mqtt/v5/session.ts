import { randomUUID } from 'node:crypto';
import type { MqttMessage } from '../../../core/mqtt';
import { isExpired } from '../message-expiry';

/** A message on its way to one client. */
export interface Delivery {
  readonly message: MqttMessage;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** The connection of a session, as the session sees it. */
export interface Outlet {
  /** How many QoS 1 messages the client takes before it acknowledges one. */
  readonly receiveMaximum: number;
  /** Sends a message unless the client must not or cannot get it. @returns whether it was sent */
  deliver(delivery: Delivery, messageId?: number): boolean;
}

/** The session of one client: it outlives a connection by the session expiry interval. */
export interface Session {
  readonly clientId: string;
  /** Messages that the client has not acknowledged, by ids of their own, in order. */
  readonly pending: ReadonlyMap<string, Delivery>;
  /** Connects the session to its client and sends what waits. */
  attach(outlet: Outlet): void;
  /** Messages that the client has not acknowledged will be sent again. */
  detach(): void;
  deliver(delivery: Delivery): void;
  /** The client has acknowledged a message. */
  acknowledge(messageId: number): void;
}

interface SessionOptions {
  readonly clientId: string;
  readonly now: () => number;
  /** Those that waited before a restart. */
  readonly pending: Map<string, Delivery>;
  /** Called with the id of each pending message that has come or gone. */
  readonly onChanged: (id: string) => void;
}

const MAX_PACKET_ID = 65_535;

/**
 * Sends QoS 1 messages in order, as many at a time as the client takes (MQTT 5, 4.9). A message is sent again only on a new
 * connection, with a new packet id and without the DUP flag (AWS IoT Core developer guide, MQTT, differences).
 */
export const createSession = ({ clientId, now, pending, onChanged }: SessionOptions): Session => {
  let outlet: Outlet | undefined;
  /** Ids of what is not sent. */
  let waiting: string[] = [...pending.keys()];
  /** Ids of what is sent, by packet ids. */
  const unacknowledged = new Map<number, string>();
  let lastId = 0;

  const nextId = () => {
    do lastId = (lastId % MAX_PACKET_ID) + 1;
    while (unacknowledged.has(lastId));
    return lastId;
  };
  const drop = (id: string) => {
    pending.delete(id);
    onChanged(id);
  };

  const sendWaiting = () => {
    while (outlet && unacknowledged.size < outlet.receiveMaximum) {
      const id = waiting.shift();
      if (id === undefined) return;
      const next = pending.get(id);
      const messageId = nextId();
      if (next && !isExpired(next.message, now()) && outlet.deliver(next, messageId)) unacknowledged.set(messageId, id);
      else drop(id);
    }
  };

  return {
    clientId,
    pending,
    attach: (connected) => {
      outlet = connected;
      sendWaiting();
    },
    detach: () => {
      outlet = undefined;
      waiting = [...unacknowledged.values(), ...waiting];
      unacknowledged.clear();
    },
    deliver: (delivery) => {
      if (delivery.qos === 1) {
        const id = randomUUID();
        pending.set(id, delivery);
        onChanged(id);
        waiting.push(id);
        sendWaiting();
      } else if (!isExpired(delivery.message, now())) outlet?.deliver(delivery);
    },
    acknowledge: (messageId) => {
      const id = unacknowledged.get(messageId);
      unacknowledged.delete(messageId);
      if (id !== undefined) drop(id);
      sendWaiting();
    },
  };
};
