import { deadLetterOf } from '../dead-letter';
import type { Operator } from '../operator';
import { openQueue } from '../queue';

/** A message that nobody could handle, in one of the stack's two queues. */
export interface FoundDeadLetter {
  readonly queue: 'dead-letters' | 'rule-errors';
  readonly subject: string;
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/** Whether a text names a thing: not as a part of another name. */
export const isAbout = (text: string, thingName: string): boolean => {
  for (let at = text.indexOf(thingName); at !== -1; at = text.indexOf(thingName, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + thingName.length]];
    if (!/[a-zA-Z0-9:_-]/.test(before) && !/[a-zA-Z0-9:_-]/.test(after)) return true;
  }
  return false;
};

const lookInto = async (
  { clients: { sqs }, now }: Operator,
  name: FoundDeadLetter['queue'],
  queueUrl: string,
  thingName: string,
  limit: number,
): Promise<readonly FoundDeadLetter[]> => {
  const queue = await openQueue(sqs, queueUrl);
  if (queue.depth.visible === 0) return [];
  const found: FoundDeadLetter[] = [];
  let looked = 0;
  try {
    for await (const messages of queue.batches(now())) {
      for (const message of messages) {
        if (!isAbout(message.body, thingName)) continue;
        const { subject, cause } = deadLetterOf(message);
        found.push({ queue: name, subject, cause, sentAt: message.sentAt });
      }
      looked += messages.length;
      if (looked >= limit) break;
    }
  } finally {
    await queue.release();
  }
  return found;
};

/**
 * Looks at up to `limit` messages of each queue, and gives them back: SQS has no other way to look. Meanwhile, usually for
 * less than a second, they are hidden from others. An empty queue costs one call.
 */
export const deadLettersAbout = async (
  operator: Operator,
  thingName: string,
  limit = 100,
): Promise<readonly FoundDeadLetter[]> => {
  const { deadLetterQueueUrl, ruleErrorsQueueUrl } = operator.resources;
  const found = await Promise.all([
    lookInto(operator, 'dead-letters', deadLetterQueueUrl, thingName, limit),
    lookInto(operator, 'rule-errors', ruleErrorsQueueUrl, thingName, limit),
  ]);
  return found.flat();
};
