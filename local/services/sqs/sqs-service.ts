import type {
  CreateQueueCommandInput,
  DeleteQueueCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueUrlCommandInput,
  ListQueuesCommandInput,
  SetQueueAttributesCommandInput,
} from '@aws-sdk/client-sqs';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';
import { createMessageOperations } from './message-operations';
import { checkQueueAttributes } from './parameters';
import { createQueue, type MessageAttribute, type Queue, type QueuedMessage, type SavedQueue } from './queue';
import { redrivePolicyOf } from './redrive-policy';

interface SqsDependencies {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly store?: Store;
  /** The beginning of queue URLs. */
  readonly endpointUrl: () => string;
}

export interface SqsService extends ServiceModule {
  /** Sends a message to the queue with this ARN, on behalf of another service. @throws AwsError QueueDoesNotExist */
  send(queueArn: string, body: string, attributes?: Readonly<Record<string, MessageAttribute>>): void;
}

const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/;

/** Queue URLs end in `/<name>`, ARNs in `:<name>`. */
const nameOf = (urlOrArn: string): string =>
  urlOrArn.slice(Math.max(urlOrArn.lastIndexOf('/'), urlOrArn.lastIndexOf(':')) + 1);

/** @throws AwsError InvalidAttributeValue */
const checkAttributes = (attributes: Readonly<Record<string, string>>): void => {
  checkQueueAttributes(attributes);
  redrivePolicyOf(attributes);
};

/** SQS in memory: standard queues. */
export const createSqsService = (dependencies: SqsDependencies): SqsService => {
  const { clock, environment, endpointUrl, store = createMemoryStore() } = dependencies;
  const queues = new Map<string, Queue>();
  const arnOf = (name: string) => `arn:aws:sqs:${environment.region}:${environment.accountId}:${name}`;
  const urlOf = (name: string) => `${endpointUrl()}/${environment.accountId}/${name}`;

  const queueOf = (urlOrArn: string | undefined): Queue => {
    const queue = queues.get(nameOf(urlOrArn ?? ''));
    if (!queue) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: "${urlOrArn}".`);
    return queue;
  };

  const kept = store.collection<SavedQueue>('sqs-queues', (name) => {
    const queue = queues.get(name);
    return queue && { attributes: queue.attributes, createdAt: queue.createdAt };
  });
  /** By queue and message id, with a slash between. */
  const keptMessages = store.collection<QueuedMessage>('sqs-messages', (id) => {
    const slash = id.indexOf('/');
    return queues.get(id.slice(0, slash))?.message(id.slice(slash + 1));
  });

  const add = (name: string, { attributes, createdAt }: SavedQueue, messages: readonly QueuedMessage[] = []): void => {
    const queue = createQueue({
      ...{ name, clock, attributes, createdAt, messages },
      onChanged: (messageId) => keptMessages.changed(`${name}/${messageId}`),
      redrive: (message) => {
        const policy = redrivePolicyOf(queue.attributes);
        const target = policy && queues.get(nameOf(policy.deadLetterTargetArn));
        if (!policy || !target || message.receiveCount <= policy.maxReceiveCount) return false;
        // This attempt to receive it from here does not count.
        target.adopt({ ...message, receiveCount: message.receiveCount - 1 });
        return true;
      },
    });
    queues.set(name, queue);
  };

  const messagesIn = (name: string) =>
    [...keptMessages.saved].filter(([id]) => id.startsWith(`${name}/`)).map(([, message]) => message);
  for (const [name, saved] of kept.saved) add(name, saved, messagesIn(name));

  const create = (name: string, attributes: Record<string, string>): void => {
    if (name.endsWith('.fifo'))
      throw new AwsError('InvalidParameterValue', `QueueName "${name}": FIFO queues are not emulated by local mode.`);
    if (!QUEUE_NAME.test(name))
      throw new AwsError(
        'InvalidParameterValue',
        `QueueName "${name}": 1 to 80 letters, digits, hyphens, underscores.`,
      );
    checkAttributes(attributes);
    add(name, { attributes, createdAt: clock.now() });
    kept.changed(name);
  };

  const attributesOf = (queue: Queue): Record<string, string> => {
    const { visible, inFlight, delayed } = queue.depth();
    return {
      VisibilityTimeout: '30',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      ...queue.attributes,
      QueueArn: arnOf(queue.name),
      CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
  };

  return {
    service: 'sqs',
    operations: {
      CreateQueue: ({ QueueName = '', Attributes = {} }: CreateQueueCommandInput) => {
        if (!queues.has(QueueName)) create(QueueName, { ...Attributes });
        return { QueueUrl: urlOf(QueueName) };
      },
      DeleteQueue: ({ QueueUrl }: DeleteQueueCommandInput) => {
        const queue = queueOf(QueueUrl);
        queue.purge();
        queues.delete(queue.name);
        kept.changed(queue.name);
        return {};
      },
      GetQueueUrl: ({ QueueName }: GetQueueUrlCommandInput) => ({ QueueUrl: urlOf(queueOf(QueueName).name) }),
      ListQueues: ({ QueueNamePrefix = '' }: ListQueuesCommandInput) => ({
        QueueUrls: [...queues.keys()].filter((name) => name.startsWith(QueueNamePrefix)).map(urlOf),
      }),
      GetQueueAttributes: ({ QueueUrl, AttributeNames = [] }: GetQueueAttributesCommandInput) => {
        const requested = new Set<string>(AttributeNames);
        const all = Object.entries(attributesOf(queueOf(QueueUrl)));
        return { Attributes: Object.fromEntries(all.filter(([name]) => requested.has('All') || requested.has(name))) };
      },
      SetQueueAttributes: ({ QueueUrl, Attributes = {} }: SetQueueAttributesCommandInput) => {
        checkAttributes(Attributes);
        const queue = queueOf(QueueUrl);
        Object.assign(queue.attributes, Attributes);
        kept.changed(queue.name);
        return {};
      },
      ...createMessageOperations(queueOf, environment.accountId),
    },
    resourcesOf: (operation, { QueueUrl, QueueName }) => {
      if (operation === 'ListQueues') return ['*'];
      const name = typeof QueueUrl === 'string' ? nameOf(QueueUrl) : QueueName;
      return [typeof name === 'string' ? arnOf(name) : '*'];
    },
    send: (queueArn, body, attributes = {}) =>
      void queueOf(queueArn).send({ body, attributes, senderId: environment.accountId }),
  };
};
