/** What is known of a client's connection. */
export interface Connectivity {
  readonly connected: boolean;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly disconnectReason?: string;
  /** Of the connection; grows with each one, starts anew after an hour offline. */
  readonly versionNumber?: number;
}

export interface ConnectivityStore {
  get(clientId: string): Connectivity | undefined;
  set(clientId: string, connectivity: Connectivity): void;
  /** @returns false when the event is older than what is known, so that nothing changed */
  observe(clientId: string, connectivity: Connectivity & { readonly versionNumber: number }): boolean;
}

/** Presence events may come twice and out of order: the connection's version and the time decide, not the arrival. */
const isNews = (known: Connectivity | undefined, event: Connectivity & { versionNumber: number }): boolean => {
  if (!known) return true;
  const version = known.versionNumber ?? 0;
  // The end of an older connection says nothing about the current one (take-over of a client id).
  if (known.connected) return event.versionNumber >= version && event.timestamp >= known.timestamp;
  // Offline: the start of the connection that has ended must not bring it back.
  if (event.timestamp > known.timestamp) return true;
  return event.timestamp === known.timestamp && event.versionNumber > version;
};

/** Connectivity by client id. Clients are the things of the same name. */
export const createConnectivityStore = (): ConnectivityStore => {
  const clients = new Map<string, Connectivity>();
  return {
    get: (clientId) => clients.get(clientId),
    set: (clientId, connectivity) => clients.set(clientId, connectivity),
    observe: (clientId, event) => {
      if (!isNews(clients.get(clientId), event)) return false;
      clients.set(clientId, event);
      return true;
    },
  };
};
