import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { drivenClock } from '../../../local/core/clock';
import { createSqsService } from '../../../local/services/sqs/sqs-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const ACCOUNT = '000000000000';
const START = Date.UTC(2026, 0, 1);
const text = (StringValue: string, DataType = 'String'): MessageAttributeValue => ({ DataType, StringValue });
const md5 = (body: string) => createHash('md5').update(body).digest('hex');

/** Amazon SQS API reference: ReceiveMessage, SendMessage, DeleteMessage, ChangeMessageVisibility, SetQueueAttributes. */
describe('SQS requests and answers', () => {
  const clock = drivenClock(START);
  let started: Harness;
  let client: SQSClient;
  let queues = 0;
  beforeAll(async () => {
    const sqs = createSqsService({
      clock,
      environment: { accountId: ACCOUNT, region: 'us-east-1' },
      endpointUrl: () => started.frontEnd.url,
    });
    started = await startFrontEnd([sqs]);
    client = new SQSClient(started.config);
  });
  afterAll(() => started.frontEnd.close());

  const create = async (Attributes: Record<string, string> = {}) => {
    const QueueName = `queue-${queues++}`;
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { QueueName, QueueUrl };
  };
  const queueWith = async (MessageAttributes: Record<string, MessageAttributeValue> = {}) => {
    const { QueueUrl } = await create();
    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes }));
    return { QueueUrl, sent };
  };
  const receive = async (QueueUrl: string | undefined, more: object = {}) => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...more }));
    return Messages;
  };

  const SYSTEM = {
    SenderId: ACCOUNT,
    SentTimestamp: expect.stringMatching(/^\d{13}$/),
    ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    ApproximateReceiveCount: '1',
  };
  const { SenderId, SentTimestamp } = SYSTEM;
  test.each<[string, object, object | undefined]>([
    ['no names', {}, undefined],
    ['MessageSystemAttributeNames All', { MessageSystemAttributeNames: ['All'] }, SYSTEM],
    ['AttributeNames All, the older parameter', { AttributeNames: ['All'] }, SYSTEM],
    [
      'names in both parameters',
      { AttributeNames: ['SentTimestamp'], MessageSystemAttributeNames: ['SenderId'] },
      { SenderId, SentTimestamp },
    ],
    ['a name that the message does not have', { MessageSystemAttributeNames: ['MessageGroupId'] }, undefined],
  ])('system attributes asked by %s', async (_how, input, expected) => {
    const { QueueUrl } = await queueWith();
    const [message] = await receive(QueueUrl, input);
    expect(message?.Attributes).toEqual(expected);
  });

  test('times are milliseconds, and the first receipt stays the first', async () => {
    const { QueueUrl } = await queueWith();
    const sentAt = clock.now();
    await clock.advance(1_500);
    await receive(QueueUrl, { VisibilityTimeout: 1 });
    await clock.advance(1_000);
    const [again] = await receive(QueueUrl, { MessageSystemAttributeNames: ['All'] });
    expect(again?.Attributes).toEqual({
      SenderId,
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(sentAt + 1_500),
      ApproximateReceiveCount: '2',
    });
  });

  test('the sender of a role is the role with its session, as sts:GetCallerIdentity says', async () => {
    const { QueueUrl } = await create();
    const credentials = { accessKeyId: 'ROLE1', secretAccessKey: 'x' };
    const asRole = new SQSClient({ ...started.config, credentials });
    await asRole.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const [message] = await receive(QueueUrl, { MessageSystemAttributeNames: ['SenderId'] });
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html: the id of the role
    expect(message?.Attributes).toEqual({ SenderId: expect.stringMatching(/^AROA[A-Z2-7]{17}:local$/) });
  });

  test('the receive count goes on in the dead-letter queue: it counts across all queues', async () => {
    const dead = await create();
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${dead.QueueName}`,
      maxReceiveCount: 2,
    });
    const { QueueUrl } = await create({ RedrivePolicy, VisibilityTimeout: '0' });
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    for (let n = 0; n < 3; n++) await receive(QueueUrl);
    const [message] = await receive(dead.QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(message?.Attributes).toEqual({ ApproximateReceiveCount: '3' });
  });

  const attributes = {
    ccc: text('testjunk'),
    aaa: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) },
    zzz: text('0230.01', 'Number'),
    öther_encodings: text('Tüst'),
  };
  /** Digests that other clients and emulators check; developer guide, "Calculating the MD5 message digest". */
  test.each<[string, Record<string, MessageAttributeValue>, string | undefined]>([
    ['a number', { timestamp: text('1493147359900', 'Number') }, '235c5c510d26fb653d073faed50ae77c'],
    [
      'a type with a label',
      { timestamp: text('1493147359900', 'Number.java.lang.Long') },
      '2e2e4876d8e0bd6b8c2c8f556831c349',
    ],
    ['attributes in any order', attributes, '8ae21a7957029ef04146b42aeaa18a22'],
    ['nothing', {}, undefined],
  ])('the digest of %s', async (_what, given, digest) => {
    const { QueueUrl, sent } = await queueWith(given);
    const [message] = await receive(QueueUrl, { MessageAttributeNames: ['All'] });
    expect(sent).toMatchObject({ MD5OfMessageBody: md5('hello') });
    expect(sent.MD5OfMessageAttributes).toBe(digest);
    expect(message?.MD5OfBody).toBe(md5('hello'));
    expect(message?.MD5OfMessageAttributes).toBe(digest);
  });

  test.each([
    [['a.b'], ['a.b']],
    [['a.*'], ['a.b', 'a.c']],
    [['.*'], ['a.b', 'a.c', 'd']],
    [['All'], ['a.b', 'a.c', 'd']],
    [['none'], []],
  ])('MessageAttributeNames %j select %j, and the digest is of what is returned', async (names, expected) => {
    const given = { 'a.b': text('1'), 'a.c': text('2'), d: text('3') };
    const { QueueUrl } = await queueWith(given);
    const [message] = await receive(QueueUrl, { MessageAttributeNames: names });
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(expected);
    const same = Object.entries(given).filter(([name]) => expected.includes(name));
    const { sent } = await queueWith(Object.fromEntries(same));
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  });

  test.each<[Partial<ReceiveMessageCommandInput>, string]>([
    [
      { MaxNumberOfMessages: 0 },
      'Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [{ MaxNumberOfMessages: 11 }, 'Value 11 for parameter MaxNumberOfMessages'],
    [{ WaitTimeSeconds: -1 }, 'Value -1 for parameter WaitTimeSeconds'],
    [{ WaitTimeSeconds: 21 }, 'Value 21 for parameter WaitTimeSeconds'],
    [{ VisibilityTimeout: -1 }, 'Value -1 for parameter VisibilityTimeout'],
    [{ VisibilityTimeout: 43_201 }, 'Value 43201 for parameter VisibilityTimeout'],
  ])('ReceiveMessage refuses %j', async (input, message) => {
    const { QueueUrl } = await queueWith();
    await expect(receive(QueueUrl, input)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(message),
    });
    expect(await receive(QueueUrl)).toHaveLength(1);
  });

  test.each([-1, 901])('SendMessage refuses a delay of %d seconds', async (DelaySeconds) => {
    const { QueueUrl } = await create();
    const send = new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds });
    await expect(client.send(send)).rejects.toThrow(`Value ${DelaySeconds} for parameter DelaySeconds is invalid`);
  });

  test.each([
    ['VisibilityTimeout', '43201'],
    ['DelaySeconds', '901'],
    ['ReceiveMessageWaitTimeSeconds', '21'],
    ['MessageRetentionPeriod', '59'],
    ['MaximumMessageSize', '1023'],
    ['DelaySeconds', 'soon'],
  ])('a queue refuses %s %s', async (name, value) => {
    const refused = { name: 'InvalidAttributeValue', message: expect.stringContaining(`${name}: "${value}"`) };
    await expect(create({ [name]: value })).rejects.toMatchObject(refused);
    const { QueueUrl } = await create();
    const set = new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: value } });
    await expect(client.send(set)).rejects.toMatchObject(refused);
  });

  const remove = (QueueUrl: string | undefined, ReceiptHandle: string | undefined) =>
    client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const hide = (QueueUrl: string | undefined, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

  test('a receipt handle that the queue has not made is invalid', async () => {
    const { QueueUrl } = await queueWith();
    const other = await queueWith();
    const [elsewhere] = await receive(other.QueueUrl);
    for (const handle of ['garbage', '', elsewhere?.ReceiptHandle]) {
      const refused = { name: 'ReceiptHandleIsInvalid', message: expect.stringContaining(`"${handle}"`) };
      await expect(remove(QueueUrl, handle)).rejects.toMatchObject(refused);
      await expect(hide(QueueUrl, handle, 5)).rejects.toMatchObject(refused);
    }
  });

  test('deleting with the handle of a message that is gone succeeds', async () => {
    const { QueueUrl } = await queueWith();
    const [message] = await receive(QueueUrl);
    await remove(QueueUrl, message?.ReceiptHandle);
    await expect(remove(QueueUrl, message?.ReceiptHandle)).resolves.toBeDefined();
  });

  test('the visibility of a message that is visible again cannot be changed', async () => {
    const { QueueUrl } = await queueWith();
    const [message] = await receive(QueueUrl, { VisibilityTimeout: 1 });
    await hide(QueueUrl, message?.ReceiptHandle, 2);
    await clock.advance(2_000);
    await expect(hide(QueueUrl, message?.ReceiptHandle, 5)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await expect(hide(QueueUrl, message?.ReceiptHandle, 43_201)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
  test('a batch makes messages visible one by one, and says of which it could not', async () => {
    const { QueueUrl } = await queueWith();
    const [message] = await receive(QueueUrl);
    const entry = (Id: string, ReceiptHandle = 'garbage') => ({ Id, ReceiptHandle, VisibilityTimeout: 0 });
    const change = (...Entries: ReturnType<typeof entry>[]) =>
      client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    expect(await change(entry('bad'), entry('good', message?.ReceiptHandle))).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }],
    });
    expect(await receive(QueueUrl)).toHaveLength(1);
    await expect(change()).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
    await expect(change(entry('a'), entry('a'))).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    const eleven = Array.from({ length: 11 }, (_, n) => entry(String(n)));
    await expect(change(...eleven)).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
  });
});
