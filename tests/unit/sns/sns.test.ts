import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { EventEmitter, once } from 'node:events';
import type { LocalEvent } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import { createSnsService } from '../../../local/services/sns/sns-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const environment = { accountId: '000000000000', region: 'us-east-1' };
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:';

describe('SNS', () => {
  const happened = new EventEmitter();
  let delivered: { to: string; event: unknown }[] = [];
  const record = (to: string, event: unknown) => {
    delivered.push({ to, event });
    happened.emit('delivered');
  };
  const sns = createSnsService({
    clock: drivenClock(),
    environment,
    report: (event: LocalEvent) => happened.emit('report', event),
    deliverToLambda: (functionArn, event) => {
      if (functionArn.endsWith(':gone')) throw new Error('no such function');
      record(functionArn, event);
    },
    deliverToSqs: (queueArn, body) => record(queueArn, body),
  });
  let started: Harness;
  let client: SNSClient;
  let TopicArn: string | undefined;
  let topics = 0;
  beforeAll(async () => {
    started = await startFrontEnd([sns]);
    client = new SNSClient(started.config);
  });
  afterAll(() => started.frontEnd.close());
  beforeEach(async () => {
    delivered = [];
    ({ TopicArn } = await client.send(new CreateTopicCommand({ Name: `topic-${topics++}` })));
  });

  const subscribe = (Endpoint: string, Attributes: Record<string, string> = {}) => {
    const Protocol = Endpoint.includes(':sqs:') ? 'sqs' : 'lambda';
    return client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }));
  };
  const onBody = (policy: unknown) => ({ FilterPolicyScope: 'MessageBody', FilterPolicy: JSON.stringify(policy) });

  test('a function gets one event per subscription, in the form that Lambda sees', async () => {
    const { SubscriptionArn } = await subscribe(`${FUNCTION}one`);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'a & b' } };
    const arrived = once(happened, 'delivered');
    const { MessageId } = await client.send(
      new PublishCommand({ TopicArn, Message: '{"name":"A"}', Subject: 'news', MessageAttributes }),
    );
    await arrived;
    const Sns = {
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'news',
      Message: '{"name":"A"}',
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: '1',
      Signature: 'EXAMPLE',
      SigningCertUrl: 'EXAMPLE',
      UnsubscribeUrl: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${SubscriptionArn}`,
      MessageAttributes: { kind: { Type: 'String', Value: 'a & b' } },
    };
    const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: SubscriptionArn, Sns };
    expect(delivered).toEqual([{ to: `${FUNCTION}one`, event: { Records: [record] } }]);
  });

  test('only subscriptions whose filter matches the body or the attributes get the message', async () => {
    await subscribe(`${FUNCTION}other`, onBody({ name: ['B'] }));
    await subscribe(`${FUNCTION}attributes`, { FilterPolicy: '{"size":[{"numeric":[">",1]}],"kind":["x"]}' });
    await subscribe(`${FUNCTION}small`, { FilterPolicy: '{"size":[{"numeric":["<",1]}]}' });
    await subscribe(`${FUNCTION}body`, onBody({ name: ['A'] }));
    await subscribe(`${FUNCTION}all`);
    const MessageAttributes = {
      size: { DataType: 'Number', StringValue: '2' },
      kind: { DataType: 'String.Array', StringValue: '["y","x"]' },
    };
    await client.send(new PublishCommand({ TopicArn, Message: '{"name":"A"}', MessageAttributes }));
    while (delivered.length < 3) await once(happened, 'delivered');
    expect(delivered.map(({ to }) => to.replace(FUNCTION, ''))).toEqual(['attributes', 'body', 'all']);
  });

  test('text that is not JSON passes no filter on the body', async () => {
    await subscribe(`${FUNCTION}filtered`, onBody({ name: [{ exists: false }] }));
    await subscribe(`${FUNCTION}all`);
    const arrived = once(happened, 'delivered');
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    await arrived;
    expect(delivered.map(({ to }) => to)).toEqual([`${FUNCTION}all`]);
  });

  test('a queue gets the notification as JSON, or raw', async () => {
    await subscribe(`${QUEUE}wrapped`);
    await subscribe(`${QUEUE}raw`, { RawMessageDelivery: 'true' });
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    while (delivered.length < 2) await once(happened, 'delivered');
    expect(JSON.parse(String(delivered[0]?.event))).toMatchObject({ Type: 'Notification', TopicArn, Message: 'hello' });
    expect(delivered[1]).toEqual({ to: `${QUEUE}raw`, event: 'hello' });
  });

  test('what cannot be delivered goes to the dead-letter queue and is reported', async () => {
    const { SubscriptionArn } = await subscribe(`${FUNCTION}gone`, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${QUEUE}dead` }),
    });
    const reported = once(happened, 'report');
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    expect(await reported).toEqual([
      expect.objectContaining({ level: 'warn', source: 'sns', message: expect.stringContaining('no such function') }),
    ]);
    expect(delivered.map(({ to }) => to)).toEqual([`${QUEUE}dead`]);
    // https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html: the only trace of the subscription
    const { UnsubscribeURL } = JSON.parse(String(delivered[0]?.event));
    expect(new URL(String(UnsubscribeURL)).searchParams.get('SubscriptionArn')).toBe(SubscriptionArn);
  });

  test('without a dead-letter queue the loss is reported as an error', async () => {
    await subscribe(`${FUNCTION}gone`);
    const reported = once(happened, 'report');
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    expect(await reported).toEqual([expect.objectContaining({ level: 'error', source: 'sns' })]);
  });

  test('a structured message has a text for each protocol', async () => {
    await subscribe(`${FUNCTION}one`);
    const arrived = once(happened, 'delivered');
    const Message = JSON.stringify({ default: 'for all', lambda: 'for functions' });
    await client.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
    await arrived;
    expect(delivered[0]?.event).toMatchObject({ Records: [{ Sns: { Message: 'for functions' } }] });
  });

  test.each([
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a message above 256 KiB', { Message: 'x'.repeat(262_145) }, 'Message too long'],
    ['a subject that is too long', { Message: 'x', Subject: 'x'.repeat(101) }, 'Subject'],
    ['a structure without default', { Message: '{}', MessageStructure: 'json' }, 'default'],
  ])('%s is an InvalidParameterException', async (_what, input, reason) => {
    await expect(client.send(new PublishCommand({ TopicArn, ...input }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(reason),
    });
  });

  test('a topic that does not exist is a NotFoundException', async () => {
    const call = client.send(new PublishCommand({ TopicArn: `${TopicArn}-not`, Message: 'x' }));
    await expect(call).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('subscribing again answers the same subscription, and other attributes are refused', async () => {
    const first = await subscribe(`${FUNCTION}one`, onBody({ name: ['A'] }));
    const again = await subscribe(`${FUNCTION}one`, onBody({ name: ['A'] }));
    expect(again.SubscriptionArn).toBe(first.SubscriptionArn);
    await expect(subscribe(`${FUNCTION}one`, onBody({ name: ['B'] }))).rejects.toThrow('different attributes');
  });

  test('a filter can be replaced and a subscription ended', async () => {
    const { SubscriptionArn } = await subscribe(`${FUNCTION}one`, onBody({ name: ['B'] }));
    const change = { SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue: '{"name":["A"]}' };
    await client.send(new SetSubscriptionAttributesCommand(change));
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).toMatchObject({ FilterPolicy: '{"name":["A"]}', FilterPolicyScope: 'MessageBody' });
    const arrived = once(happened, 'delivered');
    await client.send(new PublishCommand({ TopicArn, Message: '{"name":"A"}' }));
    await arrived;
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions ?? []).toEqual([]);
  });

  test('protocols that local mode cannot deliver to are refused', async () => {
    const email = new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'a@example.com' });
    await expect(client.send(email)).rejects.toThrow('delivers to lambda and sqs');
  });

  test('IAM sees the topic', () => {
    expect(sns.resourcesOf('Publish', { TopicArn: 'arn:t' })).toEqual(['arn:t']);
    expect(sns.resourcesOf('Unsubscribe', { SubscriptionArn: 'arn:t:id' })).toEqual(['arn:t']);
    expect(sns.resourcesOf('CreateTopic', { Name: 'n' })).toEqual(['arn:aws:sns:us-east-1:000000000000:n']);
  });
});
