import { callKey, deliveryKey, eventKey, mqttKey } from '../../../chaos/keys';
import type { UspMsg } from '../../../proto/codec';
import { noSessionRecord } from '../../../proto/codec';
import { DEFAULT_CONTROLLER_ID } from '../../../proto/endpoint-ids';
import { requestTopic, responseTopic, withReplyTo } from '../../../proto/topics';

const sns = (message: object) =>
  JSON.stringify({ Records: [{ Sns: { Message: JSON.stringify(message), MessageId: 'random' } }] });
const usp = (msg: UspMsg) => Buffer.from(noSessionRecord({ toId: 'self::a', fromId: 'self::b', msg }));

describe('the stable name of', () => {
  test.each([
    [
      'a message of the topic',
      sns({ name: 'START_UPGRADE', thingName: 'd-1', id: 'job.1', token: 'random' }),
      'START_UPGRADE d-1 job.1',
    ],
    [
      'the end of a job execution, published',
      sns({ name: 'JOB_EXECUTION_ENDED', thingName: 'd-1', jobId: 'job' }),
      'JOB_EXECUTION_ENDED d-1 job',
    ],
    [
      'a wait',
      JSON.stringify({ wait: { name: 'DEVICE_REBOOTED', thingName: 'd-1', operationId: 'job.1', token: 'random' } }),
      'wait DEVICE_REBOOTED d-1 job.1',
    ],
    [
      'the end of a job execution',
      JSON.stringify({ jobId: 'job', thingName: 'd-1', reason: 'canceled' }),
      'ended canceled d-1 job',
    ],
    [
      'the end of a workflow',
      JSON.stringify({
        detail: { status: 'FAILED', input: JSON.stringify({ thingName: 'd-1', operationId: 'job.1' }) },
      }),
      'execution FAILED d-1 job.1',
    ],
    ['a presence event', JSON.stringify({ protocol: 'presence', thingName: 'd-1', receivedAt: 1 }), 'presence d-1'],
    [
      'a boot',
      JSON.stringify({
        thingName: 'd-1',
        payload: {
          header: { msgId: 'random', msgType: 'NOTIFY' },
          body: { request: { notify: { subscriptionId: 's', event: { eventName: 'Boot!' } } } },
        },
      }),
      'd-1 NOTIFY Boot!',
    ],
    ['a connect record', JSON.stringify({ thingName: 'd-1', record: { mqttConnect: {} } }), 'd-1 record'],
    ['anything else', '[]', 'other'],
    ['what is not JSON', '{', 'other'],
  ])('%s has no time and no random id in it', (_, event, key) => {
    expect(eventKey(event)).toBe(key);
  });

  test.each([
    [
      'a command',
      requestTopic('d-1'),
      usp({
        header: { msgId: 'random', msgType: 'OPERATE' },
        body: { request: { operate: { command: 'x', commandKey: 'job.1' } } },
      }),
      'd-1 OPERATE job.1',
    ],
    [
      'a message of a device',
      withReplyTo(responseTopic(DEFAULT_CONTROLLER_ID, 'd-1'), 'x'),
      usp({
        header: { msgId: 'random', msgType: 'GET_RESP' },
        body: { response: { getResp: { reqPathResults: [] } } },
      }),
      'd-1 GET_RESP ',
    ],
    ['bytes that are no record', responseTopic(DEFAULT_CONTROLLER_ID, 'd-1'), Buffer.from('no'), 'd-1 record '],
    [
      'a notification of a job',
      '$aws/things/d-1/jobs/notify-next',
      Buffer.from('{"timestamp":1,"execution":{"jobId":"job","executionNumber":2,"versionNumber":3}}'),
      '$aws/things/d-1/jobs/notify-next job 2 3',
    ],
  ])('%s', (_, topic, payload, key) => {
    expect(mqttKey({ topic, payload })).toBe(key);
    expect(deliveryKey({ kind: 'rules', message: { topic, payload } })).toBe(`rules: ${key}`);
  });

  test.each([
    ['a table', { Key: { thingName: { S: 'd-1' } } }, '{"thingName":{"S":"d-1"}}'],
    ['a topic', { Message: '{"name":"START_UPGRADE","thingName":"d-1","id":"job.1"}' }, 'START_UPGRADE d-1 job.1'],
    [
      'a function',
      { FunctionName: 'f', Payload: Buffer.from('{"protocol":"presence","thingName":"d-1"}') },
      'f presence d-1',
    ],
    ['a thing', { ThingName: 'd-1' }, 'd-1'],
    ['a state machine', { input: '{"thingName":"d-1","operationId":"job.1"}' }, 'job.1d-1'],
  ])('a call to %s by a state machine or a rule', (_, input, subject) => {
    const call = { service: 'iot', operation: 'Do', input, roleArn: 'arn:aws:iam::000000000000:role/machine' } as const;
    expect(callKey(call)).toBe(`machine: ${subject}: iot:Do`);
  });

  test('a call by a function is that of its event', () => {
    const event = JSON.stringify({ protocol: 'presence', thingName: 'd-1' });
    const call = {
      service: 'sns',
      operation: 'Publish',
      input: {},
      roleArn: 'r',
      invocation: { functionName: 'f', event },
    } as const;
    expect(callKey(call)).toBe('f: presence d-1: sns:Publish');
  });
});
