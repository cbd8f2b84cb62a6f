import type { MqttMessage } from '../../../local/core/mqtt';
import { createIotDataService } from '../../../local/services/mqtt/iot-data-service';

const published: MqttMessage[] = [];
const service = createIotDataService({
  bus: { publish: (message) => published.push(message), onMessage: () => () => undefined },
  environment: { accountId: '000000000000', region: 'eu-west-1' },
  retained: {
    get: (topic) => (topic === 'kept' ? { topic, payload: Buffer.from('x'), qos: 1, lastModifiedTime: 5 } : undefined),
    list: () => ['a', 'b', 'c'].map((topic) => ({ topic, payload: Buffer.from('xy'), qos: 0, lastModifiedTime: 5 })),
  },
});
const call = (operation: string, input: Record<string, unknown>): unknown =>
  service.operations[operation]?.(input as never, { principal: { kind: 'account' }, requestId: 'r' });

beforeEach(() => {
  published.length = 0;
});

describe('the IoT data plane', () => {
  test('publishes text and bytes, with MQTT 5 properties accepted', () => {
    call('Publish', { topic: 'a/b', payload: 'hi', qos: 1, responseTopic: 'r', contentType: 'usp.msg' });
    call('Publish', { topic: 'a/c', payload: new Uint8Array([1]), retain: true });
    call('Publish', { topic: 'a/d' });
    expect(published).toEqual([
      { topic: 'a/b', payload: Buffer.from('hi'), qos: 1, retain: false },
      { topic: 'a/c', payload: Buffer.from([1]), qos: 0, retain: true },
      { topic: 'a/d', payload: Buffer.alloc(0), qos: 0, retain: false },
    ]);
  });

  test.each([
    [{ topic: 'a/+' }, /wildcard/],
    [{ topic: '$aws/things/t/jobs/notify' }, /reserved/],
    [{ topic: 'a', qos: 2 }, /qos 2/],
    [{ topic: 'a', payload: Buffer.alloc(131_073) }, /131072/],
    [{}, /empty/],
  ])('refuses %p', (input, problem) => {
    expect(() => call('Publish', input)).toThrow(problem);
    expect(published).toEqual([]);
  });

  test('lists retained messages in pages and gets one', () => {
    expect(call('GetRetainedMessage', { topic: 'kept' })).toMatchObject({ payload: Buffer.from('x'), qos: 1 });
    expect(() => call('GetRetainedMessage', { topic: 'none' })).toThrow(/no retained message on topic "none"/);
    expect(call('ListRetainedMessages', { maxResults: 2 })).toMatchObject({
      retainedTopics: [{ topic: 'a', payloadSize: 2 }, { topic: 'b' }],
      nextToken: '2',
    });
    expect(call('ListRetainedMessages', { maxResults: 2, nextToken: '2' })).toEqual({
      retainedTopics: [{ topic: 'c', payloadSize: 2, qos: 0, lastModifiedTime: 5 }],
    });
  });

  test('asks for iot:Publish on the topic', () => {
    expect(service.resourcesOf('Publish', { topic: 'a/b' })).toEqual(['arn:aws:iot:eu-west-1:000000000000:topic/a/b']);
    expect(service.actionOf?.('Publish')).toBe('iot:Publish');
  });
});
