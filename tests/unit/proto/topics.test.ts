import { agentEndpointId, DEFAULT_CONTROLLER_ID, isEndpointId } from '../../../proto/endpoint-ids';
import {
  isTopicTooLong,
  longestThingName,
  requestFilter,
  requestTopic,
  responseFilter,
  responseTopic,
  splitReplyTo,
  thingOfResponseTopic,
  withReplyTo,
} from '../../../proto/topics';
import { uspVectors } from '../../fixtures/usp-vectors';

test('topics are those of the original', () => {
  expect(requestTopic('sim-1')).toBe('agents/sim-1/usp/request');
  expect(requestFilter('sim-1')).toBe('agents/sim-1/usp/request/#');
  expect(responseTopic(DEFAULT_CONTROLLER_ID, 'sim-1')).toBe(
    'controllers/self::aws-dm-controller/agents/sim-1/response',
  );
  expect(responseFilter(DEFAULT_CONTROLLER_ID)).toBe('controllers/self::aws-dm-controller/agents/+/#');
});

test('slashes in a reply-to topic are encoded as %2F (R-MQTT.24)', () => {
  const topic = withReplyTo(responseTopic('self::c', 'sim-1'), requestTopic('sim-1'));
  expect(topic).toBe('controllers/self::c/agents/sim-1/response/reply-to=agents%2Fsim-1%2Fusp%2Frequest');
  expect(splitReplyTo(topic)).toStrictEqual({
    topic: 'controllers/self::c/agents/sim-1/response',
    replyTopic: 'agents/sim-1/usp/request',
  });
});

// https://docs.aws.amazon.com/general/latest/gr/iot-core.html: a topic has at most 256 bytes of UTF-8.
test.each([
  ['x'.repeat(256), false],
  ['x'.repeat(257), true],
  ['ü'.repeat(128), false],
  [`${'ü'.repeat(128)}x`, true],
])('AWS IoT counts the bytes of a topic (%#)', (topic, expected) => expect(isTopicTooLong(topic)).toBe(expected));

test.each([
  [DEFAULT_CONTROLLER_ID, 83],
  ['self::c', 91],
  // The percent sign of an endpoint id takes three characters in a reply-to topic.
  ['self::c%20d', 88],
])('requests of %s reach MQTT 3.1.1 agents whose thing has up to %d characters', (controllerId, longest) => {
  const topicOf = (length: number) => {
    const thingName = 't'.repeat(length);
    return withReplyTo(requestTopic(thingName), responseTopic(controllerId, thingName));
  };
  expect(longestThingName(controllerId)).toBe(longest);
  expect([longest, longest + 1].map((length) => isTopicTooLong(topicOf(length)))).toEqual([false, true]);
});

test('a missing or empty reply-to is no reply-to topic', () => {
  expect(splitReplyTo('agents/a/usp/request')).toStrictEqual({ topic: 'agents/a/usp/request' });
  expect(splitReplyTo('agents/a/usp/request/reply-to=')).toStrictEqual({ topic: 'agents/a/usp/request' });
});

test('a percent sign in a reply-to topic survives', () => {
  expect(splitReplyTo(withReplyTo('a', 'b%2Fc/d')).replyTopic).toBe('b%2Fc/d');
});

test('the reply-to topics of real agents are decoded', () => {
  const replies = uspVectors('real-agent-mqtt-3.1.1.jsonl').map(({ topic }) => splitReplyTo(topic).replyTopic);
  expect(new Set(replies)).toContain('agents/sim-123/usp/request');
});

test('only response topics have a thing name', () => {
  expect(thingOfResponseTopic('controllers/self::c/agents/sim-1/response/reply-to=x')).toBe('sim-1');
  expect(thingOfResponseTopic('controllers/self::c/agents/sim-1/responses')).toBeUndefined();
});

test.each(['self::sim-1', 'os::00256D-1', 'oui:00256D:x', 'uuid::f81d4fae-7dec-11d0-a765-00a0c91e6bf6'])(
  '%s is an endpoint id',
  (id) => expect(isEndpointId(id)).toBe(true),
);

test.each(['sim-1', '', 'oui::x', 'self::', 'self::a b', 'fly::a', 'self::a:b', `self::${'x'.repeat(51)}`])(
  '%p is not an endpoint id',
  (id) => expect(isEndpointId(id)).toBe(false),
);

test('an agent is named after its thing', () => {
  expect(agentEndpointId('sim-1')).toBe('self::sim-1');
  expect(isEndpointId(agentEndpointId('sim-1'))).toBe(true);
});
