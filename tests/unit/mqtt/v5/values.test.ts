import type { Packet } from 'mqtt-packet';
import { expiryOf, isExpired, remainingSeconds } from '../../../../local/services/mqtt/message-expiry';
import { protocolVersion } from '../../../../local/services/mqtt/protocol-version';
import { connectTerms } from '../../../../local/services/mqtt/v5/connect-terms';
import { encodeWithReason } from '../../../../local/services/mqtt/v5/encode';
import { packetProblem } from '../../../../local/services/mqtt/v5/packet-problem';
import { createTopicIndex } from '../../../../local/services/mqtt/v5/topic-index';
import { connectPacket, publishPacket, subscribePacket } from '../../../support/mqtt-broker';

const NOW = 1_000_000;

// AWS IoT Core quotas, "Connection inactivity (keep-alive interval)".
test.each([
  [0, 1200],
  [5, 30],
  [30, 30],
  [300, 300],
  [1200, 1200],
  [65_535, 1200],
])('a keep-alive time of %d s means %d s', (keepalive, seconds) => {
  expect(connectTerms(connectPacket('c', { keepalive })).keepAliveSeconds).toBe(seconds);
});

test.each([
  [
    'nothing is asked for',
    {},
    { sessionExpirySeconds: 0, receiveMaximum: 100, topicAliasMaximum: 0, wantsReasons: true },
  ],
  [
    'more than AWS IoT Core gives is asked for',
    { sessionExpiryInterval: 0xffff_ffff, receiveMaximum: 65_535, topicAliasMaximum: 100 },
    { sessionExpirySeconds: 3600, receiveMaximum: 100, topicAliasMaximum: 8 },
  ],
  [
    'less is asked for',
    { sessionExpiryInterval: 60, receiveMaximum: 1, topicAliasMaximum: 2, maximumPacketSize: 50 },
    { sessionExpirySeconds: 60, receiveMaximum: 1, topicAliasMaximum: 2, maximumPacketSize: 50 },
  ],
])('the terms of a connection when %s (AWS IoT Core quotas)', (_, properties, terms) => {
  expect(connectTerms(connectPacket('c', { properties }))).toMatchObject(terms);
});

// Developer guide, MQTT, message expiry: 1 second to 7 days; 999 ms or less remaining is 0.
test.each([
  [undefined, undefined],
  [0, NOW + 1_000],
  [30, NOW + 30_000],
  [604_801, NOW + 604_800_000],
])('a Message Expiry Interval of %p ends at %p', (interval, expiresAt) => {
  expect(expiryOf(interval, NOW)).toBe(expiresAt);
});

test.each([
  [30_000, 30, false],
  [1_000, 1, false],
  [999, 0, false],
  [1, 0, false],
  [0, 0, true],
  [-5, 0, true],
])('with %d ms left, %d s are forwarded and expired is %p', (left, seconds, expired) => {
  expect(remainingSeconds(NOW + left, NOW)).toBe(seconds);
  expect(isExpired({ expiresAt: NOW + left }, NOW)).toBe(expired);
});

test.each<[string, number | string]>([
  ['\x10\x10\x00\x04MQTT\x05', 5],
  ['\x10\x10\x00\x04MQTT\x04', 4],
  ['\x10\x80\x01\x00\x06MQIsdp\x03', 3],
  ['', 'incomplete'],
  ['\x10', 'incomplete'],
  ['\x10\x80', 'incomplete'],
  ['\x10\x10\x00\x04MQTT', 'incomplete'],
  ['\x10\xff\xff\xff\xff', 'other'],
  ['\x30\x10', 'other'],
])('the protocol version in %j is %p (MQTT 5, 3.1.2)', (bytes, version) => {
  expect(protocolVersion(Buffer.from(bytes, 'latin1'))).toBe(version);
});

test('a Reason String is shortened, and left out when the packet would be too large for the client', () => {
  const packet = { cmd: 'disconnect', reasonCode: 0x90 } as const;
  const terms = { wantsReasons: true, maximumPacketSize: 400 };
  expect(encodeWithReason(packet, 'x'.repeat(70_000), terms).length).toBeLessThan(400);
  expect(encodeWithReason(packet, 'why', { ...terms, maximumPacketSize: 8 })).toHaveLength(4);
});

test.each<[object, number | undefined]>([
  [{ contentType: 'a', userProperties: { a: ['1', '2'] } }, undefined],
  [{ contentType: ['a', 'b'] }, 0x82],
  [{ responseTopic: null }, 0x81],
  [{ messageExpiryInterval: -1 }, 0x81],
  [{ userProperties: { a: null } }, 0x81],
])('the properties %j are a problem: %p (MQTT 5, 2.2.2.2 and 4.13)', (properties, reasonCode) => {
  expect(packetProblem(publishPacket('t', 'x', { properties }))?.reasonCode).toBe(reasonCode);
});

test.each<[string, Packet, number | undefined]>([
  ['QoS 0 needs no packet identifier', publishPacket('t', 'x'), undefined],
  ['QoS 1 needs one [MQTT-2.2.1-3]', publishPacket('t', 'x', { qos: 1, messageId: 0 }), 0x82],
  ['SUBSCRIBE needs one', subscribePacket(['t'], { messageId: -1 }), 0x82],
  ['SUBSCRIBE needs a filter [MQTT-3.8.3-2]', subscribePacket([]), 0x82],
  ['UNSUBSCRIBE needs a filter [MQTT-3.10.3-2]', { cmd: 'unsubscribe', messageId: 1, unsubscriptions: [] }, 0x82],
])('%s', (_, packet, reasonCode) => {
  expect(packetProblem(packet)?.reasonCode).toBe(reasonCode);
});

test('a topic index finds exact filters and wildcards, not reserved topics by a leading wildcard (MQTT 5, 4.7)', () => {
  const index = createTopicIndex<string>();
  // a/b/# does not match a/b (AWS IoT Core developer guide, MQTT, differences).
  for (const filter of ['a/b', 'a/+', '#', '$aws/#', 'a/b/#']) index.add(filter, `at ${filter}`);
  index.add('a/b', 'another');
  expect(index.matching('a/b').toSorted()).toEqual(['another', 'at #', 'at a/+', 'at a/b']);
  expect(index.matching('$aws/things')).toEqual(['at $aws/#']);
  for (const filter of ['a/b', 'a/+', '#', 'never']) index.remove(filter, `at ${filter}`);
  expect(index.matching('a/b')).toEqual(['another']);
});
