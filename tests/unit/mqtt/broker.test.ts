import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import mqtt, { type IClientOptions, type MqttClient, connectAsync } from 'mqtt';
import type { LocalEvent } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import type { MqttMessage } from '../../../local/core/mqtt';
import { type Broker, type BrokerTls, createBroker } from '../../../local/services/mqtt/broker';
import { type LocalCa, createLocalCa } from '../../../local/services/mqtt/local-ca';

const clock = drivenClock();
let broker: Broker;
let events: LocalEvent[];
let accepted: MqttMessage[];
const clients: MqttClient[] = [];

const start = async (secure?: BrokerTls) => {
  events = [];
  accepted = [];
  broker = await createBroker({
    clock,
    report: (event) => events.push(event),
    environment: { accountId: '000000000000', region: 'eu-west-1' },
    host: '127.0.0.1',
    port: 0,
    ...(secure ? { tls: secure } : {}),
  });
  broker.onMessage((message) => accepted.push(message));
};

const connect = async (options: IClientOptions = {}) => {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};

/** Resolves with the next message that the broker accepts on a topic. */
const acceptedOn = (topic: string) =>
  new Promise<MqttMessage>((resolve) => {
    const stop = broker.onMessage((message) => {
      if (message.topic !== topic) return;
      stop();
      resolve(message);
    });
  });

const nextMessage = (client: MqttClient): Promise<{ topic: string; text: string; retain: boolean }> => {
  return new Promise((resolve) =>
    client.once('message', (topic, payload, packet) =>
      resolve({ topic, text: String(payload), retain: packet.retain }),
    ),
  );
};

const closeOf = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));

const jsonOf = (message: MqttMessage): Record<string, unknown> => {
  const json: unknown = JSON.parse(message.payload.toString());
  return { ...(typeof json === 'object' ? json : {}) };
};

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await broker.close();
});

describe('messages', () => {
  beforeEach(() => start());

  test('a client receives what a service publishes, and listeners in the process see what a client publishes', async () => {
    const client = await connect({ clientId: 'thing-1' });
    await client.subscribeAsync('agents/thing-1/usp/request/#', { qos: 1 });
    const received = nextMessage(client);
    broker.publish({ topic: 'agents/thing-1/usp/request/reply-to=a%2Fb', payload: Buffer.from('x'), qos: 1 });
    expect(await received).toMatchObject({ topic: 'agents/thing-1/usp/request/reply-to=a%2Fb', text: 'x' });

    const seen = acceptedOn('controllers/c/agents/thing-1/response');
    await client.publishAsync('controllers/c/agents/thing-1/response', Buffer.from([0, 255]), { qos: 1 });
    expect(await seen).toEqual({
      topic: 'controllers/c/agents/thing-1/response',
      payload: Buffer.from([0, 255]),
      qos: 1,
      retain: false,
      clientId: 'thing-1',
    });
  });

  test('messages that a listener publishes come after the one it handles, for every listener', () => {
    const order: string[] = [];
    broker.onMessage((message) => {
      if (message.topic === 'first') broker.publish({ topic: 'second', payload: Buffer.alloc(0) });
    });
    broker.onMessage((message) => order.push(message.topic));
    broker.publish({ topic: 'first', payload: Buffer.alloc(0) });
    expect(order).toEqual(['first', 'second']);
  });

  test('a listener that throws is reported, and the others still get the message', () => {
    const stop = broker.onMessage(() => {
      throw new Error('broken listener');
    });
    const order: string[] = [];
    broker.onMessage((message) => order.push(message.topic));
    broker.publish({ topic: 't', payload: Buffer.alloc(0) });
    stop();
    expect(order).toEqual(['t']);
    expect(events).toEqual([
      expect.objectContaining({ level: 'error', message: expect.stringContaining('broken listener') }),
    ]);
  });

  test('a retained message reaches later subscribers until an empty one deletes it', async () => {
    const client = await connect();
    await client.publishAsync('state', 'on', { retain: true, qos: 1 });
    expect(broker.retained.get('state')).toMatchObject({ payload: Buffer.from('on'), qos: 1 });
    const received = nextMessage(client);
    await client.subscribeAsync('state');
    expect(await received).toEqual({ topic: 'state', text: 'on', retain: true });
    await client.publishAsync('state', '', { retain: true, qos: 1 });
    expect(broker.retained.list()).toEqual([]);
  });

  test('a persistent session gets the QoS 1 messages that it missed', async () => {
    const first = await connect({ clientId: 'sleeper', clean: false });
    await first.subscribeAsync('mail/sleeper', { qos: 1 });
    const gone = acceptedOn('$aws/events/presence/disconnected/sleeper');
    await first.endAsync();
    await gone;
    broker.publish({ topic: 'mail/sleeper', payload: Buffer.from('letter'), qos: 1 });
    const again = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'sleeper',
      clean: false,
      reconnectPeriod: 0,
    });
    clients.push(again);
    expect(await nextMessage(again)).toMatchObject({ topic: 'mail/sleeper', text: 'letter' });
  });

  test('the last will is published when the connection breaks, not after a goodbye', async () => {
    const will = { topic: 'wills/w', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const polite = await connect({ clientId: 'polite', will });
    const left = acceptedOn('$aws/events/presence/disconnected/polite');
    await polite.endAsync();
    await left;
    const rude = await connect({ clientId: 'rude', will });
    const willed = acceptedOn('wills/w');
    rude.stream.destroy();
    expect((await willed).clientId).toBe('rude');
    expect(accepted.filter(({ topic }) => topic === 'wills/w')).toHaveLength(1);
  });
});

describe('presence', () => {
  beforeEach(() => start());

  test('connecting and leaving are announced with one version and session, which differ for the next connection', async () => {
    const came = acceptedOn('$aws/events/presence/connected/thing-1');
    const client = await connect({ clientId: 'thing-1' });
    const connected = jsonOf(await came);
    expect(connected).toEqual({
      clientId: 'thing-1',
      timestamp: clock.now(),
      eventType: 'connected',
      sessionIdentifier: expect.any(String),
      principalIdentifier: 'n/a',
      versionNumber: 0,
      ipAddress: '127.0.0.1',
    });
    expect(broker.connectedClients()).toEqual(['thing-1']);

    const went = acceptedOn('$aws/events/presence/disconnected/thing-1');
    await client.endAsync();
    expect(jsonOf(await went)).toEqual({
      clientId: 'thing-1',
      timestamp: clock.now(),
      eventType: 'disconnected',
      sessionIdentifier: connected.sessionIdentifier,
      principalIdentifier: 'n/a',
      versionNumber: 0,
      clientInitiatedDisconnect: true,
      disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
    });
    expect(broker.connectedClients()).toEqual([]);

    const back = acceptedOn('$aws/events/presence/connected/thing-1');
    await connect({ clientId: 'thing-1' });
    expect(jsonOf(await back).versionNumber).toBe(1);
  });

  test('the version starts anew after an hour offline', async () => {
    const went = acceptedOn('$aws/events/presence/disconnected/rare');
    await (await connect({ clientId: 'rare' })).endAsync();
    await went;
    await clock.advance(3_600_000);
    const back = acceptedOn('$aws/events/presence/connected/rare');
    await connect({ clientId: 'rare' });
    expect(jsonOf(await back).versionNumber).toBe(0);
  });

  test('the same client id connecting again takes over and the older connection is closed', async () => {
    const older = await connect({ clientId: 'twin' });
    const closed = closeOf(older);
    const went = acceptedOn('$aws/events/presence/disconnected/twin');
    await connect({ clientId: 'twin' });
    await closed;
    expect(jsonOf(await went)).toMatchObject({ disconnectReason: 'DUPLICATE_CLIENTID', versionNumber: 0 });
    expect(broker.connectedClients()).toEqual(['twin']);
  });

  test('a connection that breaks is reported as lost', async () => {
    const client = await connect({ clientId: 'fragile' });
    const went = acceptedOn('$aws/events/presence/disconnected/fragile');
    client.stream.destroy();
    expect(jsonOf(await went)).toMatchObject({ disconnectReason: 'CONNECTION_LOST', clientInitiatedDisconnect: false });
  });
});

describe('limits of AWS IoT', () => {
  beforeEach(() => start());

  test.each<[string, string, Buffer | string, 0 | 1 | 2]>([
    ['QoS 2', 'a/b', 'x', 2],
    ['more than 128 KB', 'a/b', Buffer.alloc(128 * 1024 + 1), 1],
    ['more than seven slashes', '1/2/3/4/5/6/7/8/9', 'x', 1],
    ['a topic of more than 256 bytes', 'x'.repeat(257), 'x', 1],
    ['a reserved topic', '$aws/things/t/jobs/notify-next', 'x', 1],
    ['a presence event', '$aws/events/presence/connected/t', 'x', 0],
  ])('publishing with %s ends the connection and reaches nobody', async (_, topic, payload, qos) => {
    const client = await connect({ clientId: 'bad' });
    const went = acceptedOn('$aws/events/presence/disconnected/bad');
    client.publish(topic, payload, { qos });
    expect(jsonOf(await went)).toMatchObject({ disconnectReason: 'CLIENT_ERROR' });
    expect(accepted.filter((message) => message.topic === topic)).toEqual([]);
    expect(events.at(-1)?.message).toContain('client bad disconnected');
  });

  test.each([
    '$aws/things/t/jobs/get',
    '$aws/things/t/jobs/start-next',
    '$aws/things/t/jobs/job-1/update',
    '$aws/things/t/shadow/name/n/update',
    '1/2/3/4/5/6/7/8',
  ])('%s may be published by a client', async (topic) => {
    const client = await connect();
    await client.publishAsync(topic, Buffer.alloc(128 * 1024), { qos: 1 });
    expect(accepted.map((message) => message.topic)).toContain(topic);
  });

  test('a subscription with QoS 2 ends the connection', async () => {
    const client = await connect({ clientId: 'bad' });
    const went = acceptedOn('$aws/events/presence/disconnected/bad');
    client.subscribe('a', { qos: 2 });
    await went;
  });

  test('a client without id gets one made by the broker', async () => {
    const client = await connect({ clientId: '', clean: true });
    await client.publishAsync('hello', 'x', { qos: 1 });
    expect(accepted.find(({ topic }) => topic === 'hello')?.clientId).toMatch(/^\$GEN\//);
  });

  test('close ends clients and half-open connections at once', async () => {
    const client = await connect();
    const silent = net.connect(broker.port, '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    const ended = Promise.all([closeOf(client), once(silent, 'close')]);
    await broker.close();
    await ended;
    broker.publish({ topic: 'after', payload: Buffer.alloc(0) });
    expect(accepted.map(({ topic }) => topic)).not.toContain('after');
  });

  test('a port that is taken is named in the error', async () => {
    const options = { clock, report: () => undefined, environment: { accountId: '0', region: 'r' } };
    await expect(createBroker({ ...options, host: '127.0.0.1', port: broker.port })).rejects.toThrow(
      `MQTT broker cannot listen on 127.0.0.1:${broker.port}`,
    );
  });
});

describe('mutual TLS', () => {
  let ca: LocalCa;
  beforeAll(async () => {
    ca = await createLocalCa();
  });
  const arn = (resource: string) => `arn:aws:iot:eu-west-1:000000000000:${resource}`;
  const startTls = (allows: BrokerTls['allows']) =>
    start({ port: 0, ca: ca.caCertificatePem, cert: ca.server.cert, key: ca.server.key, allows });
  const connectTls = async (clientId: string, certificate: { certificatePem: string; privateKeyPem: string }) => {
    const client = mqtt.connect(`mqtts://127.0.0.1:${broker.tlsPort}`, {
      clientId,
      ca: ca.caCertificatePem,
      reconnectPeriod: 0,
      cert: certificate.certificatePem,
      key: certificate.privateKeyPem,
    });
    clients.push(client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.on('error', reject);
    });
    return client;
  };

  test('what the policies allow works, with certificate id, action, ARN and client id asked', async () => {
    const device = await ca.issue('thing-1');
    const asked: unknown[][] = [];
    await startTls((...question) => {
      asked.push(question);
      return true;
    });
    const client = await connectTls('thing-1', device);
    await client.subscribeAsync('news/#');
    const received = nextMessage(client);
    await client.publishAsync('news/today', 'x', { qos: 1 });
    await received;
    const id = device.certificateId;
    expect(asked).toEqual([
      [id, 'iot:Connect', arn('client/thing-1'), 'thing-1'],
      [id, 'iot:Subscribe', arn('topicfilter/news/#'), 'thing-1'],
      [id, 'iot:Publish', arn('topic/news/today'), 'thing-1'],
      [id, 'iot:Receive', arn('topic/news/today'), 'thing-1'],
    ]);
    expect(broker.principalOf('thing-1')).toBe(id);
  });

  test('a forbidden subscription is answered with 0x80 and the connection lives on', async () => {
    await startTls(
      (_certificate, action, resource) => action !== 'iot:Subscribe' || resource === arn('topicfilter/mine'),
    );
    const client = await connectTls('thing-1', await ca.issue('thing-1'));
    await expect(client.subscribeAsync('others')).rejects.toThrow();
    expect(await client.subscribeAsync('mine')).toMatchObject([{ topic: 'mine', qos: 0 }]);
  });

  test('a forbidden publish ends the connection', async () => {
    await startTls((_certificate, action) => action !== 'iot:Publish');
    const client = await connectTls('thing-1', await ca.issue('thing-1'));
    const went = acceptedOn('$aws/events/presence/disconnected/thing-1');
    client.publish('secret', 'x');
    expect(jsonOf(await went)).toMatchObject({ disconnectReason: 'FORBIDDEN_ACCESS' });
    expect(accepted.map(({ topic }) => topic)).not.toContain('secret');
  });

  test('a message that the policy does not allow is not delivered', async () => {
    await startTls((_certificate, action, resource) => action !== 'iot:Receive' || resource === arn('topic/open'));
    const client = await connectTls('thing-1', await ca.issue('thing-1'));
    await client.subscribeAsync('#');
    const received = nextMessage(client);
    broker.publish({ topic: 'closed', payload: Buffer.from('1') });
    broker.publish({ topic: 'open', payload: Buffer.from('2') });
    expect(await received).toMatchObject({ topic: 'open', text: '2' });
  });

  test('a certificate without a policy for iot:Connect is refused', async () => {
    await startTls(() => false);
    await expect(connectTls('thing-1', await ca.issue('thing-1'))).rejects.toThrow(/Not authorized/);
    expect(events.at(-1)?.message).toContain('no policy that allows iot:Connect');
  });

  test('a client without a certificate, or with one of another authority, cannot connect', async () => {
    await startTls(() => true);
    const stranger = await (await createLocalCa()).issue('thing-1');
    for (const identity of [{}, { cert: stranger.certificatePem, key: stranger.privateKeyPem }]) {
      const socket = tls.connect({ port: broker.tlsPort, host: '127.0.0.1', ca: ca.caCertificatePem, ...identity });
      let answer = 0;
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => {
        answer += bytes.length;
      });
      // A CONNECT packet of client "thing-1"; who got in would be answered.
      socket.write(Buffer.from('\x10\x13\x00\x04MQTT\x04\x02\x00\x3c\x00\x07thing-1', 'latin1'));
      await new Promise((resolve) => socket.once('close', resolve));
      expect(answer).toBe(0);
    }
    expect(accepted).toEqual([]);
  });
});
