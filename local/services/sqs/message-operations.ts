import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  PurgeQueueCommandInput,
  ReceiveMessageCommandInput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import type { CallContext } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { userIdOf } from '../../core/user-id';
import { batchOf } from './batch';
import { md5OfAttributes, md5OfBody } from './digests';
import { bodyOf, checkRanges } from './parameters';
import type { MessageAttribute, Queue, QueuedMessage } from './queue';

/** Whether a name is asked for: itself, `All`, `.*`, or a prefix as in `bar.*`. */
const isAsked = (names: readonly string[], name: string): boolean =>
  names.some(
    (asked) => asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2))),
  );

const selected = <T>(values: Readonly<Record<string, T>>, names: readonly string[] = []): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => isAsked(names, name)));

const unlessEmpty = (name: string, values: object) => (Object.keys(values).length > 0 ? { [name]: values } : {});

/** `AttributeNames` is the older parameter for system attributes. Both are valid, also together. */
interface ReceiveInput extends Omit<ReceiveMessageCommandInput, 'AttributeNames'> {
  readonly AttributeNames?: readonly string[];
}

const received = (message: QueuedMessage, input: ReceiveInput) => {
  const { AttributeNames = [], MessageSystemAttributeNames = [], MessageAttributeNames } = input;
  const system = selected(
    {
      SenderId: message.senderId,
      SentTimestamp: String(message.sentAt),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
    },
    [...AttributeNames, ...MessageSystemAttributeNames],
  );
  const custom = selected<MessageAttribute>(message.attributes, MessageAttributeNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    MD5OfMessageAttributes: md5OfAttributes(custom),
    ...unlessEmpty('Attributes', system),
    ...unlessEmpty('MessageAttributes', custom),
  };
};

const invalidHandle = (handle: string) =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);

const notInFlight = (handle: string) =>
  new AwsError('MessageNotInflight', `The message of the receipt handle "${handle}" is visible in the queue again.`);

/** SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility, PurgeQueue. */
export const createMessageOperations = (queueOf: (url: string | undefined) => Queue, accountId: string) => {
  /** @throws AwsError QueueDoesNotExist, ReceiptHandleIsInvalid */
  const queueOfHandle = (url: string | undefined, handle: string): Queue => {
    const queue = queueOf(url);
    if (!queue.hasIssued(handle)) throw invalidHandle(handle);
    return queue;
  };
  const changeVisibility = (QueueUrl: string | undefined, handle: string, seconds: number): void => {
    const queue = queueOfHandle(QueueUrl, handle);
    checkRanges({ VisibilityTimeout: seconds });
    const result = queue.changeVisibility(handle, seconds);
    if (result === 'visible') throw notInFlight(handle);
    if (result === 'gone') throw invalidHandle(handle);
  };
  return {
    SendMessage: (input: SendMessageCommandInput, { principal }: CallContext) => {
      const { QueueUrl, MessageBody, MessageAttributes, DelaySeconds } = input;
      const queue = queueOf(QueueUrl);
      checkRanges({ DelaySeconds });
      const body = bodyOf(MessageBody);
      const attributes: Record<string, MessageAttribute> = { ...MessageAttributes };
      const senderId = userIdOf(principal, accountId);
      const { messageId } = queue.send({ body, attributes, senderId }, DelaySeconds);
      return {
        MessageId: messageId,
        MD5OfMessageBody: md5OfBody(body),
        MD5OfMessageAttributes: md5OfAttributes(attributes),
      };
    },
    ReceiveMessage: async (input: ReceiveInput) => {
      const { QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds } = input;
      const queue = queueOf(QueueUrl);
      checkRanges({ MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds });
      const messages = await queue.receive(MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds);
      return messages.length > 0 ? { Messages: messages.map((message) => received(message, input)) } : {};
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle = '' }: DeleteMessageCommandInput) => {
      // For a message that was deleted already, or has been received again, AWS returns success.
      queueOfHandle(QueueUrl, ReceiptHandle).remove(ReceiptHandle);
      return {};
    },
    ChangeMessageVisibility: (input: ChangeMessageVisibilityCommandInput) => {
      const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = input;
      changeVisibility(QueueUrl, ReceiptHandle, VisibilityTimeout);
      return {};
    },
    ChangeMessageVisibilityBatch: ({ QueueUrl, Entries = [] }: ChangeMessageVisibilityBatchCommandInput) => {
      queueOf(QueueUrl);
      return batchOf(Entries, ({ ReceiptHandle = '', VisibilityTimeout = 0 }) =>
        changeVisibility(QueueUrl, ReceiptHandle, VisibilityTimeout),
      );
    },
    PurgeQueue: ({ QueueUrl }: PurgeQueueCommandInput) => {
      queueOf(QueueUrl).purge();
      return {};
    },
  };
};
