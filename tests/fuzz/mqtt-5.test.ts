import { type Packet, generate } from 'mqtt-packet';
import { damaged, seeded } from '../support/fuzz';
import { type TestBroker, connectPacket, publishPacket, startBroker, subscribePacket } from '../support/mqtt-broker';

jest.setTimeout(120_000);

const PROPERTIES = {
  ...{ payloadFormatIndicator: true, contentType: 'c', responseTopic: 'r', correlationData: Buffer.from('d') },
  ...{ messageExpiryInterval: 60, topicAlias: 1, userProperties: { a: ['1', '2'], b: '3' } },
};
const WILL = { topic: 'w', payload: 'gone', properties: { ...PROPERTIES, topicAlias: undefined } };
const VALID: readonly Packet[] = [
  connectPacket('fuzz', {
    will: WILL,
    properties: { sessionExpiryInterval: 1, receiveMaximum: 2, topicAliasMaximum: 1 },
  }),
  publishPacket('t', 'x', { qos: 1, messageId: 5, properties: PROPERTIES }),
  publishPacket('t', 'x'),
  subscribePacket(['t', 'a/+', '#']),
  { cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['t', '#'] },
  { cmd: 'puback', messageId: 1, reasonCode: 0 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 9 } },
];
const PACKETS = VALID.map((packet) => generate(packet, { protocolVersion: 5 }));

describe('2,000 connections with damaged MQTT 5 packets', () => {
  let test5: TestBroker;
  beforeAll(async () => {
    test5 = await startBroker();
  });
  afterAll(() => test5.close());

  test('end or go on, and other clients do not notice', async () => {
    const random = seeded(5);
    const bystander = await test5.connected('bystander');
    for (let round = 0; round < 2_000; round += 1) {
      const client = await test5.raw();
      const broken = Array.from({ length: 3 }, () => damaged(random, PACKETS));
      if (random.below(4) > 0) {
        client.send(connectPacket('fuzz', { will: WILL }));
        await client.next();
      }
      client.stream.end(Buffer.concat(broken));
      while ((await client.next()) !== 'closed');
    }
    bystander.send({ cmd: 'pingreq' });
    expect(await bystander.next()).toEqual(expect.objectContaining({ cmd: 'pingresp' }));
    expect(test5.broker.connectedClients()).toEqual(['bystander']);
    expect(test5.warnings.filter((message) => message.includes('malformed')).length).toBeGreaterThan(100);
    expect(test5.accepted.filter(({ clientId }) => clientId === 'fuzz').length).toBeGreaterThan(100);
  });
});
