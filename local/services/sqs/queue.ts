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

interface QueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly attributes: Record<string, string>;
  /** Called with a message that was received too often; false when there is no dead-letter queue for it. */
  readonly redrive: (message: QueuedMessage) => boolean;
}

const seconds = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Number(text);

/** One standard queue. A received message is invisible for a while, and visible again if nobody has deleted it by then. */
export const createQueue = ({ name, clock, attributes, redrive }: QueueOptions) => {
  const createdAt = clock.now();
  let messages: QueuedMessage[] = [];
  /** Receivers that wait for a message (long polling), in the order of their requests. */
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };

  const take = (most: number, visibilitySeconds: number | undefined): QueuedMessage[] => {
    const now = clock.now();
    const hidden = (visibilitySeconds ?? seconds(attributes['VisibilityTimeout'], 30)) * 1000;
    const taken: QueuedMessage[] = [];
    for (const message of messages) {
      if (taken.length === most) break;
      if (message.visibleAt > now) continue;
      message.receiveCount++;
      if (redrive(message)) {
        messages = messages.filter((one) => one !== message);
        continue;
      }
      message.firstReceivedAt ??= now;
      message.visibleAt = now + hidden;
      message.receiptHandle = newHandle();
      taken.push(message);
    }
    return taken;
  };

  /** Says which queue made it, so that one that no queue made is told from that of a message that is gone. */
  const newHandle = () => Buffer.from(`${name}:${randomUUID()}`).toString('base64');
  const find = (receiptHandle: string) => messages.find((message) => message.receiptHandle === receiptHandle);
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
      messages.push(message);
      wakeAt(message.visibleAt);
      return message;
    },
    /** Accepts a message from another queue, with its id. */
    adopt: (message: QueuedMessage) => {
      messages.push({ ...message, visibleAt: clock.now(), receiptHandle: '' });
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
        const nextVisible = Math.min(...messages.map(({ visibleAt }) => visibleAt));
        if (Number.isFinite(nextVisible)) wakeAt(nextVisible);
      });
    },
    /** Whether a receipt handle is one of this queue's. */
    hasIssued: (receiptHandle: string): boolean =>
      Buffer.from(receiptHandle, 'base64').toString().startsWith(`${name}:`),
    /** Does nothing when no message has this receipt handle any more. */
    remove: (receiptHandle: string): void => {
      const message = find(receiptHandle);
      messages = messages.filter((one) => one !== message);
    },
    /** Without effect when the message is visible, or no message has this receipt handle any more. */
    changeVisibility: (receiptHandle: string, visibilitySeconds: number): 'changed' | 'visible' | 'gone' => {
      const message = find(receiptHandle);
      if (!message) return 'gone';
      if (message.visibleAt <= clock.now()) return 'visible';
      message.visibleAt = clock.now() + visibilitySeconds * 1000;
      wakeAt(message.visibleAt);
      return 'changed';
    },
    purge: () => void (messages = []),
    /** How many messages can be received, are in flight, are delayed. */
    depth: () => {
      const later = messages.filter(({ visibleAt }) => visibleAt > clock.now());
      const delayed = later.filter(({ receiveCount }) => receiveCount === 0).length;
      return { visible: messages.length - later.length, inFlight: later.length - delayed, delayed };
    },
  };
};

export type Queue = ReturnType<typeof createQueue>;
