import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openQueue, type Queue } from '../../../operate/queue';
import { systemClock } from '../../../local/core/clock';
import { createSqsService } from '../../../local/services/sqs/sqs-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

describe('a queue', () => {
  let started: Harness;
  let sqs: SQSClient;
  let QueueUrl: string;
  let queues = 0;
  beforeAll(async () => {
    const environment = { accountId: '000000000000', region: 'us-east-1' };
    const endpointUrl = () => started.frontEnd.url;
    started = await startFrontEnd([createSqsService({ clock: systemClock, environment, endpointUrl })]);
    sqs = new SQSClient(started.config);
  });
  afterAll(() => {
    sqs.destroy();
    return started.frontEnd.close();
  });
  beforeEach(async () => {
    ({ QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${queues++}` })));
    for (let n = 0; n < 12; n++) {
      const MessageAttributes = { RequestID: { DataType: 'String', StringValue: `r-${n}` } };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `m-${n}`, MessageAttributes }));
    }
  });

  const bodies = async (queue: Queue, sentBefore = Date.now() + 1_000) => {
    const all: string[] = [];
    for await (const batch of queue.batches(sentBefore)) all.push(...batch.map(({ body }) => body));
    return all;
  };
  const visible = async () => (await openQueue(sqs, QueueUrl)).depth.visible;

  test('gives every message once, with its attributes and sender', async () => {
    const queue = await openQueue(sqs, QueueUrl);
    expect(queue.depth).toEqual({ visible: 12, inFlight: 0 });
    const batches = [];
    for await (const batch of queue.batches(Date.now() + 1_000)) batches.push(batch);
    expect(batches.map(({ length }) => length)).toEqual([10, 2]);
    expect(batches[0]?.[0]).toMatchObject({ body: 'm-0', attributes: { RequestID: 'r-0' }, senderId: '000000000000' });
    expect(batches[0]?.[0]?.sentAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('shows all messages again at the end, but those that were removed', async () => {
    const queue = await openQueue(sqs, QueueUrl);
    for await (const batch of queue.batches(Date.now() + 1_000)) if (batch[0]) await queue.remove(batch[0]);
    expect(await visible()).toBe(0);
    expect(await queue.release()).toBe(0);
    expect(await visible()).toBe(10);
  });

  test('leaves out what was sent later, and shows it again', async () => {
    const queue = await openQueue(sqs, QueueUrl);
    expect(await bodies(queue, 0)).toEqual([]);
    await queue.release();
    expect(await visible()).toBe(12);
  });

  test('says what others have received', async () => {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 3 }));
    const queue = await openQueue(sqs, QueueUrl);
    expect(queue.depth).toEqual({ visible: 9, inFlight: 3 });
    expect(await bodies(queue)).toHaveLength(9);
  });
});
