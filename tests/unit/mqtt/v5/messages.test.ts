import type { MqttClient } from 'mqtt';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import {
  type RawClient,
  type TestBroker,
  publishPacket,
  startBroker,
  subscribePacket,
} from '../../../support/mqtt-broker';

let test5: TestBroker;
beforeEach(async () => {
  test5 = await startBroker();
});
afterEach(() => test5.close());

const nextMessage = (client: MqttClient) =>
  new Promise<{ topic: string; text: string; packet: Packet }>((resolve) =>
    client.once('message', (topic, payload, packet) => resolve({ topic, text: String(payload), packet })),
  );

const subscribed = async (clientId: string, topics: readonly string[], properties = {}): Promise<RawClient> => {
  const client = await test5.connected(clientId, { properties });
  client.send(subscribePacket(topics));
  await client.next();
  return client;
};

const PROPERTIES = {
  payloadFormatIndicator: true,
  contentType: 'usp.msg',
  responseTopic: 'agents/sim-1/usp/request',
  correlationData: Buffer.from([0, 255]),
  userProperties: { color: ['red', 'blue'], size: 'small' },
};

describe('PUBLISH', () => {
  test('its properties reach MQTT 5 subscribers and the listeners in the process; MQTT 3.1.1 subscribers get the plain message', async () => {
    const [newer, older] = await Promise.all([
      test5.client({ clientId: 'newer' }),
      test5.client({ clientId: 'older', protocolVersion: 4 }),
    ]);
    await Promise.all([newer.subscribeAsync('t', { qos: 1 }), older.subscribeAsync('t', { qos: 1 })]);
    const [atNewer, atOlder] = [nextMessage(newer), nextMessage(older)];
    await newer.publishAsync('t', 'hello', { qos: 1, properties: PROPERTIES });
    expect((await atNewer).packet).toMatchObject({ topic: 't', qos: 1, retain: false, properties: PROPERTIES });
    expect(await atOlder).toMatchObject({ topic: 't', text: 'hello' });
    expect((await atOlder).packet).not.toHaveProperty('properties');
    expect(test5.accepted.find(({ topic }) => topic === 't')).toEqual({
      ...{ topic: 't', payload: Buffer.from('hello'), qos: 1, retain: false, clientId: 'newer' },
      properties: {
        ...PROPERTIES,
        userProperties: [
          ['color', 'red'],
          ['color', 'blue'],
          ['size', 'small'],
        ],
      },
    });
  });

  test('of an MQTT 3.1.1 client reaches MQTT 5 subscribers, with the lower QoS of both', async () => {
    const newer = await subscribed('newer', ['t/+']);
    const older = await test5.client({ clientId: 'older', protocolVersion: 4 });
    await older.publishAsync('t/1', 'x', { qos: 1 });
    await older.publishAsync('t/0', 'x', { qos: 0 });
    expect(await newer.next()).toMatchObject({ cmd: 'publish', topic: 't/1', qos: 1, payload: Buffer.from('x') });
    expect(await newer.next()).toMatchObject({ cmd: 'publish', topic: 't/0', qos: 0 });
  });

  test.each<[string, string, Buffer | string, object, number]>([
    ['a reserved topic: 0x90', '$aws/things/t/jobs/notify', 'x', {}, 0x90],
    ['more than seven slashes: 0x90', '1/2/3/4/5/6/7/8/9', 'x', {}, 0x90],
    ['more than 256 bytes of topic: 0x90', 'x'.repeat(257), 'x', {}, 0x90],
    ['more than 128 KB: 0x97', 'a', Buffer.alloc(128 * 1024 + 1), {}, 0x97],
  ])(
    'is refused for %s, by PUBACK at QoS 1 and by DISCONNECT at QoS 0 (MQTT reason codes; quotas)',
    async (_, topic, payload, more, reasonCode) => {
      const client = await test5.connected('bad');
      client.send(publishPacket(topic, payload, { qos: 1, messageId: 7, ...more }));
      expect(await client.next()).toMatchObject({
        ...{ cmd: 'puback', messageId: 7, reasonCode, properties: { reasonString: expect.any(String) } },
      });
      const gone = test5.presence('disconnected', 'bad');
      client.send(publishPacket(topic, payload, more));
      expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode });
      expect(await client.next()).toBe('closed');
      expect(await gone).toMatchObject({ disconnectReason: 'CLIENT_ERROR' });
      expect(test5.accepted.filter((message) => message.topic === topic)).toEqual([]);
    },
  );

  test.each<[string, Packet, number]>([
    ['QoS 2 (MQTT differences)', publishPacket('a', 'x', { qos: 2, messageId: 1 }), 0x9b],
    [
      'a wildcard in the response topic [MQTT-3.3.2-14]',
      publishPacket('a', 'x', { properties: { responseTopic: '#' } }),
      0x82,
    ],
    [
      'a subscription identifier [MQTT-3.3.4-6]',
      publishPacket('a', 'x', { properties: { subscriptionIdentifier: 1 } }),
      0x82,
    ],
    [
      'a topic alias above the maximum (MQTT reason codes)',
      publishPacket('a', 'x', { properties: { topicAlias: 9 } }),
      0x94,
    ],
    ['a topic alias that is not set [MQTT-3.3.2-12]', publishPacket('', 'x', { properties: { topicAlias: 1 } }), 0x94],
    ['no topic at all (MQTT 5, 3.3.2.1)', publishPacket('', 'x'), 0x90],
  ])('ends the connection for %s', async (_, packet, reasonCode) => {
    const client = await test5.connected('bad');
    client.send(packet);
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode });
    expect(await client.next()).toBe('closed');
    expect(test5.accepted.filter(({ clientId }) => clientId === 'bad')).toEqual([]);
  });

  test('a topic alias stands for the topic that came with it last (MQTT 5, 3.3.2.3.4)', async () => {
    const client = await test5.connected('aliased');
    const use = (topic: string, topicAlias: number) => publishPacket(topic, 'x', { properties: { topicAlias } });
    client.send(use('one', 1), use('two', 8), use('', 1), use('', 8), use('three', 1), use('', 1));
    client.send({ cmd: 'pingreq' });
    await client.next();
    const topics = test5.accepted.filter(({ clientId }) => clientId === 'aliased').map(({ topic }) => topic);
    expect(topics).toEqual(['one', 'two', 'one', 'two', 'three', 'three']);
    expect(test5.accepted.at(-1)).not.toHaveProperty('properties');
  });
});

describe('delivery', () => {
  test('uses topic aliases when the client takes any (MQTT 5, 3.1.2.11.5)', async () => {
    const client = await subscribed('aliased', ['+'], { topicAliasMaximum: 1 });
    for (const topic of ['one', 'one', 'two']) test5.broker.publish({ topic, payload: Buffer.from('x') });
    expect(await client.next()).toMatchObject({ topic: 'one', properties: { topicAlias: 1 } });
    expect(await client.next()).toMatchObject({ topic: '', properties: { topicAlias: 1 } });
    const third = await client.next();
    expect(third).toMatchObject({ topic: 'two' });
    expect(third).not.toHaveProperty('properties.topicAlias');
  });

  test('waits for acknowledgements as the Receive Maximum says, and goes on with the next (MQTT 5, 4.9)', async () => {
    const client = await subscribed('careful', ['t'], { receiveMaximum: 2 });
    for (const text of ['1', '2', '3', '4']) test5.broker.publish({ topic: 't', payload: Buffer.from(text), qos: 1 });
    test5.broker.publish({ topic: 't', payload: Buffer.from('QoS 0'), qos: 0 });
    const [first, second, unlimited] = [await client.next(), await client.next(), await client.next()];
    expect([first, second, unlimited]).toMatchObject([
      { payload: Buffer.from('1') },
      { payload: Buffer.from('2') },
      { qos: 0 },
    ]);
    client.send({ cmd: 'puback', messageId: (second as IPublishPacket).messageId });
    expect(await client.next()).toMatchObject({ payload: Buffer.from('3'), qos: 1 });
    client.send({ cmd: 'puback', messageId: (first as IPublishPacket).messageId, reasonCode: 0x80 });
    expect(await client.next()).toMatchObject({ payload: Buffer.from('4') });
  });

  test('leaves out what is larger than the client takes [MQTT-3.1.2-25]', async () => {
    const client = await subscribed('small', ['t'], { maximumPacketSize: 100 });
    test5.broker.publish({ topic: 't', payload: Buffer.alloc(100), qos: 1 });
    test5.broker.publish({ topic: 't', payload: Buffer.from('fits'), qos: 1 });
    expect(await client.next()).toMatchObject({ payload: Buffer.from('fits') });
  });

  test('sends a message once for overlapping subscriptions, with the highest QoS (MQTT 5, 3.3.4)', async () => {
    const client = await test5.connected('overlap');
    const subscriptions = [
      { topic: 'a/+', qos: 0 as const },
      { topic: 'a/b', qos: 1 as const },
      { topic: '#', qos: 0 as const },
    ];
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    await client.next();
    test5.broker.publish({ topic: 'a/b', payload: Buffer.from('1'), qos: 1 });
    test5.broker.publish({ topic: 'a/c', payload: Buffer.from('2'), qos: 1 });
    expect(await client.next()).toMatchObject({ topic: 'a/b', qos: 1 });
    expect(await client.next()).toMatchObject({ topic: 'a/c', qos: 0 });
  });

  test('follows No Local and Retain As Published (MQTT 5, 3.8.3.1)', async () => {
    const client = await test5.connected('choosy');
    const subscriptions = [{ topic: 't', qos: 0 as const, nl: true, rap: true }];
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    await client.next();
    const own = test5.acceptedOn('t');
    client.send(publishPacket('t', 'own'));
    await own;
    test5.broker.publish({ topic: 't', payload: Buffer.from('other'), retain: true });
    expect(await client.next()).toMatchObject({ payload: Buffer.from('other'), retain: true });
  });
});

describe('SUBSCRIBE', () => {
  test('each filter has its own reason code (MQTT reason codes)', async () => {
    const client = await test5.connected('many');
    client.send(subscribePacket(['ok', 'a/#/b', 'a+', '1/2/3/4/5/6/7/8/9', '$share/g/t', 'ok/#']));
    expect(await client.next()).toMatchObject({
      ...{ cmd: 'suback', messageId: 1, granted: [1, 0x8f, 0x8f, 0x8f, 0x9e, 1] },
    });
    expect(test5.warnings).toHaveLength(4);
  });

  test.each<[string, Packet, number]>([
    ['more than eight filters (quotas)', subscribePacket('123456789'.split('')), 0x97],
    [
      'a subscription identifier (MQTT reason codes)',
      subscribePacket(['a'], { properties: { subscriptionIdentifier: 5 } }),
      0xa1,
    ],
    ['QoS 2 (MQTT differences: no SUBACK)', subscribePacket([], { subscriptions: [{ topic: 'a', qos: 2 }] }), 0x9b],
  ])('%s ends the connection', async (_, packet, reasonCode) => {
    const client = await test5.connected('bad');
    client.send(packet);
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode });
    expect(await client.next()).toBe('closed');
  });

  test('more than eight filters end the connection of an MQTT 3.1.1 client, too (quotas)', async () => {
    const client = await test5.client({ clientId: 'bad', protocolVersion: 4 });
    const gone = test5.presence('disconnected', 'bad');
    client.subscribe('123456789'.split(''));
    expect(await gone).toMatchObject({ disconnectReason: 'CLIENT_ERROR' });
    const good = await test5.client({ clientId: 'good', protocolVersion: 4 });
    expect(await good.subscribeAsync('12345678'.split(''))).toHaveLength(8);
  });

  test('UNSUBSCRIBE ends the subscription (MQTT reason codes)', async () => {
    const client = await subscribed('fickle', ['a', 'b/#']);
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['b/#', 'never', '#/'] });
    expect(await client.next()).toMatchObject({ cmd: 'unsuback', messageId: 2, granted: [0, 0, 0x8f] });
    for (const topic of ['b/c', 'a']) test5.broker.publish({ topic, payload: Buffer.from('x') });
    expect(await client.next()).toMatchObject({ cmd: 'publish', topic: 'a' });
  });
});

describe('retained messages (developer guide, MQTT retained messages)', () => {
  test('keep their properties, and come for a filter that is exactly their topic', async () => {
    const publisher = await test5.client({ clientId: 'publisher' });
    await publisher.publishAsync('state/1', 'on', { qos: 1, retain: true, properties: PROPERTIES });
    const client = await test5.connected('later');
    client.send(subscribePacket(['state/+']), subscribePacket(['state/1'], { messageId: 2 }));
    expect(await client.next()).toMatchObject({ cmd: 'suback', messageId: 1 });
    expect(await client.next()).toMatchObject({ cmd: 'suback', messageId: 2 });
    expect(await client.next()).toMatchObject({ topic: 'state/1', retain: true, qos: 1, properties: PROPERTIES });
  });

  test('come again, only to a new subscription, or not at all, as Retain Handling says (MQTT 5, 3.8.3.1)', async () => {
    test5.broker.publish({ topic: 't', payload: Buffer.from('kept'), retain: true });
    const client = await test5.connected('handling');
    for (const rh of [0, 1, 2])
      client.send({ cmd: 'subscribe', messageId: rh + 1, subscriptions: [{ topic: 't', qos: 0, rh }] });
    client.send({ cmd: 'pingreq' });
    const packets = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ];
    expect(packets.map((packet) => packet !== 'closed' && packet.cmd)).toEqual([
      ...['suback', 'publish', 'suback', 'suback', 'pingresp'],
    ]);
  });

  test('do not come any more when they have expired, to clients of either version', async () => {
    const publisher = await test5.client({ clientId: 'publisher' });
    const properties = { messageExpiryInterval: 10 };
    await publisher.publishAsync('t', 'short', { qos: 1, retain: true, properties });
    await test5.clock.advance(4_500);
    const early = await subscribedAt('early');
    expect(await early.next()).toMatchObject({ cmd: 'suback' });
    expect(await early.next()).toMatchObject({ topic: 't', properties: { messageExpiryInterval: 5 } });
    await test5.clock.advance(5_500);
    expect(test5.broker.retained.list()).toEqual([]);
    const late = await subscribedAt('late');
    late.send({ cmd: 'pingreq' });
    expect([await late.next(), await late.next()]).toMatchObject([{ cmd: 'suback' }, { cmd: 'pingresp' }]);
    const older = await test5.client({ clientId: 'older', protocolVersion: 4 });
    const received = nextMessage(older);
    await older.subscribeAsync('t');
    await older.publishAsync('t', 'new', { qos: 1 });
    expect(await received).toMatchObject({ text: 'new' });
  });
  const subscribedAt = async (clientId: string) => {
    const client = await test5.connected(clientId);
    client.send(subscribePacket(['t']));
    return client;
  };
});

describe('the last will (developer guide, MQTT Last Will and Testament)', () => {
  const will = {
    ...{ topic: 'wills/w', payload: Buffer.from('gone'), qos: 1 as const, retain: false },
    properties: { ...PROPERTIES, messageExpiryInterval: 60 },
  };

  test('is published with its properties when the connection breaks, and expires from then on', async () => {
    const watcher = await subscribed('watcher', ['wills/w']);
    const client = await test5.connected('rude', { will });
    await test5.clock.advance(30_000);
    client.stream.destroy();
    expect(await watcher.next()).toMatchObject({
      ...{ topic: 'wills/w', payload: Buffer.from('gone'), qos: 1 },
      properties: { ...PROPERTIES, messageExpiryInterval: 60 },
    });
    expect(test5.accepted.find(({ topic }) => topic === 'wills/w')).toMatchObject({ clientId: 'rude' });
  });

  test('is dropped by a normal DISCONNECT and published by DISCONNECT with 0x04 (MQTT 5, 3.14.2.1)', async () => {
    const polite = await test5.connected('polite', { will });
    const left = test5.presence('disconnected', 'polite');
    polite.send({ cmd: 'disconnect', reasonCode: 0 });
    await left;
    expect(test5.accepted.map(({ topic }) => topic)).not.toContain('wills/w');
    const willing = await test5.connected('willing', { will });
    const willed = test5.acceptedOn('wills/w');
    const gone = test5.presence('disconnected', 'willing');
    willing.send({ cmd: 'disconnect', reasonCode: 4 });
    expect(await willed).toMatchObject({ clientId: 'willing' });
    expect(await gone).toMatchObject({ clientInitiatedDisconnect: true });
  });
});
