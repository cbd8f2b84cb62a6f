import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface QueuedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Of the user or role that sent it. */
  readonly senderId: string;
  /** Those that are text or numbers. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface QueueDepth {
  readonly visible: number;
  /** Received by somebody, and hidden until they delete it or their time is over. */
  readonly inFlight: number;
}

/** A queue whose messages are received, and given back unless they are deleted. */
export interface Queue {
  readonly depth: QueueDepth;
  /** Every message that was there before `sentBefore`, once, ten at a time. */
  batches(sentBefore: number): AsyncGenerator<readonly QueuedMessage[]>;
  remove(message: QueuedMessage): Promise<void>;
  /** Makes all visible again that were received and not removed. @returns how many are not yet */
  release(): Promise<number>;
}

/** The most that one call receives or changes. */
const BATCH = 10;
/** Waiting asks every server of the queue; without it an answer may be empty although there are messages. */
const WAIT_SECONDS = 1;

const queued = ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  sentAt: Number(Attributes?.SentTimestamp),
  senderId: Attributes?.SenderId ?? '',
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes ?? {}).map(([name, { StringValue = '' }]) => [name, StringValue]),
  ),
});

const depthOf = async (sqs: SQSClient, QueueUrl: string): Promise<QueueDepth> => {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  const [visible, inFlight] = AttributeNames.map((name) => Number(Attributes[name] ?? 0));
  return { visible: visible ?? 0, inFlight: inFlight ?? 0 };
};

/** How long received messages stay hidden when this process dies: long enough to read all of them. */
const holdSeconds = ({ visible }: QueueDepth): number => Math.min(3600, 120 + Math.ceil(visible / 10));

/** @throws QueueDoesNotExist, and what else SQS refuses */
export const openQueue = async (sqs: SQSClient, QueueUrl: string): Promise<Queue> => {
  const depth = await depthOf(sqs, QueueUrl);
  /** Receipt handles by message. */
  const held = new Map<string, string>();
  const seen = new Set<string>();

  const receive = async (): Promise<readonly QueuedMessage[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: WAIT_SECONDS },
        VisibilityTimeout: holdSeconds(depth),
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp', 'SenderId'],
      }),
    );
    return Messages.map(queued);
  };

  const show = async (handles: readonly string[]): Promise<number> => {
    const Entries = handles.map((ReceiptHandle, n) => ({ Id: String(n), ReceiptHandle, VisibilityTimeout: 0 }));
    const { Failed = [] } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    return Failed.length;
  };

  return {
    depth,
    batches: async function* (sentBefore) {
      for (;;) {
        const messages = await receive();
        if (messages.length === 0) return;
        for (const { messageId, receiptHandle } of messages) held.set(messageId, receiptHandle);
        // One that comes back while it is worked on, or that failed again meanwhile, is for the next run.
        const fresh = messages.filter(({ messageId, sentAt }) => !seen.has(messageId) && sentAt < sentBefore);
        for (const { messageId } of fresh) seen.add(messageId);
        yield fresh;
      }
    },
    remove: async ({ messageId, receiptHandle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
      held.delete(messageId);
    },
    release: async () => {
      const handles = [...held.values()];
      held.clear();
      let failed = 0;
      for (let at = 0; at < handles.length; at += BATCH) failed += await show(handles.slice(at, at + BATCH));
      return failed;
    },
  };
};
