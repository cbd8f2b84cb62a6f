import { randomUUID } from 'node:crypto';
import type { AwsApi, Report } from '../../core/api';
import type { Clock } from '../../core/clock';
import type { Store } from '../../store/store';
import type { InvocationResult } from './function-worker';

/** What an asynchronous invocation needs of its function. */
export interface AsynchronousTarget {
  readonly definition: {
    readonly functionName: string;
    readonly roleArn: string;
    readonly timeoutSeconds: number;
    /** URL of the dead-letter queue. */
    readonly deadLetterQueueUrl?: string;
  };
}

export interface AsynchronousDeps<Target extends AsynchronousTarget> {
  readonly clock: Clock;
  readonly api: AwsApi;
  readonly report: Report;
  readonly store: Store;
  /** @throws AwsError when there is no such function */
  readonly find: (functionName: string) => Target;
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

/** An event that was accepted and is not handled yet. */
interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly event: string;
  /** Attempts that have failed. */
  tries: number;
  /** When the next attempt is due, in milliseconds since the epoch. */
  dueAt: number;
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
  const { clock, api, report, store, find, retryDelaysMs, run, isClosed, onDeadLetter } = deps;
  const pending = new Map<string, Invocation>();
  const kept = store.collection<Invocation>('lambda-invocations', (requestId) => pending.get(requestId));
  let whenIdle: (() => void)[] = [];

  const eventDone = ({ requestId }: Invocation) => {
    pending.delete(requestId);
    kept.changed(requestId);
    if (pending.size > 0) return;
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

  const attemptAt = (target: Target, invocation: Invocation, dueAt: number, aliveUntil?: number) => {
    invocation.dueAt = dueAt;
    kept.changed(invocation.requestId);
    clock.setTimeout(() => void attempt(target, invocation, aliveUntil), dueAt - clock.now());
  };
  /** @param aliveUntil by then, an attempt that a restart interrupted would have timed out */
  const attempt = async (target: Target, invocation: Invocation, aliveUntil = 0): Promise<void> => {
    const { requestId, event } = invocation;
    const result = await run(target, requestId, event);
    if (result.ok || isClosed()) return eventDone(invocation);
    // To the function, the interrupted attempt may still be at work. On AWS it cannot be when the next one begins.
    if (clock.now() < aliveUntil) return attemptAt(target, invocation, aliveUntil);
    const delay = retryDelaysMs[invocation.tries];
    if (delay === undefined) {
      await toDeadLetterQueue(target, requestId, event, result.error.errorMessage);
      return eventDone(invocation);
    }
    invocation.tries += 1;
    attemptAt(target, invocation, clock.now() + delay);
  };

  /** Goes on with an event that was accepted before a restart: at once, if an attempt was due or running. */
  const resume = (invocation: Invocation) => {
    try {
      const target = find(invocation.functionName);
      const aliveUntil = clock.now() + target.definition.timeoutSeconds * 1000;
      attemptAt(target, invocation, Math.max(invocation.dueAt, clock.now()), aliveUntil);
    } catch (error) {
      report({ level: 'error', source: invocation.functionName, message: `an event is lost: ${String(error)}` });
      eventDone(invocation);
    }
  };
  for (const [requestId, invocation] of kept.saved) {
    pending.set(requestId, invocation);
    store.onStart(() => resume(invocation));
  }

  return {
    invoke: (target, event) => {
      const { functionName } = target.definition;
      const invocation = { requestId: randomUUID(), functionName, event, tries: 0, dueAt: clock.now() };
      pending.set(invocation.requestId, invocation);
      kept.changed(invocation.requestId);
      void attempt(target, invocation);
    },
    idle: () => (pending.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  };
};
