import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type IConnectPacket, type Packet, generate, parser as createParser } from 'mqtt-packet';
import { type DrivenClock, drivenClock } from '../../local/core/clock';
import type { MqttMessage } from '../../local/core/mqtt';
import { createMemoryStore } from '../../local/store/store';
import type { Life } from './lives';
import { type Broker, type BrokerTls, createBroker } from '../../local/services/mqtt/broker';

/** A client that sends and receives single packets. */
export interface RawClient {
  send(...packets: Packet[]): void;
  /** The next packet, or "closed" when the broker has closed the connection. */
  next(): Promise<Packet | 'closed'>;
  readonly stream: Duplex;
}

export const rawClient = (stream: Duplex, protocolVersion: 4 | 5 = 5): RawClient => {
  const parser = createParser({ protocolVersion });
  const received: (Packet | 'closed')[] = [];
  const waiting: ((packet: Packet | 'closed') => void)[] = [];
  const take = (packet: Packet | 'closed') => {
    const waiter = waiting.shift();
    if (waiter) waiter(packet);
    else received.push(packet);
  };
  parser.on('packet', take);
  stream.on('data', (bytes: Buffer) => parser.parse(bytes));
  stream.on('error', () => undefined);
  stream.on('close', () => take('closed'));
  return {
    stream,
    send: (...packets) =>
      void stream.write(Buffer.concat(packets.map((packet) => generate(packet, { protocolVersion })))),
    next: () => {
      const packet = received.shift();
      return packet ? Promise.resolve(packet) : new Promise((resolve) => waiting.push(resolve));
    },
  };
};

export const connectPacket = (clientId: string, more: Partial<IConnectPacket> = {}): IConnectPacket => ({
  ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, keepalive: 60, clientId },
  ...more,
});

export const publishPacket = (topic: string, payload: string | Buffer, more: object = {}): Packet => ({
  ...{ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false },
  ...more,
});

export const subscribePacket = (topics: readonly string[], more: object = {}): Packet => ({
  ...{
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: topics.map((topic) => ({ topic, qos: 1, nl: false, rap: false })),
  },
  ...more,
});

export interface TestBroker {
  readonly clock: DrivenClock;
  readonly broker: Broker;
  readonly accepted: MqttMessage[];
  readonly warnings: string[];
  /** Resolves with the next message that the broker accepts on a topic. */
  acceptedOn(topic: string): Promise<MqttMessage>;
  /** Resolves with the payload of the next presence event of a client. */
  presence(eventType: 'connected' | 'disconnected', clientId: string): Promise<Record<string, unknown>>;
  raw(): Promise<RawClient>;
  /** A raw client that has been accepted; `connack` is the answer. */
  connected(
    clientId: string,
    more?: Partial<IConnectPacket>,
  ): Promise<RawClient & { readonly connack: Packet | 'closed' }>;
  /** A client of the `mqtt` package, which connects with MQTT 5 unless the options say otherwise. */
  client(options: IClientOptions): Promise<MqttClient>;
  close(): Promise<void>;
}

/** @param life with what an earlier broker has saved; default: one that keeps nothing */
export const startBroker = async (
  tls?: BrokerTls,
  { clock, store }: Life = { clock: drivenClock(), store: createMemoryStore() },
): Promise<TestBroker> => {
  const accepted: MqttMessage[] = [];
  const warnings: string[] = [];
  const closing: (() => unknown)[] = [];
  const broker = await createBroker({
    ...{ clock, store, host: '127.0.0.1', port: 0, environment: { accountId: '000000000000', region: 'eu-west-1' } },
    report: ({ message }) => warnings.push(message),
    ...(tls && { tls }),
  });
  broker.onMessage((message) => accepted.push(message));
  const acceptedOn = (topic: string) =>
    new Promise<MqttMessage>((resolve) => {
      const stop = broker.onMessage((message) => {
        if (message.topic !== topic) return;
        stop();
        resolve(message);
      });
    });
  const raw = async () => {
    const socket = net.connect(broker.port, '127.0.0.1');
    closing.push(() => socket.destroy());
    await once(socket, 'connect');
    return rawClient(socket);
  };
  return {
    ...{ clock, broker, accepted, warnings, acceptedOn, raw },
    presence: async (eventType, clientId) => {
      const { payload } = await acceptedOn(`$aws/events/presence/${eventType}/${clientId}`);
      const event: unknown = JSON.parse(payload.toString());
      return { ...(typeof event === 'object' ? event : {}) };
    },
    connected: async (clientId, more) => {
      const client = await raw();
      client.send(connectPacket(clientId, more));
      return { ...client, connack: await client.next() };
    },
    client: async (options) => {
      const url = `mqtt://127.0.0.1:${broker.port}`;
      const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
      client.on('error', () => undefined);
      closing.push(() => client.endAsync(true));
      return client;
    },
    close: async () => {
      for (const end of closing) await end();
      await broker.close();
    },
  };
};
