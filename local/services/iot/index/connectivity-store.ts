import type { Store } from '../../../store/store';

/** What is known of a client's connection. */
export interface Connectivity {
  readonly connected: boolean;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly disconnectReason?: string;
  /** Of the connection; each new connection has a higher one. It starts at 0 again after an hour offline. */
  readonly versionNumber?: number;
}

export interface ConnectivityStore {
  get(clientId: string): Connectivity | undefined;
  set(clientId: string, connectivity: Connectivity): void;
  /** Forgets a client that is offline. */
  forget(clientId: string): void;
  /** @returns false when the event is older than the known state, which then stays */
  observe(clientId: string, connectivity: Connectivity & { readonly versionNumber: number }): boolean;
}

/** Presence events may arrive twice and out of order, so the connection's version and the time decide, not the arrival. */
const isNewer = (known: Connectivity | undefined, event: Connectivity & { versionNumber: number }): boolean => {
  if (!known) return true;
  const version = known.versionNumber ?? 0;
  // The end of an older connection does not affect the current one (take-over of a client id).
  if (known.connected) return event.versionNumber >= version && event.timestamp >= known.timestamp;
  // Offline: a late connect event of the connection that has ended must not bring it back.
  if (event.timestamp > known.timestamp) return true;
  return event.timestamp === known.timestamp && event.versionNumber > version;
};

/** Connectivity by client id. Clients are the things of the same name. */
export const createConnectivityStore = (store: Store): ConnectivityStore => {
  const clients = new Map<string, Connectivity>();
  const kept = store.collection<Connectivity>('iot-connectivity', (clientId) => clients.get(clientId));
  for (const [clientId, connectivity] of kept.saved) clients.set(clientId, connectivity);
  const set = (clientId: string, connectivity: Connectivity) => {
    clients.set(clientId, connectivity);
    kept.changed(clientId);
  };
  return {
    get: (clientId) => clients.get(clientId),
    set,
    forget: (clientId) => {
      if (clients.get(clientId)?.connected !== false) return;
      clients.delete(clientId);
      kept.changed(clientId);
    },
    observe: (clientId, event) => {
      if (!isNewer(clients.get(clientId), event)) return false;
      set(clientId, event);
      return true;
    },
  };
};
