import { randomUUID } from 'node:crypto';
import type { AwsApi, Report } from '../../core/api';
import type { Clock } from '../../core/clock';
import type { InvocationResult } from './function-worker';

/** What an asynchronous invocation needs of its function. */
export interface AsynchronousTarget {
  readonly definition: {
    readonly functionName: string;
    readonly roleArn: string;
    /** URL of the dead-letter queue. */
    readonly deadLetterQueueUrl?: string;
  };
}

export interface AsynchronousDeps<Target extends AsynchronousTarget> {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly report: Report;
  /** Delays before the two retries, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
  readonly run: (target: Target, requestId: string, event: string) => Promise<InvocationResult>;
  readonly isClosed: () => boolean;
  readonly onDeadLetter: () => void;
}

export interface AsynchronousInvocations<Target extends AsynchronousTarget> {
  /** @param event JSON */
  invoke(target: Target, event: string): void;
  /** Resolves when no event is waiting or running. */
  idle(): Promise<void>;
}

/** The first 1 KB of a text, without the character that the limit cuts. */
const firstKilobyte = (text: string): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, 1024), { stream: true });

/** The attributes that AWS sets: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const attributesOf = (requestId: string, errorMessage: string) => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  return {
    RequestID: text(requestId),
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: text(firstKilobyte(errorMessage)),
  };
};

/** Asynchronous invocations: retried twice, then sent to the dead-letter queue as the function's role. */
export const createAsynchronousInvocations = <Target extends AsynchronousTarget>(
  deps: AsynchronousDeps<Target>,
): AsynchronousInvocations<Target> => {
  const { clock, api, report, retryDelaysMs, run, isClosed, onDeadLetter } = deps;
  let pending = 0;
  let whenIdle: (() => void)[] = [];

  const eventDone = () => {
    pending -= 1;
    if (pending > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  const toDeadLetterQueue = async ({ definition }: Target, requestId: string, event: string, message: string) => {
    const { functionName: source, deadLetterQueueUrl, roleArn } = definition;
    onDeadLetter();
    report({ level: 'error', source, message: `gave up on an event after its retries: ${message}` });
    if (deadLetterQueueUrl === undefined) return;
    const input = {
      QueueUrl: deadLetterQueueUrl,
      MessageBody: event,
      MessageAttributes: attributesOf(requestId, message),
    };
    await api
      .call('sqs', 'SendMessage', input, { kind: 'role', roleArn })
      .catch((error: unknown) =>
        report({ level: 'error', source, message: `cannot send to the dead-letter queue: ${String(error)}` }),
      );
  };

  const attempt = async (target: Target, requestId: string, event: string, tries: number): Promise<void> => {
    const result = await run(target, requestId, event);
    if (result.ok || isClosed()) return eventDone();
    const delay = retryDelaysMs[tries];
    if (delay !== undefined) {
      clock.setTimeout(() => void attempt(target, requestId, event, tries + 1), delay);
      return;
    }
    await toDeadLetterQueue(target, requestId, event, result.error.errorMessage);
    eventDone();
  };

  return {
    invoke: (target, event) => {
      pending += 1;
      void attempt(target, randomUUID(), event, 0);
    },
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  };
};
