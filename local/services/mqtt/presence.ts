import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock';
import type { MqttMessage } from '../../core/mqtt';
import type { Store } from '../../store/store';

/** Why a connection ended, in the words of AWS IoT lifecycle events. */
export type DisconnectReason =
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CLIENT_ERROR'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT';

/** One connection of one client; both of its presence events carry the same identifier and version. */
interface Session {
  readonly sessionIdentifier: string;
  readonly versionNumber: number;
  readonly principalIdentifier: string;
}

/** A client that is connected. */
interface Online extends Session {
  /** What is published for it if its connection is lost together with this process. */
  readonly will?: MqttMessage;
}

interface Offline {
  readonly version: number;
  readonly offlineSince: number;
}

/** For so long after a restart the clients that were connected count as connected: the time in which they connect again. */
const RECONNECT_MS = 60_000;

/** The version of a client starts at 0 again when it has been offline for about an hour. */
const VERSION_MEMORY_MS = 3_600_000;

/** Publishes the presence events of all clients of a broker. */
export interface Presence {
  /** @param ipAddress of the client @param will that a restart of this process has to publish */
  connected(clientId: string, principalIdentifier: string, ipAddress: string, will?: MqttMessage): void;
  disconnected(clientId: string, reason: DisconnectReason): void;
  readonly connectedClients: () => string[];
  /** Certificate id of a connected client, `undefined` for a client that is not connected. */
  readonly principalOf: (clientId: string) => string | undefined;
}

/** Publishes `$aws/events/presence/…` with the payloads that AWS IoT documents (lifecycle events; times in ms). */
export const createPresence = (clock: Clock, store: Store, publish: (message: MqttMessage) => void): Presence => {
  const sessions = new Map<string, Online>();
  /** Clients whose connection ended with the process before this one, which nobody has been told. */
  const lost = new Map<string, Online>();
  /** In the order in which they went offline. */
  const versions = new Map<string, Offline>();
  const kept = store.collection<Online | Offline>(
    'mqtt-presence',
    (clientId) => sessions.get(clientId) ?? lost.get(clientId) ?? versions.get(clientId),
  );
  for (const [clientId, saved] of kept.saved) {
    if ('offlineSince' in saved) versions.set(clientId, saved);
    else lost.set(clientId, saved);
  }

  const goOffline = (clientId: string, version: number) => {
    const now = clock.now();
    versions.set(clientId, { version, offlineSince: now });
    kept.changed(clientId);
    for (const [oldest, { offlineSince }] of versions) {
      if (now - offlineSince < VERSION_MEMORY_MS) return;
      versions.delete(oldest);
      kept.changed(oldest);
    }
  };

  const nextVersion = (clientId: string) => {
    const known = versions.get(clientId);
    versions.delete(clientId);
    return known && clock.now() - known.offlineSince < VERSION_MEMORY_MS ? known.version + 1 : 0;
  };

  const announce = (clientId: string, eventType: 'connected' | 'disconnected', session: Session, details: object) => {
    // AWS publishes no events for client ids that contain a wildcard: they cannot be part of a topic.
    if (/[+#]/.test(clientId)) return;
    const { sessionIdentifier, versionNumber, principalIdentifier } = session;
    const identity = { sessionIdentifier, versionNumber, principalIdentifier };
    const payload = { clientId, timestamp: clock.now(), eventType, ...identity, ...details };
    publish({
      topic: `$aws/events/presence/${eventType}/${clientId}`,
      payload: Buffer.from(JSON.stringify(payload)),
      qos: 1,
    });
  };

  const endLost = (clientId: string) => {
    const session = lost.get(clientId);
    if (!session) return;
    lost.delete(clientId);
    goOffline(clientId, session.versionNumber);
    if (session.will) publish(session.will);
    announce(clientId, 'disconnected', session, {
      clientInitiatedDisconnect: false,
      disconnectReason: 'CONNECTION_LOST',
    });
  };
  if (lost.size > 0) store.onStart(() => clock.setTimeout(() => [...lost.keys()].forEach(endLost), RECONNECT_MS));

  return {
    connected: (clientId, principalIdentifier, ipAddress, will) => {
      endLost(clientId);
      const identity = { sessionIdentifier: randomUUID(), versionNumber: nextVersion(clientId), principalIdentifier };
      const session = { ...identity, ...(will && { will }) };
      sessions.set(clientId, session);
      kept.changed(clientId);
      announce(clientId, 'connected', session, { ipAddress });
    },
    disconnected: (clientId, disconnectReason) => {
      const session = sessions.get(clientId);
      if (!session) return;
      sessions.delete(clientId);
      goOffline(clientId, session.versionNumber);
      const clientInitiatedDisconnect = disconnectReason === 'CLIENT_INITIATED_DISCONNECT';
      announce(clientId, 'disconnected', session, { clientInitiatedDisconnect, disconnectReason });
    },
    connectedClients: () => [...sessions.keys()],
    principalOf: (clientId) => sessions.get(clientId)?.principalIdentifier,
  };
};
