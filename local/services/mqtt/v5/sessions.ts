import type { Clock, Timer } from '../../../core/clock';
import type { MqttMessage } from '../../../core/mqtt';
import { type Session, createSession } from './session';
import { createTopicIndex } from './topic-index';

/** What a client asks for with a topic filter (MQTT 5, 3.8.3.1). */
export interface SubscriptionOptions {
  readonly qos: 0 | 1;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
}

interface Subscription extends SubscriptionOptions {
  readonly session: Session;
}

/** The sessions of MQTT 5 clients and their subscriptions. */
export interface Sessions {
  /** Resumes the session of a client, or begins one. */
  open(clientId: string, cleanStart: boolean): { readonly session: Session; readonly present: boolean };
  /** Keeps a session for this long after its connection has ended. */
  release(session: Session, expirySeconds: number): void;
  /** Ends the session of a client, if there is one. */
  end(clientId: string): void;
  /** @returns whether the subscription is new @throws Error when the filter is malformed */
  subscribe(session: Session, filter: string, options: SubscriptionOptions): boolean;
  unsubscribe(session: Session, filter: string): void;
  /** Delivers a message to each session that subscribes to its topic, once. */
  route(message: MqttMessage): void;
}

interface Kept {
  readonly session: Session;
  readonly subscriptions: Map<string, Subscription>;
  expiry?: Timer;
}

/** Sessions of MQTT 3.1.1 are separate: AWS IoT does not resume a session with the other version. */
export const createSessions = (clock: Clock): Sessions => {
  const sessions = new Map<string, Kept>();
  const index = createTopicIndex<Subscription>();

  const end = (clientId: string) => {
    const kept = sessions.get(clientId);
    if (!kept) return;
    kept.expiry?.cancel();
    for (const [filter, subscription] of kept.subscriptions) index.remove(filter, subscription);
    sessions.delete(clientId);
  };

  const remove = ({ clientId }: Session, filter: string): boolean => {
    const subscriptions = sessions.get(clientId)?.subscriptions;
    const subscription = subscriptions?.get(filter);
    if (!subscription) return false;
    index.remove(filter, subscription);
    return subscriptions?.delete(filter) ?? false;
  };

  /** Of overlapping subscriptions, the one with the highest QoS counts (MQTT 5, 3.3.4). */
  const receivers = ({ topic, clientId }: MqttMessage): Iterable<Subscription> => {
    const chosen = new Map<Session, Subscription>();
    for (const subscription of index.matching(topic)) {
      if (subscription.noLocal && subscription.session.clientId === clientId) continue;
      if ((chosen.get(subscription.session)?.qos ?? -1) < subscription.qos)
        chosen.set(subscription.session, subscription);
    }
    return chosen.values();
  };

  return {
    open: (clientId, cleanStart) => {
      const kept = sessions.get(clientId);
      kept?.expiry?.cancel();
      if (kept && !cleanStart) return { session: kept.session, present: true };
      end(clientId);
      const session = createSession(clientId, clock.now);
      sessions.set(clientId, { session, subscriptions: new Map() });
      return { session, present: false };
    },
    release: (session, expirySeconds) => {
      session.detach();
      const kept = sessions.get(session.clientId);
      if (kept?.session !== session) return;
      if (expirySeconds === 0) end(session.clientId);
      else kept.expiry = clock.setTimeout(() => end(session.clientId), expirySeconds * 1000);
    },
    end,
    subscribe: (session, filter, options) => {
      const isNew = !remove(session, filter);
      const subscription = { ...options, session };
      index.add(filter, subscription);
      sessions.get(session.clientId)?.subscriptions.set(filter, subscription);
      return isNew;
    },
    unsubscribe: (session, filter) => void remove(session, filter),
    route: (message) => {
      for (const { session, qos, retainAsPublished } of receivers(message))
        session.deliver({
          message,
          qos: message.qos === 1 ? qos : 0,
          retain: retainAsPublished && message.retain === true,
        });
    },
  };
};
