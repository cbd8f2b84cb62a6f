import { drivenClock } from '../../../local/core/clock';
import type { MqttMessage } from '../../../local/core/mqtt';
import { createIotDataService } from '../../../local/services/mqtt/iot-data-service';

const published: MqttMessage[] = [];
const clock = drivenClock();
const service = createIotDataService({
  clock,
  bus: { publish: (message) => published.push(message), onMessage: () => () => undefined },
  environment: { accountId: '000000000000', region: 'eu-west-1' },
  retained: {
    get: (topic) =>
      topic === 'kept'
        ? {
            ...{ topic, payload: Buffer.from('x'), qos: 1, lastModifiedTime: 5, clientId: 'sender' },
            properties: {
              userProperties: [
                ['k', '1'],
                ['k', '2'],
              ],
            },
          }
        : undefined,
    list: () => ['a', 'b', 'c'].map((topic) => ({ topic, payload: Buffer.from('xy'), qos: 0, lastModifiedTime: 5 })),
  },
});
const call = (operation: string, input: Record<string, unknown>): unknown =>
  service.operations[operation]?.(input as never, { principal: { kind: 'account' }, requestId: 'r' });

beforeEach(() => {
  published.length = 0;
});

describe('the IoT data plane', () => {
  test('publishes text and bytes', () => {
    call('Publish', { topic: 'a/b', payload: 'hi', qos: 1 });
    call('Publish', { topic: 'a/c', payload: new Uint8Array([1]), retain: true });
    call('Publish', { topic: 'a/d' });
    expect(published).toEqual([
      { topic: 'a/b', payload: Buffer.from('hi'), qos: 1, retain: false },
      { topic: 'a/c', payload: Buffer.from([1]), qos: 0, retain: true },
      { topic: 'a/d', payload: Buffer.alloc(0), qos: 0, retain: false },
    ]);
  });

  test('passes MQTT 5 properties on (https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html)', () => {
    call('Publish', {
      ...{ topic: 'a', payloadFormatIndicator: 'UTF8_DATA', contentType: 'usp.msg', responseTopic: 'r' },
      ...{ correlationData: 'AP8=', userProperties: '[{"deviceName":"alpha"},{"deviceCnt":"45"}]', messageExpiry: 30 },
    });
    call('Publish', { topic: 'b', payloadFormatIndicator: 'UNSPECIFIED_BYTES', messageExpiry: 0 });
    expect(published).toEqual([
      {
        ...{ topic: 'a', payload: Buffer.alloc(0), qos: 0, retain: false, expiresAt: clock.now() + 30_000 },
        properties: {
          ...{ payloadFormatIndicator: true, contentType: 'usp.msg', responseTopic: 'r' },
          correlationData: Buffer.from([0, 255]),
          userProperties: [
            ['deviceName', 'alpha'],
            ['deviceCnt', '45'],
          ],
        },
      },
      {
        ...{ topic: 'b', payload: Buffer.alloc(0), qos: 0, retain: false, expiresAt: clock.now() + 1_000 },
        properties: { payloadFormatIndicator: false },
      },
    ]);
  });

  test.each([
    [{ topic: 'a', responseTopic: 'r/#' }, /responseTopic "r\/#" contains a wildcard/],
    [{ topic: 'a', correlationData: 'no base64!' }, /correlationData is not base64/],
    [{ topic: 'a', payloadFormatIndicator: 'TEXT' }, /TEXT is not one of UNSPECIFIED_BYTES, UTF8_DATA/],
    [{ topic: 'a', userProperties: '{"a":"b"}' }, /not a JSON array of objects/],
    [{ topic: 'a', userProperties: '[{"a":1}]' }, /not a JSON array of objects/],
    [{ topic: 'a', userProperties: 'a=b' }, /not a JSON array of objects/],
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
    expect(call('GetRetainedMessage', { topic: 'kept' })).toEqual({
      ...{ topic: 'kept', payload: Buffer.from('x'), qos: 1, lastModifiedTime: 5 },
      userProperties: Buffer.from('[{"k":"1"},{"k":"2"}]'),
    });
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
