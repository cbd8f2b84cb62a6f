import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  PurgeQueueCommandInput,
  ReceiveMessageCommandInput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import type { MessageAttribute, Queue, QueuedMessage } from './queue';

/** 1 MiB since August 2025; 256 KiB before. */
const MAX_BYTES = 1_048_576;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const assertBody = (body: string | undefined): string => {
  if (!body) throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > MAX_BYTES)
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BYTES} bytes.`,
    );
  return body;
};

const selected = <T>(values: Readonly<Record<string, T>>, names: readonly string[] | undefined): Record<string, T> => {
  const requested = new Set(names);
  const all = requested.has('All') || requested.has('.*');
  return Object.fromEntries(Object.entries(values).filter(([name]) => all || requested.has(name)));
};

const received = (message: QueuedMessage, input: ReceiveMessageCommandInput) => {
  const system = selected(
    {
      SentTimestamp: String(message.sentAt),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
    },
    input.MessageSystemAttributeNames,
  );
  const custom = selected<MessageAttribute>(message.attributes, input.MessageAttributeNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(system).length > 0 ? { Attributes: system } : {}),
    ...(Object.keys(custom).length > 0 ? { MessageAttributes: custom } : {}),
  };
};

const invalidHandle = (handle: string | undefined) =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);

/** SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility, PurgeQueue. */
export const createMessageOperations = (queueOf: (url: string | undefined) => Queue) => ({
  SendMessage: ({ QueueUrl, MessageBody, MessageAttributes, DelaySeconds }: SendMessageCommandInput) => {
    const queue = queueOf(QueueUrl);
    const attributes: Record<string, MessageAttribute> = { ...MessageAttributes };
    const { messageId, body } = queue.send(assertBody(MessageBody), attributes, DelaySeconds);
    return { MessageId: messageId, MD5OfMessageBody: md5(body) };
  },
  ReceiveMessage: async (input: ReceiveMessageCommandInput) => {
    const { QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds } = input;
    const messages = await queueOf(QueueUrl).receive(MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds);
    return messages.length > 0 ? { Messages: messages.map((message) => received(message, input)) } : {};
  },
  DeleteMessage: ({ QueueUrl, ReceiptHandle = '' }: DeleteMessageCommandInput) => {
    // For a message that was deleted already, or has been received again, AWS returns success.
    queueOf(QueueUrl).remove(ReceiptHandle);
    return {};
  },
  ChangeMessageVisibility: (input: ChangeMessageVisibilityCommandInput) => {
    const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = input;
    if (!queueOf(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout)) throw invalidHandle(ReceiptHandle);
    return {};
  },
  PurgeQueue: ({ QueueUrl }: PurgeQueueCommandInput) => {
    queueOf(QueueUrl).purge();
    return {};
  },
});
