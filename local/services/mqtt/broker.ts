import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import type { Environment, Report } from '../../core/api';
import type { Clock } from '../../core/clock';
import type { MessageBus, MqttMessage } from '../../core/mqtt';
import { type Access, type IotAction, createAccess } from './access';
import { createFanOut } from './fan-out';
import { clientIdProblem, publishProblem, subscribeProblem } from './limits';
import { type Listener, type TlsMaterial, listenPlain, listenTls } from './listeners';
import { type DisconnectReason, createPresence } from './presence';
import { type RetainedMessages, createRetainedMessages } from './retained-messages';

/** Settings of the mutual-TLS listener. */
export interface BrokerTls extends TlsMaterial {
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether the policies of a certificate allow something; false also for a certificate that is unknown or inactive. */
  readonly allows: (certificateId: string, action: IotAction, resourceArn: string, clientId: string) => boolean;
}

interface BrokerOptions {
  readonly clock: Clock;
  readonly report: Report;
  readonly environment: Environment;
  readonly host: '127.0.0.1';
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls?: BrokerTls;
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
/** A subscriber that does not read for so long is cut off. */
const DRAIN_TIMEOUT_MS = 10_000;

/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;
const connectError = (message: string, returnCode: number) => Object.assign(new Error(message), { returnCode });

const bytesOf = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload);

/** aedes keeps what it knows about a received DISCONNECT packet only in this field. */
const saidGoodbye = (client: Client) => Reflect.get(client, '_disconnected') === true;

/**
 * Starts an MQTT 3.1.1 broker that behaves as AWS IoT's does: QoS 0 and 1, reserved topics, presence events, take-over of a
 * client id, policies of certificates on the TLS listener. The plain listener trusts everybody on this machine.
 * @throws Error when a port is taken
 */
export const createBroker = async (options: BrokerOptions): Promise<Broker> => {
  const { clock, report, environment, host, tls } = options;
  const fanOut = createFanOut(report);
  const retained = createRetainedMessages(clock);
  const certificates = new WeakMap<object, string>();
  const endings = new WeakMap<Client, DisconnectReason>();
  const online = new Map<string, Client>();
  let closed = false;

  // concurrency 0: one subscriber that does not read must not hold up the messages of the others.
  const aedes = await Aedes.createBroker({ concurrency: 0, drainTimeout: DRAIN_TIMEOUT_MS });
  const note = (message: string, details: Record<string, unknown>) =>
    report({ level: 'warn', source: 'mqtt', message, details });
  // The typed events of aedes leave this one out.
  const emitter: EventEmitter = aedes;
  emitter.on('error', (error: unknown) => note(`broker: ${String(error)}`, {}));

  const accept = (message: MqttMessage) => {
    retained.observe(message);
    fanOut.emit(message);
  };

  const publish = (message: MqttMessage) => {
    if (closed) return;
    accept(message);
    const { topic, payload, qos = 0, retain = false } = message;
    aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) => {
      if (error && !closed) note(`cannot deliver a message on ${topic}: ${error.message}`, { topic });
    });
  };

  const presence = createPresence(clock, publish);
  const access: Access = createAccess(environment, (client) => certificates.get(client.conn), tls?.allows);

  /** Ends the connection: aedes closes a client whose packet is answered with an error. */
  const refuse = (client: Client, reason: DisconnectReason, problem: string, answer: (error: Error) => void) => {
    endings.set(client, reason);
    note(`client ${client.id} disconnected: ${problem}`, { clientId: client.id });
    answer(new Error(problem));
  };

  aedes.preConnect = (client, packet, answer) => {
    if (!packet.clientId && packet.clean) packet.clientId = `$GEN/${randomUUID()}`;
    if (packet.will?.qos === 2) {
      note(`client ${packet.clientId} refused: the last will asks for QoS 2`, {});
      client.conn.destroy();
      answer(null, false);
      return;
    }
    answer(null, true);
  };

  aedes.authenticate = (client, _username, _password, answer) => {
    const problem = clientIdProblem(client.id);
    if (problem) {
      answer(connectError(problem, IDENTIFIER_REJECTED), false);
      return;
    }
    if (!access.mayConnect(client)) {
      note(`client ${client.id} refused: its certificate has no policy that allows iot:Connect`, {
        clientId: client.id,
      });
      answer(connectError('not authorized', NOT_AUTHORIZED), false);
      return;
    }
    // Who connects again takes over: aedes closes the older connection next.
    const older = online.get(client.id);
    if (older) endings.set(older, 'DUPLICATE_CLIENTID');
    answer(null, true);
  };

  aedes.authorizePublish = (client, packet, answer) => {
    if (!client) {
      answer(new Error('messages without a client come through the bus'));
      return;
    }
    const { topic, qos, retain } = packet;
    const payload = bytesOf(packet.payload);
    const problem = publishProblem(topic, payload.length, qos);
    if (problem) {
      refuse(client, 'CLIENT_ERROR', problem, answer);
      return;
    }
    if (!access.mayPublish(client, topic)) {
      refuse(client, 'FORBIDDEN_ACCESS', `no policy allows iot:Publish on topic ${topic}`, answer);
      return;
    }
    accept({ topic, payload, qos: qos === 0 ? 0 : 1, retain, clientId: client.id });
    answer(null);
  };

  aedes.authorizeSubscribe = (client, subscription, answer) => {
    const { topic, qos } = subscription;
    const problem = subscribeProblem(topic, qos);
    if (problem && qos > 1) {
      refuse(client, 'CLIENT_ERROR', problem, (error) => answer(error));
      return;
    }
    if (problem || !access.maySubscribe(client, topic)) {
      note(`subscription refused: ${problem ?? `no policy allows iot:Subscribe on topic filter ${topic}`}`, {
        clientId: client.id,
      });
      // No subscription: aedes answers SUBACK 0x80.
      answer(null, null);
      return;
    }
    answer(null, subscription);
  };

  aedes.authorizeForward = (client, packet) => (access.mayReceive(client, packet.topic) ? packet : null);

  aedes.on('keepaliveTimeout', (client) => endings.set(client, 'MQTT_KEEP_ALIVE_TIMEOUT'));
  aedes.on('client', (client) => {
    online.set(client.id, client);
    const address: unknown = Reflect.get(client.conn, 'remoteAddress');
    presence.connected(
      client.id,
      certificates.get(client.conn) ?? NO_CERTIFICATE,
      typeof address === 'string' ? address : host,
    );
  });
  aedes.on('clientDisconnect', (client) => {
    online.delete(client.id);
    if (closed) return;
    const fallback = saidGoodbye(client) ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST';
    presence.disconnected(client.id, endings.get(client) ?? fallback);
  });

  const onConnection = (socket: Socket, certificateId?: string) => {
    if (certificateId !== undefined) certificates.set(socket, certificateId);
    aedes.handle(socket);
  };
  const stop = async (listeners: readonly Listener[]) => {
    closed = true;
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
