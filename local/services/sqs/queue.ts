import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock';

export interface MessageAttribute {
  readonly DataType: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

interface SentMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** The id of the user or role that sent it. */
  readonly senderId: string;
}

export interface QueuedMessage extends SentMessage {
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  firstReceivedAt: number | undefined;
  visibleAt: number;
  /** Across all queues. */
  receiveCount: number;
  receiptHandle: string;
}

/** What of a queue is saved, besides its messages. */
export interface SavedQueue {
  readonly attributes: Record<string, string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

interface QueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly attributes: Record<string, string>;
  readonly createdAt: number;
  /** Those that were in the queue before a restart. */
  readonly messages: Iterable<QueuedMessage>;
  /** Called with the id of each message that has come, changed or gone. */
  readonly onChanged: (messageId: string) => void;
  /** Called with a message that was received too often; false when there is no dead-letter queue for it. */
  readonly redrive: (message: QueuedMessage) => boolean;
}

/** Seconds for which a queue keeps a message: SetQueueAttributes, MessageRetentionPeriod. */
const RETENTION = 345_600;

const seconds = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Number(text);

/** One standard queue. A received message is invisible for a while, and visible again if nobody has deleted it by then. */
export const createQueue = (options: QueueOptions) => {
  const { name, clock, attributes, createdAt, redrive, onChanged } = options;
  const messages = new Map([...options.messages].map((message) => [message.messageId, message]));
  /** Receivers that wait for a message (long polling), in the order of their requests. */
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };

  const put = (message: QueuedMessage) => {
    messages.set(message.messageId, message);
    onChanged(message.messageId);
  };
  const drop = (messageId: string) => {
    if (messages.delete(messageId)) onChanged(messageId);
  };
  /** The oldest are the first. */
  const dropExpired = () => {
    const oldest = clock.now() - seconds(attributes['MessageRetentionPeriod'], RETENTION) * 1000;
    for (const { messageId, sentAt } of messages.values()) {
      if (sentAt >= oldest) return;
      drop(messageId);
    }
  };

  const take = (most: number, visibilitySeconds: number | undefined): QueuedMessage[] => {
    dropExpired();
    const now = clock.now();
    const hidden = (visibilitySeconds ?? seconds(attributes['VisibilityTimeout'], 30)) * 1000;
    const taken: QueuedMessage[] = [];
    for (const message of messages.values()) {
      if (taken.length === most) break;
      if (message.visibleAt > now) continue;
      message.receiveCount++;
      if (redrive(message)) {
        drop(message.messageId);
        continue;
      }
      message.firstReceivedAt ??= now;
      message.visibleAt = now + hidden;
      message.receiptHandle = newHandle();
      onChanged(message.messageId);
      taken.push(message);
    }
    return taken;
  };

  /** Says which queue made it, so that one that no queue made is told from that of a message that is gone. */
  const newHandle = () => Buffer.from(`${name}:${randomUUID()}`).toString('base64');
  const find = (receiptHandle: string) =>
    [...messages.values()].find((message) => message.receiptHandle === receiptHandle);
  /** A waiting receiver must get a message that becomes visible later. */
  const wakeAt = (visibleAt: number) => {
    if (visibleAt <= clock.now()) wakeAll();
    else clock.setTimeout(wakeAll, visibleAt - clock.now());
  };

  return {
    name,
    attributes,
    createdAt,
    /** @param delaySeconds until the message can be received; the queue's own delay by default */
    send: (sent: SentMessage, delaySeconds?: number): QueuedMessage => {
      const now = clock.now();
      const message: QueuedMessage = {
        ...sent,
        messageId: randomUUID(),
        sentAt: now,
        firstReceivedAt: undefined,
        visibleAt: now + (delaySeconds ?? seconds(attributes['DelaySeconds'], 0)) * 1000,
        receiveCount: 0,
        receiptHandle: '',
      };
      dropExpired();
      put(message);
      wakeAt(message.visibleAt);
      return message;
    },
    /** Accepts a message from another queue, with its id. */
    adopt: (message: QueuedMessage) => {
      put({ ...message, visibleAt: clock.now(), receiptHandle: '' });
      wakeAll();
    },
    /** Waits until there is a message, at most for the given number of seconds. */
    receive: (most: number, visibilitySeconds: number | undefined, waitSeconds: number | undefined) => {
      const wait = waitSeconds ?? seconds(attributes['ReceiveMessageWaitTimeSeconds'], 0);
      const taken = take(most, visibilitySeconds);
      if (taken.length > 0 || wait <= 0) return Promise.resolve(taken);
      return new Promise<QueuedMessage[]>((resolve) => {
        const finish = (result: QueuedMessage[]) => {
          waiting.delete(wake);
          timer.cancel();
          resolve(result);
        };
        const wake = () => {
          const found = take(most, visibilitySeconds);
          if (found.length > 0) finish(found);
        };
        waiting.add(wake);
        const timer = clock.setTimeout(() => finish([]), wait * 1000);
        const nextVisible = Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt));
        if (Number.isFinite(nextVisible)) wakeAt(nextVisible);
      });
    },
    /** Whether a receipt handle is one of this queue's. */
    hasIssued: (receiptHandle: string): boolean =>
      Buffer.from(receiptHandle, 'base64').toString().startsWith(`${name}:`),
    /** Does nothing when no message has this receipt handle any more. */
    remove: (receiptHandle: string): void => {
      const message = find(receiptHandle);
      if (message) drop(message.messageId);
    },
    /** Without effect when the message is visible, or no message has this receipt handle any more. */
    changeVisibility: (receiptHandle: string, visibilitySeconds: number): 'changed' | 'visible' | 'gone' => {
      const message = find(receiptHandle);
      if (!message) return 'gone';
      if (message.visibleAt <= clock.now()) return 'visible';
      message.visibleAt = clock.now() + visibilitySeconds * 1000;
      onChanged(message.messageId);
      wakeAt(message.visibleAt);
      return 'changed';
    },
    message: (messageId: string) => messages.get(messageId),
    purge: () => {
      for (const messageId of messages.keys()) drop(messageId);
    },
    /** How many messages can be received, are in flight, are delayed. */
    depth: () => {
      dropExpired();
      const later = [...messages.values()].filter(({ visibleAt }) => visibleAt > clock.now());
      const delayed = later.filter(({ receiveCount }) => receiveCount === 0).length;
      return { visible: messages.size - later.length, inFlight: later.length - delayed, delayed };
    },
  };
};

export type Queue = ReturnType<typeof createQueue>;
