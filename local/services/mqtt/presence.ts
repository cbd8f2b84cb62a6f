import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock';
import type { MqttMessage } from '../../core/mqtt';

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

/** The version of a client starts at 0 again when it has been offline for about an hour. */
const VERSION_MEMORY_MS = 3_600_000;

/** Publishes the presence events of all clients of a broker. */
export interface Presence {
  /** @param ipAddress of the client */
  connected(clientId: string, principalIdentifier: string, ipAddress: string): void;
  disconnected(clientId: string, reason: DisconnectReason): void;
  readonly connectedClients: () => string[];
  /** Certificate id of a connected client, `undefined` for a client that is not connected. */
  readonly principalOf: (clientId: string) => string | undefined;
}

/** Publishes `$aws/events/presence/…` with the payloads that AWS IoT documents (lifecycle events; times in ms). */
export const createPresence = (clock: Clock, publish: (message: MqttMessage) => void): Presence => {
  const sessions = new Map<string, Session>();
  const versions = new Map<string, { version: number; offlineSince: number }>();

  const nextVersion = (clientId: string) => {
    const known = versions.get(clientId);
    versions.delete(clientId);
    return known && clock.now() - known.offlineSince < VERSION_MEMORY_MS ? known.version + 1 : 0;
  };

  const announce = (clientId: string, eventType: 'connected' | 'disconnected', session: Session, details: object) => {
    // AWS publishes no events for client ids that contain a wildcard: they cannot be part of a topic.
    if (/[+#]/.test(clientId)) return;
    const payload = { clientId, timestamp: clock.now(), eventType, ...session, ...details };
    publish({
      topic: `$aws/events/presence/${eventType}/${clientId}`,
      payload: Buffer.from(JSON.stringify(payload)),
      qos: 1,
    });
  };

  return {
    connected: (clientId, principalIdentifier, ipAddress) => {
      const session = { sessionIdentifier: randomUUID(), versionNumber: nextVersion(clientId), principalIdentifier };
      sessions.set(clientId, session);
      announce(clientId, 'connected', session, { ipAddress });
    },
    disconnected: (clientId, disconnectReason) => {
      const session = sessions.get(clientId);
      if (!session) return;
      sessions.delete(clientId);
      versions.set(clientId, { version: session.versionNumber, offlineSince: clock.now() });
      const clientInitiatedDisconnect = disconnectReason === 'CLIENT_INITIATED_DISCONNECT';
      announce(clientId, 'disconnected', session, { clientInitiatedDisconnect, disconnectReason });
    },
    connectedClients: () => [...sessions.keys()],
    principalOf: (clientId) => sessions.get(clientId)?.principalIdentifier,
  };
};
