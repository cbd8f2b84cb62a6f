import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { drivenClock } from '../../../local/core/clock';
import { createSqsService } from '../../../local/services/sqs/sqs-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

describe('SQS', () => {
  const clock = drivenClock();
  let started: Harness;
  const sqs = createSqsService({
    clock,
    environment: { accountId: '000000000000', region: 'us-east-1' },
    endpointUrl: () => started.frontEnd.url,
  });
  let client: SQSClient;
  let queues = 0;
  beforeAll(async () => {
    started = await startFrontEnd([sqs]);
    client = new SQSClient(started.config);
  });
  afterAll(() => started.frontEnd.close());

  const createQueue = async (Attributes: Record<string, string> = {}) => {
    const QueueName = `queue-${queues++}`;
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { QueueName, QueueUrl };
  };
  const send = (QueueUrl: string | undefined, MessageBody: string) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const receive = async (QueueUrl: string | undefined, more: Partial<ReceiveMessageCommandInput> = {}) => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...more }));
    return Messages;
  };

  test('a message is received, invisible meanwhile, and gone once it is deleted', async () => {
    const { QueueUrl } = await createQueue();
    await send(QueueUrl, 'hello');
    const [message] = await receive(QueueUrl);
    expect(message?.Body).toBe('hello');
    expect(await receive(QueueUrl)).toEqual([]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    await clock.advance(31_000);
    expect(await receive(QueueUrl)).toEqual([]);
  });

  test('a message that was not deleted is visible again after the visibility timeout, with its count', async () => {
    const { QueueUrl } = await createQueue({ VisibilityTimeout: '10' });
    await send(QueueUrl, 'again');
    await receive(QueueUrl);
    await clock.advance(10_000);
    const [message] = await receive(QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(message).toMatchObject({ Body: 'again', Attributes: { ApproximateReceiveCount: '2' } });
  });

  test('a receiver that waits gets a message as soon as it is sent', async () => {
    const { QueueUrl, QueueName } = await createQueue();
    const input = { QueueUrl, WaitTimeSeconds: 20 };
    const receiving = sqs.operations['ReceiveMessage']?.(input as never, {
      principal: { kind: 'account' },
      requestId: '',
    });
    sqs.send(`${ARN}${QueueName}`, 'late', { kind: { DataType: 'String', StringValue: 'x' } });
    expect(await receiving).toMatchObject({ Messages: [{ Body: 'late' }] });
  });

  test('a receiver for which no message arrives gets nothing when its wait is over', async () => {
    const { QueueUrl } = await createQueue();
    const input = { QueueUrl, WaitTimeSeconds: 20 };
    const receiving = sqs.operations['ReceiveMessage']?.(input as never, {
      principal: { kind: 'account' },
      requestId: '',
    });
    await clock.advance(20_000);
    expect(await receiving).toEqual({});
  });

  test('a message that is received too often moves to the dead-letter queue', async () => {
    const dead = await createQueue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ARN}${dead.QueueName}`, maxReceiveCount: 1 });
    const { QueueUrl } = await createQueue({ RedrivePolicy, VisibilityTimeout: '0' });
    await send(QueueUrl, 'poison');
    expect(await receive(QueueUrl)).toHaveLength(1);
    expect(await receive(QueueUrl)).toEqual([]);
    expect(await receive(dead.QueueUrl)).toMatchObject([{ Body: 'poison' }]);
  });

  test('attributes contain the ARN and the number of waiting messages; purging empties the queue', async () => {
    const { QueueUrl, QueueName } = await createQueue();
    await send(QueueUrl, '1');
    await send(QueueUrl, '2');
    await receive(QueueUrl);
    const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    expect((await client.send(ask)).Attributes).toMatchObject({
      QueueArn: `${ARN}${QueueName}`,
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect((await client.send(ask)).Attributes).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });

  test('queues are found by name and by prefix', async () => {
    const { QueueUrl, QueueName } = await createQueue();
    expect((await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(QueueUrl);
    const { QueueUrls } = await client.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }));
    expect(QueueUrls).toEqual([QueueUrl]);
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
      message: expect.stringContaining('does not exist: "none"'),
    });
  });

  test('a malformed redrive policy is refused with an example', async () => {
    await expect(createQueue({ RedrivePolicy: '{"maxReceiveCount":0}' })).rejects.toThrow('RedrivePolicy must be like');
  });

  test('IAM sees the queue', () => {
    expect(sqs.resourcesOf('SendMessage', { QueueUrl: 'http://127.0.0.1:1/000000000000/q' })).toEqual([`${ARN}q`]);
    expect(sqs.resourcesOf('CreateQueue', { QueueName: 'q' })).toEqual([`${ARN}q`]);
  });
});
