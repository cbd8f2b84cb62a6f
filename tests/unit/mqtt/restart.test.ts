import { once } from 'node:events';
import net from 'node:net';
import type { MqttClient } from 'mqtt';
import { type Life, lives } from '../../support/lives';
import { connectPacket, rawClient, startBroker, subscribePacket, type TestBroker } from '../../support/mqtt-broker';

const next = (client: MqttClient) =>
  new Promise<string>((resolve) =>
    client.once('message', (topic, payload) => resolve(`${topic}: ${payload.toString()}`)),
  );

describe('the broker in a process that is killed', () => {
  let data: ReturnType<typeof lives>;
  let life: Life;
  let test1: TestBroker;
  const open: TestBroker[] = [];
  const sockets: net.Socket[] = [];
  const begin = async (downtime?: number) => {
    life = data.begin(downtime);
    test1 = await startBroker(undefined, life);
    open.push(test1);
    life.store.start();
  };
  /** The sockets of the killed broker stay open until the end of the test: nobody may learn that it ends. */
  const restart = async (downtime?: number) => {
    life.store.flush();
    await begin(downtime);
  };
  beforeEach(async () => {
    data = lives();
    await begin();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const one of open.splice(0)) await one.close();
    data.remove();
  });

  /** A client that sends single packets, so that it can leave messages unacknowledged. */
  const join = async (protocolVersion: 4 | 5, clean = false) => {
    const socket = net.connect(test1.broker.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    const client = rawClient(socket, protocolVersion);
    const properties = protocolVersion === 5 && !clean ? { properties: { sessionExpiryInterval: 600 } } : {};
    client.send(connectPacket('device', { protocolVersion, clean, ...properties }));
    const connack = await client.next();
    if (connack === 'closed' || connack.cmd !== 'connack') throw new Error(`no CONNACK: ${JSON.stringify(connack)}`);
    /** The next message, acknowledged unless the client is told not to. */
    const message = async (acknowledges = true) => {
      const packet = await client.next();
      if (packet === 'closed' || packet.cmd !== 'publish') throw new Error(`no message: ${JSON.stringify(packet)}`);
      if (acknowledges) client.send({ cmd: 'puback', messageId: packet.messageId });
      return packet.payload.toString();
    };
    return { ...client, message, sessionPresent: connack.sessionPresent };
  };

  describe.each([4, 5] as const)('a persistent session of protocol version %i', (version) => {
    const subscribed = async () => {
      const client = await join(version);
      client.send(subscribePacket(['t']));
      expect(await client.next()).toMatchObject({ cmd: 'suback' });
      return client;
    };
    const publish = async (text: string) => {
      const publisher = await test1.client({ clientId: 'publisher' });
      await publisher.publishAsync('t', text, { qos: 1 });
      await publisher.endAsync();
    };

    test('gets what was published for it before and after, in order, and what it has acknowledged not again', async () => {
      const before = await subscribed();
      await publish('acknowledged');
      expect(await before.message()).toBe('acknowledged');
      await publish('unacknowledged');
      expect(await before.message(false)).toBe('unacknowledged');
      await restart();
      await publish('offline');
      await restart();
      const after = await join(version);
      expect(after.sessionPresent).toBe(true);
      expect([await after.message(), await after.message()]).toEqual(['unacknowledged', 'offline']);
      await publish('live');
      expect(await after.message()).toBe('live');
    });

    test('that has ended is not there', async () => {
      await subscribed();
      await join(version, true);
      await restart();
      expect((await join(version)).sessionPresent).toBe(false);
    });
  });

  test('a session of MQTT 5 expires while there is no process', async () => {
    await join(5);
    await restart();
    await restart(601_000);
    await life.clock.advance(0);
    expect((await join(5)).sessionPresent).toBe(false);
  });

  test('has retained messages, for clients of both versions', async () => {
    const publisher = await test1.client({ clientId: 'publisher' });
    await publisher.publishAsync('kept', 'a', { qos: 1, retain: true });
    await publisher.publishAsync('gone', 'b', { qos: 1, retain: true });
    await publisher.publishAsync('gone', '', { qos: 1, retain: true });
    await restart();
    expect(test1.broker.retained.list()).toMatchObject([{ topic: 'kept' }]);
    for (const protocolVersion of [4, 5] as const) {
      const client = await test1.client({ clientId: `c${protocolVersion}`, protocolVersion });
      const message = next(client);
      await client.subscribeAsync('kept', { qos: 1 });
      expect(await message).toBe('kept: a');
    }
  });

  test('says that a client is offline if it does not connect again, publishes its last will, and not before', async () => {
    const will = { topic: 'will', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    await test1.client({ clientId: 'silent', will });
    await test1.client({ clientId: 'silent-3', protocolVersion: 4, will: { ...will, topic: 'will-3' } });
    await restart();
    await life.clock.advance(59_000);
    expect(test1.accepted).toEqual([]);
    await life.clock.advance(2_000);
    const topics = test1.accepted.map(({ topic }) => topic);
    expect(topics.sort()).toEqual([
      '$aws/events/presence/disconnected/silent',
      '$aws/events/presence/disconnected/silent-3',
      'will',
      'will-3',
    ]);
  });

  test('counts the connections of a client on', async () => {
    await test1.client({ clientId: 'device' });
    await restart();
    const lost = test1.presence('disconnected', 'device');
    const back = test1.presence('connected', 'device');
    await test1.client({ clientId: 'device' });
    expect(await lost).toMatchObject({ versionNumber: 0, disconnectReason: 'CONNECTION_LOST' });
    expect(await back).toMatchObject({ versionNumber: 1 });
  });

  test('serves clients when all is deployed, not earlier', async () => {
    life = data.begin();
    const early = await startBroker(undefined, life);
    open.push(early);
    const client = await early.raw();
    client.send(connectPacket('early'));
    const answer = client.next();
    await new Promise(setImmediate);
    expect(early.broker.connectedClients()).toEqual([]);
    life.store.start();
    expect(await answer).toMatchObject({ cmd: 'connack' });
    expect(early.broker.connectedClients()).toEqual(['early']);
  });
});
