import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import type { Environment, Report } from '../../core/api';
import type { Clock } from '../../core/clock';
import { createDeliveries, type Deliveries, UNDISTURBED } from '../../core/disturbance';
import type { MessageBus, MqttMessage } from '../../core/mqtt';
import { isRecord } from '../../wire/guards';
import { type Access, type IotAction, createAccess } from './access';
import { checkPackets } from './check-packets';
import { createFanOut } from './fan-out';
import { type Listener, type TlsMaterial, listenPlain, listenTls } from './listeners';
import { type DisconnectReason, createPresence } from './presence';
import { whenVersionKnown } from './protocol-version';
import { createMemoryStore, type Store } from '../../store/store';
import { SavedSessions } from './saved-sessions';
import { type RetainedMessages, createRetainedMessages } from './retained-messages';
import { createBrokerV5 } from './v5/broker-v5';

/** Settings of the mutual-TLS listener. */
export interface BrokerTls extends TlsMaterial {
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether the policies of a certificate allow something; false for an unknown or inactive certificate. */
  readonly allows: (certificateId: string, action: IotAction, resourceArn: string, clientId: string) => boolean;
}

interface BrokerOptions {
  readonly clock: Clock;
  readonly report: Report;
  readonly store?: Store;
  readonly environment: Environment;
  readonly host: '127.0.0.1';
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls?: BrokerTls;
  readonly deliveries?: Deliveries;
}

/** The message broker of local mode. */
export interface Broker extends MessageBus {
  readonly port: number;
  readonly tlsPort?: number;
  readonly retained: RetainedMessages;
  connectedClients(): string[];
  /** Certificate id of a connected client, `n/a` on the plain listener. */
  principalOf(clientId: string): string | undefined;
  close(): Promise<void>;
}

const NO_CERTIFICATE = 'n/a';
const MQTT_5 = 5;
/** A subscriber that does not read for this long is disconnected. */
const DRAIN_TIMEOUT_MS = 10_000;

/** aedes records a received DISCONNECT packet only in this field. */
const sentDisconnect = (client: Client) => Reflect.get(client, '_disconnected') === true;

/** The last will of an MQTT 3.1.1 client, if it may publish it. */
const willOf = (client: Client, access: Access): MqttMessage | undefined => {
  const will: unknown = Reflect.get(client, 'will');
  if (!isRecord(will) || typeof will['topic'] !== 'string' || !access.mayPublish(client, will['topic']))
    return undefined;
  const { topic, payload, qos, retain } = will;
  const bytes = payload instanceof Uint8Array ? Buffer.from(payload) : Buffer.from(String(payload ?? ''));
  return { topic, payload: bytes, qos: qos === 1 ? 1 : 0, retain: retain === true, clientId: client.id };
};

/**
 * Starts a broker for MQTT 3.1.1 (aedes) and MQTT 5 that behaves as AWS IoT's does: QoS 0 and 1, reserved topics, presence
 * events, take-over of a client id, policies of certificates on the TLS listener. The plain listener trusts every client on
 * this machine.
 * @throws Error when a port is taken
 */
export const createBroker = async (options: BrokerOptions): Promise<Broker> => {
  const { clock, report, environment, host, tls, store = createMemoryStore() } = options;
  const { deliveries = createDeliveries(UNDISTURBED, clock) } = options;
  const fanOut = createFanOut(report);
  const retained = createRetainedMessages(clock, store);
  const certificates = new WeakMap<object, string>();
  const endings = new WeakMap<Client, DisconnectReason>();
  const online = new Map<string, Client>();
  let closed = false;

  // concurrency 0: a subscriber that does not read must not delay the messages of the others.
  const aedes = await Aedes.createBroker({
    ...{ concurrency: 0, drainTimeout: DRAIN_TIMEOUT_MS },
    persistence: new SavedSessions(store, retained),
  });
  const warn = (message: string, details: Record<string, unknown>) =>
    report({ level: 'warn', source: 'mqtt', message, details });
  // aedes' types do not include this event.
  const emitter: EventEmitter = aedes;
  emitter.on('error', (error: unknown) => warn(`broker: ${String(error)}`, {}));

  const accept = (message: MqttMessage) => {
    const receive = () => {
      if (closed) return;
      retained.observe(message);
      fanOut.emit(message);
    };
    // A client that sees no acknowledgement sends a message again (MQTT 3.1.1, 4.3.2).
    if (message.clientId === undefined || message.qos !== 1) return receive();
    deliveries.deliver({ kind: 'from-device', message }, receive);
  };

  const publish = (message: MqttMessage) => {
    if (closed) return;
    accept(message);
    const { topic, payload, qos = 0, retain = false, expiresAt } = message;
    const expiry = expiresAt === undefined ? {} : { messageExpiry: expiresAt };
    aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false, ...expiry }, (error) => {
      if (error && !closed) warn(`cannot deliver a message on ${topic}: ${error.message}`, { topic });
    });
  };

  const presence = createPresence(clock, store, publish);
  const access = createAccess(environment, (client) => certificates.get(client.conn), tls?.allows);

  checkPackets(aedes, {
    ...{ access, clock, online, warn, accept, store, retainedExpiryOf: retained.expiryOf },
    endBecause: (client, reason) => endings.set(client, reason),
  });

  const v5 = createBrokerV5({
    ...{ clock, store, access, presence, retained, warn, publish },
    principalOf: (socket) => certificates.get(socket) ?? NO_CERTIFICATE,
    closeOlder: (clientId) =>
      new Promise((done) => {
        const older = online.get(clientId);
        if (!older) return done();
        endings.set(older, 'DUPLICATE_CLIENTID');
        older.close(done);
      }),
  });
  fanOut.onMessage(v5.route);

  aedes.on('keepaliveTimeout', (client) => endings.set(client, 'MQTT_KEEP_ALIVE_TIMEOUT'));
  aedes.on('client', (client) => {
    v5.takeOver(client.id);
    online.set(client.id, client);
    const address: unknown = Reflect.get(client.conn, 'remoteAddress');
    presence.connected(
      client.id,
      certificates.get(client.conn) ?? NO_CERTIFICATE,
      typeof address === 'string' ? address : host,
      willOf(client, access),
    );
  });
  aedes.on('clientDisconnect', (client) => {
    online.delete(client.id);
    if (closed) return;
    const fallback = sentDisconnect(client) ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST';
    presence.disconnected(client.id, endings.get(client) ?? fallback);
  });

  const serve = (socket: Socket, certificateId?: string) => {
    if (certificateId !== undefined) certificates.set(socket, certificateId);
    whenVersionKnown(socket, clock, (version) => (version === MQTT_5 ? v5.handle(socket) : aedes.handle(socket)));
  };
  const onConnection = (socket: Socket, certificateId?: string) => {
    store.holdOutput(socket);
    const ignore = () => undefined;
    socket.on('error', ignore);
    store.onStart(() => {
      socket.off('error', ignore);
      if (!socket.destroyed) serve(socket, certificateId);
    });
  };
  const stop = async (listeners: readonly Listener[]) => {
    closed = true;
    v5.close();
    await new Promise<void>((done) => aedes.close(() => done()));
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const listeners: Listener[] = [];
  try {
    listeners.push(await listenPlain(host, options.port, onConnection));
    if (tls) listeners.push(await listenTls(host, tls.port, tls, onConnection));
  } catch (error) {
    await stop(listeners);
    throw error;
  }
  const [plain, secure] = listeners;

  return {
    port: plain?.port ?? options.port,
    ...(secure ? { tlsPort: secure.port } : {}),
    retained,
    publish,
    onMessage: fanOut.onMessage,
    connectedClients: presence.connectedClients,
    principalOf: presence.principalOf,
    close: async () => {
      if (!closed) await stop(listeners);
    },
  };
};
