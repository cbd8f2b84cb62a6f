import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { generate } from 'mqtt-packet';
import type { BrokerTls } from '../../../../local/services/mqtt/broker';
import { createLocalCa } from '../../../../local/services/mqtt/local-ca';
import {
  type TestBroker,
  connectPacket,
  publishPacket,
  rawClient,
  startBroker,
  subscribePacket,
} from '../../../support/mqtt-broker';

let test5: TestBroker;
beforeEach(async () => {
  test5 = await startBroker();
});
afterEach(() => test5.close());

describe('CONNECT', () => {
  test('is answered with the limits of AWS IoT Core (developer guide, MQTT 5 properties; message broker quotas)', async () => {
    const { connack } = await test5.connected('thing-1');
    expect(connack).toMatchObject({
      ...{ cmd: 'connack', reasonCode: 0, sessionPresent: false },
      properties: {
        receiveMaximum: 100,
        maximumQoS: 1,
        retainAvailable: true,
        maximumPacketSize: 149_504,
        topicAliasMaximum: 8,
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: false,
      },
    });
    expect(connack).not.toHaveProperty('properties.serverKeepAlive');
    expect(connack).not.toHaveProperty('properties.sessionExpiryInterval');
    expect(connack).not.toHaveProperty('properties.assignedClientIdentifier');
  });

  test('tells the client what has been adjusted: keep-alive, session expiry, client id (MQTT 5, 3.2.2.3)', async () => {
    const properties = { sessionExpiryInterval: 7200 };
    const { connack } = await test5.connected('', { keepalive: 5, properties });
    const assigned = test5.broker.connectedClients()[0];
    expect(assigned).toMatch(/^\$GEN\//);
    expect(connack).toMatchObject({
      properties: { serverKeepAlive: 30, sessionExpiryInterval: 3600, assignedClientIdentifier: assigned },
    });
  });

  test.each<[string, Parameters<typeof connectPacket>, number]>([
    ['a client id of more than 128 bytes (quotas): 0x85', ['x'.repeat(129)], 0x85],
    ['a last will with QoS 2 (MQTT reason codes): 0x9B', ['w', { will: { topic: 'w', payload: 'x', qos: 2 } }], 0x9b],
    ['a last will on a reserved topic (MQTT reason codes): 0x90', ['w', { will: { topic: '$x', payload: 'x' } }], 0x90],
    ['Receive Maximum 0 (MQTT 5, 3.1.2.11.3): 0x82', ['r', { properties: { receiveMaximum: 0 } }], 0x82],
    ['Maximum Packet Size 0 (MQTT 5, 3.1.2.11.4): 0x82', ['m', { properties: { maximumPacketSize: 0 } }], 0x82],
    ['an AUTH exchange (MQTT differences): 0x8C', ['a', { properties: { authenticationMethod: 'SCRAM' } }], 0x8c],
  ])('is refused for %s', async (_, [clientId, more], reasonCode) => {
    const client = await test5.raw();
    client.send(connectPacket(clientId, more));
    expect(await client.next()).toMatchObject({
      ...{ cmd: 'connack', reasonCode, properties: { reasonString: expect.any(String) } },
    });
    expect(await client.next()).toBe('closed');
    expect(test5.broker.connectedClients()).toEqual([]);
    expect(test5.accepted).toEqual([]);
  });

  test('no Reason String goes to a client that does not want any (MQTT 5, 3.1.2.11.7)', async () => {
    const properties = { receiveMaximum: 0, requestProblemInformation: false };
    const { connack } = await test5.connected('terse', { properties });
    expect(connack).toMatchObject({ reasonCode: 0x82 });
    expect(connack).not.toHaveProperty('properties');
  });

  test('a second CONNECT is a protocol error [MQTT-3.1.0-2]', async () => {
    const client = await test5.connected('twice');
    const gone = test5.presence('disconnected', 'twice');
    client.send(connectPacket('twice'));
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x82 });
    expect(await client.next()).toBe('closed');
    expect(await gone).toMatchObject({ disconnectReason: 'CLIENT_ERROR' });
  });

  test('packets right behind CONNECT are handled after it', async () => {
    const client = await test5.raw();
    client.send(connectPacket('eager'), subscribePacket(['own']), publishPacket('own', 'x'));
    expect(await client.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 });
    expect(await client.next()).toMatchObject({ cmd: 'suback', granted: [1] });
    expect(await client.next()).toMatchObject({ cmd: 'publish', topic: 'own', payload: Buffer.from('x') });
  });

  test.each([4, 5] as const)('version %d is recognized when the bytes come one at a time', async (protocolVersion) => {
    const socket = net.connect({ port: test5.broker.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const client = rawClient(socket, protocolVersion);
    const came = test5.presence('connected', 'slow');
    for (const byte of generate(connectPacket('slow', { protocolVersion }), { protocolVersion }))
      await new Promise<void>((written) => socket.write(Buffer.from([byte]), () => written()));
    expect(await client.next()).toMatchObject({ cmd: 'connack', sessionPresent: false });
    await came;
    socket.destroy();
  });

  test.each<[string, Buffer]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a length that never ends', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['MQTT 6', Buffer.from('\x10\x13\x00\x04MQTT\x06\x02\x00\x3c\x00\x07thing-1', 'latin1')],
    ['a CONNECT packet that contradicts itself', Buffer.from('\x10\x0b\x00\x04MQTT\x05\x01\x00\x3c\x00', 'latin1')],
  ])('a connection that begins with %s is closed', async (_, bytes) => {
    const client = await test5.raw();
    client.stream.write(bytes);
    expect(await client.next()).toBe('closed');
    expect(test5.broker.connectedClients()).toEqual([]);
  });
});

describe('a connection ends', () => {
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['the first half of a CONNECT packet', generate(connectPacket('slow'), { protocolVersion: 5 }).subarray(0, 10)],
  ])('when %s has arrived for 30 seconds', async (_, bytes) => {
    const client = await test5.connected('other');
    const idle = await test5.raw();
    idle.stream.write(bytes);
    // An answer to a later packet: the broker has seen the bytes.
    client.send({ cmd: 'pingreq' });
    await client.next();
    await test5.clock.advance(30_000);
    expect(await idle.next()).toBe('closed');
    expect(test5.broker.connectedClients()).toEqual(['other']);
  });

  test('with 0x8D after 1.5 times the keep-alive time without a packet (MQTT 5, 3.1.2.10; MQTT reason codes)', async () => {
    const client = await test5.connected('quiet', { keepalive: 60 });
    await test5.clock.advance(80_000);
    client.send({ cmd: 'pingreq' });
    expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
    await test5.clock.advance(80_000);
    expect(test5.broker.connectedClients()).toEqual(['quiet']);
    const gone = test5.presence('disconnected', 'quiet');
    await test5.clock.advance(10_000);
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8d });
    expect(await gone).toMatchObject({ disconnectReason: 'MQTT_KEEP_ALIVE_TIMEOUT', clientInitiatedDisconnect: false });
  });

  test.each<[string, Buffer]>([
    ['a packet of an unknown kind', Buffer.from([0x00, 0x00])],
    ['reserved flags', Buffer.from([0x81, 0x00])],
    ['a cut-off property', Buffer.from([0x30, 0x07, 0x00, 0x01, 0x61, 0x03, 0x03, 0x00, 0x09])],
  ])('with 0x81 for %s (MQTT 5, 4.13)', async (_, bytes) => {
    const client = await test5.connected('broken');
    client.stream.write(bytes);
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x81 });
    expect(await client.next()).toBe('closed');
  });

  test('with 0x82 for a repeated property (MQTT 5, 2.2.2.2) and for packets that AWS IoT does not support', async () => {
    const repeated = await test5.connected('repeats');
    // PUBLISH to "a" with two content types, "b" and "c".
    repeated.stream.write(Buffer.from('\x30\x0c\x00\x01a\x08\x03\x00\x01b\x03\x00\x01c', 'latin1'));
    expect(await repeated.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x82 });
    const pubrel = await test5.connected('qos-2');
    pubrel.send({ cmd: 'pubrel', messageId: 1, reasonCode: 0 });
    expect(await pubrel.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x82 });
  });

  test('with 0x95 for a packet above the Maximum Packet Size (MQTT 5, 3.2.2.3.6)', async () => {
    const client = await test5.connected('large');
    client.send(publishPacket('a', Buffer.alloc(149_505), { qos: 1, messageId: 1 }));
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x95 });
  });

  test('with 0x8B when the broker stops (MQTT reason codes)', async () => {
    const client = await test5.connected('last');
    await test5.broker.close();
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8b });
    expect(await client.next()).toBe('closed');
  });

  test('when the client does not read for a while', async () => {
    const stuck = await test5.connected('stuck');
    stuck.send(subscribePacket(['flood']));
    await stuck.next();
    stuck.stream.pause();
    const gone = test5.presence('disconnected', 'stuck');
    for (let sent = 0; sent < 200; sent += 1)
      test5.broker.publish({ topic: 'flood', payload: Buffer.alloc(128 * 1024) });
    await test5.clock.advance(10_000);
    expect(await gone).toMatchObject({ disconnectReason: 'CONNECTION_LOST' });
  });
});

describe('presence and take-over (AWS IoT lifecycle events)', () => {
  test('an MQTT 5 client has the presence events of any client', async () => {
    const came = test5.presence('connected', 'thing-1');
    const client = await test5.connected('thing-1');
    const { sessionIdentifier, ...connected } = await came;
    expect(connected).toEqual({
      ...{ clientId: 'thing-1', timestamp: test5.clock.now(), eventType: 'connected' },
      ...{ principalIdentifier: 'n/a', versionNumber: 0, ipAddress: '127.0.0.1' },
    });
    expect(test5.broker.connectedClients()).toEqual(['thing-1']);
    const went = test5.presence('disconnected', 'thing-1');
    client.send({ cmd: 'disconnect', reasonCode: 0 });
    expect(await went).toMatchObject({
      ...{ sessionIdentifier, versionNumber: 0, clientInitiatedDisconnect: true },
      disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
    });
    expect(test5.broker.connectedClients()).toEqual([]);
    const lost = await test5.connected('thing-2');
    const gone = test5.presence('disconnected', 'thing-2');
    lost.stream.destroy();
    expect(await gone).toMatchObject({ disconnectReason: 'CONNECTION_LOST' });
  });

  test.each([
    [4, 5],
    [5, 4],
    [5, 5],
  ] as const)(
    'a client with version %d is disconnected by one with version %d and the same id',
    async (older, newer) => {
      const first = await test5.raw();
      const reading = rawClient(first.stream, older);
      first.stream.write(generate(connectPacket('twin', { protocolVersion: older }), { protocolVersion: older }));
      await reading.next();
      const gone = test5.presence('disconnected', 'twin');
      const second = await test5.client({ clientId: 'twin', protocolVersion: newer });
      expect(await gone).toMatchObject({ disconnectReason: 'DUPLICATE_CLIENTID', versionNumber: 0 });
      if (older === 5) expect(await reading.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8e });
      expect(await reading.next()).toBe('closed');
      expect(test5.broker.connectedClients()).toEqual(['twin']);
      await second.publishAsync('alive', 'x', { qos: 1 });
      expect(test5.accepted.at(-1)).toMatchObject({ topic: 'alive', clientId: 'twin' });
    },
  );
});

describe('mutual TLS', () => {
  const arn = (resource: string) => `arn:aws:iot:eu-west-1:000000000000:${resource}`;
  const startTls = async (allows: BrokerTls['allows']) => {
    const ca = await createLocalCa();
    const secure = await startBroker({ port: 0, ca: ca.caCertificatePem, ...ca.server, allows });
    const device = await ca.issue('thing-1');
    const connect = async () => {
      const socket = tls.connect({
        ...{ port: secure.broker.tlsPort, host: '127.0.0.1', ca: ca.caCertificatePem },
        ...{ cert: device.certificatePem, key: device.privateKeyPem },
      });
      await once(socket, 'secureConnect');
      const client = rawClient(socket);
      client.send(connectPacket('thing-1'));
      return { ...client, connack: await client.next() };
    };
    return { secure, device, connect };
  };

  test('the policies are asked with certificate id, action, ARN and client id', async () => {
    const asked: unknown[][] = [];
    const { secure, device, connect } = await startTls((...question) => asked.push(question) > 0);
    const client = await connect();
    client.send(subscribePacket(['news/#']), publishPacket('news/today', 'x', { qos: 1, messageId: 2 }));
    expect(await client.next()).toMatchObject({ cmd: 'suback', granted: [1] });
    expect(await client.next()).toMatchObject({ cmd: 'publish', topic: 'news/today' });
    expect(await client.next()).toMatchObject({ cmd: 'puback', reasonCode: 0 });
    const id = device.certificateId;
    expect(asked).toEqual([
      [id, 'iot:Connect', arn('client/thing-1'), 'thing-1'],
      [id, 'iot:Subscribe', arn('topicfilter/news/#'), 'thing-1'],
      [id, 'iot:Publish', arn('topic/news/today'), 'thing-1'],
      [id, 'iot:Receive', arn('topic/news/today'), 'thing-1'],
    ]);
    expect(secure.broker.principalOf('thing-1')).toBe(id);
    await secure.close();
  });

  test('what no policy allows is refused with 0x87 (MQTT reason codes)', async () => {
    let allowed = ['iot:Connect'];
    const { secure, connect } = await startTls((_, action) => allowed.includes(action));
    const client = await connect();
    client.send(subscribePacket(['secret']));
    expect(await client.next()).toMatchObject({ cmd: 'suback', granted: [0x87] });
    client.send(publishPacket('secret', 'x', { qos: 1, messageId: 2 }));
    expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 2, reasonCode: 0x87 });
    const gone = secure.presence('disconnected', 'thing-1');
    client.send(publishPacket('secret', 'x'));
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 });
    expect(await gone).toMatchObject({ disconnectReason: 'FORBIDDEN_ACCESS' });
    allowed = [];
    expect((await connect()).connack).toMatchObject({ cmd: 'connack', reasonCode: 0x87 });
    expect(secure.accepted.map(({ topic }) => topic)).not.toContain('secret');
    await secure.close();
  });

  test('a message that the policy does not let the client receive is not delivered', async () => {
    const { secure, connect } = await startTls(
      (_, action, resource) => action !== 'iot:Receive' || resource === arn('topic/open'),
    );
    const client = await connect();
    client.send(subscribePacket(['+']));
    await client.next();
    for (const topic of ['closed', 'open']) secure.broker.publish({ topic, payload: Buffer.from(topic), qos: 1 });
    expect(await client.next()).toMatchObject({ cmd: 'publish', topic: 'open' });
    await secure.close();
  });
});
