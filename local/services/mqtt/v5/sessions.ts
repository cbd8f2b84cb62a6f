import type { Clock, Timer } from '../../../core/clock';
import type { MqttMessage } from '../../../core/mqtt';
import type { Store } from '../../../store/store';
import { type Delivery, type Session, createSession } from './session';
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
  /**
   * Resumes the session of a client, or begins one.
   * @param expirySeconds how long it is kept after its connection has ended
   */
  open(
    clientId: string,
    cleanStart: boolean,
    expirySeconds: number,
  ): { readonly session: Session; readonly present: boolean };
  /** Changes how long a session is kept. */
  keepFor(session: Session, expirySeconds: number): void;
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
  expirySeconds: number;
  /** When it expires, in milliseconds since the epoch; absent while its client is connected. */
  expiresAt?: number;
  expiry?: Timer;
}

/** A session as it is saved, without its messages. Those that end with their connection are not saved. */
interface SavedSession {
  readonly subscriptions: Map<string, SubscriptionOptions>;
  readonly expirySeconds: number;
  readonly expiresAt?: number | undefined;
}

const optionsOf = ({ qos, noLocal, retainAsPublished }: Subscription): SubscriptionOptions => ({
  ...{ qos, noLocal, retainAsPublished },
});

/** Sessions of MQTT 3.1.1 are separate: AWS IoT does not resume a session with the other version. */
export const createSessions = (clock: Clock, store: Store): Sessions => {
  const sessions = new Map<string, Kept>();
  const index = createTopicIndex<Subscription>();
  const outliving = (clientId: string) => {
    const kept = sessions.get(clientId);
    return kept && kept.expirySeconds > 0 ? kept : undefined;
  };
  const keptSessions = store.collection<SavedSession>('mqtt5-sessions', (clientId) => {
    const kept = outliving(clientId);
    if (!kept) return undefined;
    const subscriptions = [...kept.subscriptions].map(([filter, one]) => [filter, optionsOf(one)] as const);
    return { subscriptions: new Map(subscriptions), expirySeconds: kept.expirySeconds, expiresAt: kept.expiresAt };
  });
  /** By the id of the delivery and that of the client, with a slash between. */
  const keptDeliveries = store.collection<Delivery>('mqtt5-deliveries', (key) => {
    const slash = key.indexOf('/');
    return outliving(key.slice(slash + 1))?.session.pending.get(key.slice(0, slash));
  });
  const deliveryChanged = (clientId: string) => (id: string) => keptDeliveries.changed(`${id}/${clientId}`);

  const begin = (clientId: string, expirySeconds: number, pending = new Map<string, Delivery>()): Kept => {
    const session = createSession({ clientId, now: clock.now, pending, onChanged: deliveryChanged(clientId) });
    const kept: Kept = { session, subscriptions: new Map(), expirySeconds };
    sessions.set(clientId, kept);
    return kept;
  };

  const end = (clientId: string) => {
    const kept = sessions.get(clientId);
    if (!kept) return;
    kept.expiry?.cancel();
    for (const [filter, subscription] of kept.subscriptions) index.remove(filter, subscription);
    sessions.delete(clientId);
    keptSessions.changed(clientId);
    [...kept.session.pending.keys()].forEach(deliveryChanged(clientId));
  };

  const remove = ({ clientId }: Session, filter: string): boolean => {
    const subscriptions = sessions.get(clientId)?.subscriptions;
    const subscription = subscriptions?.get(filter);
    if (!subscription) return false;
    index.remove(filter, subscription);
    keptSessions.changed(clientId);
    return subscriptions?.delete(filter) ?? false;
  };
  const add = ({ session, subscriptions }: Kept, filter: string, options: SubscriptionOptions) => {
    const subscription = { ...options, session };
    index.add(filter, subscription);
    subscriptions.set(filter, subscription);
    keptSessions.changed(session.clientId);
  };

  const endAt = (kept: Kept, expiresAt: number) => {
    kept.expiresAt = expiresAt;
    kept.expiry = clock.setTimeout(() => end(kept.session.clientId), expiresAt - clock.now());
    keptSessions.changed(kept.session.clientId);
  };
  for (const [clientId, { subscriptions, expirySeconds, expiresAt }] of keptSessions.saved) {
    const mine = [...keptDeliveries.saved].filter(([key]) => key.endsWith(`/${clientId}`));
    const kept = begin(
      clientId,
      expirySeconds,
      new Map(mine.map(([key, one]) => [key.slice(0, key.indexOf('/')), one])),
    );
    for (const [filter, options] of subscriptions) add(kept, filter, options);
    // A connection that ended with the process has ended now.
    store.onStart(() => endAt(kept, expiresAt ?? clock.now() + expirySeconds * 1000));
  }

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

  const keepFor: Sessions['keepFor'] = ({ clientId, pending }, expirySeconds) => {
    const kept = sessions.get(clientId);
    if (!kept) return;
    kept.expirySeconds = expirySeconds;
    keptSessions.changed(clientId);
    // Whether they are saved depends on it.
    [...pending.keys()].forEach(deliveryChanged(clientId));
  };

  return {
    open: (clientId, cleanStart, expirySeconds) => {
      const kept = sessions.get(clientId);
      kept?.expiry?.cancel();
      if (kept && !cleanStart) {
        delete kept.expiresAt;
        keepFor(kept.session, expirySeconds);
        return { session: kept.session, present: true };
      }
      end(clientId);
      const { session } = begin(clientId, expirySeconds);
      keptSessions.changed(clientId);
      return { session, present: false };
    },
    keepFor,
    release: (session, expirySeconds) => {
      session.detach();
      const kept = sessions.get(session.clientId);
      if (kept?.session !== session) return;
      if (expirySeconds === 0) end(session.clientId);
      else endAt(kept, clock.now() + expirySeconds * 1000);
    },
    end,
    subscribe: (session, filter, options) => {
      const isNew = !remove(session, filter);
      const kept = sessions.get(session.clientId);
      if (kept) add(kept, filter, options);
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
