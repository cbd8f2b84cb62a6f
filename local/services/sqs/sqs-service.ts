import { createHash, randomUUID } from 'node:crypto';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';

interface QueuedMessage {
  readonly MessageId: string;
  readonly Body: string;
  readonly MessageAttributes: unknown;
  receiptHandle: string;
  visibleAt: number;
}

interface QueueInput {
  readonly QueueUrl: string;
}

const VISIBILITY_MS = 30_000;

/** Queues in memory: what dead-letter queues and rules' error actions need, and what a person needs to look into them. */
export const createSqsService = ({
  clock,
  environment,
  endpointUrl,
}: {
  clock: Clock;
  environment: Environment;
  endpointUrl: () => string;
}): ServiceModule => {
  const queues = new Map<string, QueuedMessage[]>();
  const nameOf = (url: string) => url.split('/').at(-1) ?? '';
  const urlOf = (name: string) => `${endpointUrl()}/${environment.accountId}/${name}`;
  const arnOf = (name: string) => `arn:aws:sqs:${environment.region}:${environment.accountId}:${name}`;
  const queueOf = (url: string) => {
    const queue = queues.get(nameOf(url));
    if (!queue) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${url}`);
    return queue;
  };
  return {
    service: 'sqs',
    operations: {
      CreateQueue: ({ QueueName }: { readonly QueueName: string }) => {
        if (!queues.has(QueueName)) queues.set(QueueName, []);
        return { QueueUrl: urlOf(QueueName) };
      },
      ListQueues: () => ({ QueueUrls: [...queues.keys()].map(urlOf) }),
      GetQueueUrl: ({ QueueName }: { readonly QueueName: string }) => {
        queueOf(QueueName);
        return { QueueUrl: urlOf(QueueName) };
      },
      GetQueueAttributes: ({ QueueUrl }: QueueInput) => {
        const queue = queueOf(QueueUrl);
        const visible = queue.filter(({ visibleAt }) => visibleAt <= clock.now()).length;
        return {
          Attributes: {
            QueueArn: arnOf(nameOf(QueueUrl)),
            ApproximateNumberOfMessages: String(visible),
            ApproximateNumberOfMessagesNotVisible: String(queue.length - visible),
          },
        };
      },
      SendMessage: ({ QueueUrl, MessageBody, MessageAttributes }: QueueInput & { MessageBody: string; MessageAttributes?: unknown }) => {
        const MessageId = randomUUID();
        queueOf(QueueUrl).push({ MessageId, Body: MessageBody, MessageAttributes, receiptHandle: '', visibleAt: 0 });
        return { MessageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
      },
      ReceiveMessage: ({ QueueUrl, MaxNumberOfMessages = 1 }: QueueInput & { MaxNumberOfMessages?: number }) => {
        const Messages = queueOf(QueueUrl)
          .filter(({ visibleAt }) => visibleAt <= clock.now())
          .slice(0, MaxNumberOfMessages)
          .map((message) => {
            message.receiptHandle = randomUUID();
            message.visibleAt = clock.now() + VISIBILITY_MS;
            const { MessageId, Body, MessageAttributes, receiptHandle } = message;
            const MD5OfBody = createHash('md5').update(Body).digest('hex');
            return { MessageId, Body, MD5OfBody, MessageAttributes, ReceiptHandle: receiptHandle };
          });
        return Messages.length > 0 ? { Messages } : {};
      },
      DeleteMessage: ({ QueueUrl, ReceiptHandle }: QueueInput & { ReceiptHandle: string }) => {
        const queue = queueOf(QueueUrl);
        const index = queue.findIndex(({ receiptHandle }) => receiptHandle === ReceiptHandle);
        if (index >= 0) queue.splice(index, 1);
        return {};
      },
      PurgeQueue: ({ QueueUrl }: QueueInput) => {
        queueOf(QueueUrl).length = 0;
        return {};
      },
    },
    resourcesOf: (_operation, { QueueUrl, QueueName }) => [arnOf(nameOf(String(QueueUrl ?? QueueName)))],
  };
};
