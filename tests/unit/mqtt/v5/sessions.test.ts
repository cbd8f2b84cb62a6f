import mqtt from 'mqtt';
import type { IPublishPacket } from 'mqtt-packet';
import { type TestBroker, publishPacket, startBroker, subscribePacket } from '../../../support/mqtt-broker';

let test5: TestBroker;
beforeEach(async () => {
  test5 = await startBroker();
});
afterEach(() => test5.close());

const KEPT = { clean: false, properties: { sessionExpiryInterval: 600 } };

/** A client with a session that subscribes to `mail`, and that has gone. */
const sleeper = async (disconnect: object = {}) => {
  const client = await test5.connected('sleeper', KEPT);
  client.send(subscribePacket(['mail']));
  await client.next();
  const gone = test5.presence('disconnected', 'sleeper');
  client.send({ cmd: 'disconnect', reasonCode: 0, ...disconnect });
  await gone;
};
const letter = (text: string, qos: 0 | 1 = 1) =>
  test5.broker.publish({ topic: 'mail', payload: Buffer.from(text), qos });

describe('a persistent session (developer guide, MQTT persistent sessions)', () => {
  test('keeps subscriptions and QoS 1 messages', async () => {
    await sleeper();
    letter('dropped', 0);
    letter('one');
    const back = await test5.connected('sleeper', KEPT);
    expect(back.connack).toMatchObject({ reasonCode: 0, sessionPresent: true });
    expect(await back.next()).toMatchObject({ topic: 'mail', payload: Buffer.from('one'), qos: 1, dup: false });
    letter('two');
    expect(await back.next()).toMatchObject({ payload: Buffer.from('two') });
  });

  test('sends again what has not been acknowledged, in order', async () => {
    const client = await test5.connected('sleeper', KEPT);
    client.send(subscribePacket(['mail']));
    await client.next();
    for (const text of ['one', 'two', 'three']) letter(text);
    const messages = [await client.next(), await client.next(), await client.next()];
    client.send({ cmd: 'puback', messageId: (messages[1] as IPublishPacket).messageId }, { cmd: 'pingreq' });
    await client.next();
    const gone = test5.presence('disconnected', 'sleeper');
    client.stream.destroy();
    await gone;
    const back = await test5.connected('sleeper', KEPT);
    expect(await back.next()).toMatchObject({ payload: Buffer.from('one') });
    expect(await back.next()).toMatchObject({ payload: Buffer.from('three') });
  });

  test.each<[string, object, object, number]>([
    ['its expiry interval has passed', {}, KEPT, 600_000],
    ['the client connects with Clean Start', {}, { ...KEPT, clean: true }, 1_000],
    ['the interval at DISCONNECT is 0', { properties: { sessionExpiryInterval: 0 } }, KEPT, 0],
    ['a shorter interval at DISCONNECT has passed', { properties: { sessionExpiryInterval: 5 } }, KEPT, 5_000],
  ])('ends when %s', async (_, disconnect, connect, wait) => {
    await sleeper(disconnect);
    letter('lost');
    await test5.clock.advance(wait);
    const back = await test5.connected('sleeper', connect);
    expect(back.connack).toMatchObject({ sessionPresent: false });
    letter('not subscribed');
    back.send(subscribePacket(['mail']));
    expect(await back.next()).toMatchObject({ cmd: 'suback' });
    letter('new');
    expect(await back.next()).toMatchObject({ payload: Buffer.from('new') });
  });

  test('lives a little less long than its interval, and longer when DISCONNECT says so', async () => {
    await sleeper({ properties: { sessionExpiryInterval: 1200 } });
    await test5.clock.advance(1_199_999);
    const back = await test5.connected('sleeper', KEPT);
    expect(back.connack).toMatchObject({ sessionPresent: true });
    // The timer of the time before must not end a resumed session.
    await test5.clock.advance(60_000);
    letter('still here');
    expect(await back.next()).toMatchObject({ payload: Buffer.from('still here') });
  });

  test('cannot begin at DISCONNECT (MQTT 5, 3.14.2.2.2)', async () => {
    const client = await test5.connected('short');
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60 } });
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x82 });
  });

  test('ends at once without an expiry interval, also after Clean Start 0', async () => {
    const client = await test5.connected('short', { clean: false });
    client.send(subscribePacket(['mail']));
    await client.next();
    const gone = test5.presence('disconnected', 'short');
    client.stream.destroy();
    await gone;
    expect((await test5.connected('short', { clean: false })).connack).toMatchObject({ sessionPresent: false });
  });

  test('is not resumed with the other MQTT version', async () => {
    const older = await test5.client({ clientId: 'sleeper', protocolVersion: 4, clean: false });
    await older.subscribeAsync('mail', { qos: 1 });
    const gone = test5.presence('disconnected', 'sleeper');
    await older.endAsync();
    await gone;
    expect((await test5.connected('sleeper', KEPT)).connack).toMatchObject({ sessionPresent: false });
    await test5.client({ clientId: 'sleeper', protocolVersion: 4 });
    expect((await test5.connected('sleeper', KEPT)).connack).toMatchObject({ sessionPresent: false });
  });
});

describe('message expiry (developer guide, MQTT, message expiry)', () => {
  const publish = async (seconds: number) => {
    const publisher = await test5.connected('publisher');
    const more = { qos: 1, messageId: 1, properties: { messageExpiryInterval: seconds, contentType: 'text/plain' } };
    publisher.send(publishPacket('mail', 'perishable', more));
    await publisher.next();
  };

  test('a message that waits carries what remains of its interval', async () => {
    await sleeper();
    await publish(30);
    await test5.clock.advance(20_000);
    const back = await test5.connected('sleeper', KEPT);
    const properties = { messageExpiryInterval: 10, contentType: 'text/plain' };
    expect(await back.next()).toMatchObject({ payload: Buffer.from('perishable'), properties });
  });

  test('a message that has expired is not delivered', async () => {
    await sleeper();
    await publish(30);
    letter('durable');
    await test5.clock.advance(30_000);
    const back = await test5.connected('sleeper', KEPT);
    expect(await back.next()).toMatchObject({ payload: Buffer.from('durable') });
  });

  test('a message that waits for the Receive Maximum expires as well', async () => {
    const client = await test5.connected('busy', { properties: { receiveMaximum: 1 } });
    client.send(subscribePacket(['mail']));
    await client.next();
    letter('first');
    await publish(1);
    letter('third');
    const first = await client.next();
    await test5.clock.advance(1_000);
    client.send({ cmd: 'puback', messageId: (first as IPublishPacket).messageId });
    expect(await client.next()).toMatchObject({ payload: Buffer.from('third') });
  });

  test('an MQTT 3.1.1 session does not get an expired message, either', async () => {
    const options = { clientId: 'older', protocolVersion: 4 as const, clean: false };
    const older = await test5.client(options);
    await older.subscribeAsync('mail', { qos: 1 });
    const gone = test5.presence('disconnected', 'older');
    await older.endAsync();
    await gone;
    await publish(30);
    letter('durable');
    await test5.clock.advance(30_000);
    const back = mqtt.connect(`mqtt://127.0.0.1:${test5.broker.port}`, options);
    const text = await new Promise((resolve) => back.once('message', (_topic, payload) => resolve(String(payload))));
    expect(text).toBe('durable');
    await back.endAsync(true);
  });
});
