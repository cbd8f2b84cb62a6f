import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { createSlots } from '../../core/slots';
import type { Ending } from './running-invocations';

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export interface WorkerOptions {
  readonly bundlePath: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly context: {
    readonly functionName: string;
    readonly invokedFunctionArn: string;
    readonly memoryLimitInMB: string;
  };
  readonly timeoutSeconds: number;
  readonly onLog: (level: 'info' | 'warn' | 'error', text: string) => void;
}

/** One attempt to handle an event; a retry has the same request id and another trace id. */
interface Attempt {
  readonly requestId: string;
  readonly traceId: string;
  readonly event: string;
}

export interface FunctionWorker {
  /** Handles the event as soon as the function handles fewer than 10 others; its time limit counts from then. */
  invoke(attempt: Attempt): Promise<InvocationResult>;
  /** The same for an event, which waits for its turn. What is invoked synchronously never waits, as on AWS. */
  handle(attempt: Attempt): Promise<InvocationResult>;
  /** Ends an attempt before its time; the others of its thread go on. */
  stop(traceId: string, ending: Ending): void;
  /** The next invocation starts a new thread; the present one ends when it has nothing left to do. */
  retire(): void;
  /** The numbers that the operating system gives the threads; none where that is not Linux. */
  systemThreads(): readonly number[];
  close(): Promise<void>;
}

/** A thread, and the attempts that it handles, by trace id. */
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<string, (result: InvocationResult) => void>;
  systemThread?: number | undefined;
}

const errorSchema = v.object({
  errorType: v.string(),
  errorMessage: v.string(),
  trace: v.optional(v.array(v.string())),
});
const messageSchema = v.variant('type', [
  v.object({ type: v.literal('ready'), systemThread: v.optional(v.number()) }),
  v.object({ type: v.literal('init-error'), error: errorSchema }),
  v.object({ type: v.literal('log'), level: v.picklist(['info', 'warn', 'error']), text: v.string() }),
  v.object({ type: v.literal('result'), id: v.string(), payload: v.string() }),
  v.object({ type: v.literal('error'), id: v.string(), error: errorSchema }),
]);

const errorOf = (ending: Ending, timeoutSeconds: number): FunctionError =>
  ending === 'exit'
    ? { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: signal: killed' }
    : { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds` };

/**
 * As if each function had a reserved concurrency. Without it, all events of a large fleet would interleave in the thread, and each
 * would take longer than the function's time limit. Enough to keep the thread busy while others wait for a service.
 */
const EVENTS_AT_A_TIME = 10;

/** Threads that run a function's bundle: one, unless it is retired. An invocation starts it, also after a crash. */
export const createFunctionWorker = (options: WorkerOptions): FunctionWorker => {
  const { bundlePath, exportName, environment, context, timeoutSeconds, onLog } = options;
  const threads = new Set<Thread>();
  const slots = createSlots(EVENTS_AT_A_TIME);
  let current: Thread | undefined;

  const failAll = ({ waiting }: Thread, error: FunctionError) => {
    for (const settle of [...waiting.values()]) settle({ ok: false, error });
  };
  const listen = (thread: Thread) => {
    const { worker, waiting } = thread;
    worker.on('message', (raw: unknown) => {
      const message = v.parse(messageSchema, raw);
      switch (message.type) {
        case 'log':
          return onLog(message.level, message.text);
        case 'init-error':
          if (current === thread) current = undefined;
          failAll(thread, message.error);
          return void worker.terminate();
        case 'result':
          return waiting.get(message.id)?.({ ok: true, payload: message.payload });
        case 'error':
          return waiting.get(message.id)?.({ ok: false, error: message.error });
        case 'ready':
          thread.systemThread = message.systemThread;
      }
    });
    worker.on('error', (error) => failAll(thread, { errorType: 'Runtime.ExitError', errorMessage: String(error) }));
    worker.on('exit', (code) => {
      threads.delete(thread);
      if (current === thread) current = undefined;
      failAll(thread, { errorType: 'Runtime.ExitError', errorMessage: `The runtime exited with code ${code}` });
    });
  };
  const start = (): Thread => {
    const worker = new Worker(join(__dirname, 'worker.cjs'), {
      workerData: { path: bundlePath, exportName },
      env: { ...environment },
      execArgv: ['--enable-source-maps'],
    });
    worker.unref();
    const thread: Thread = { worker, waiting: new Map() };
    threads.add(thread);
    listen(thread);
    return thread;
  };
  const endIfRetired = (thread: Thread) => {
    if (thread !== current && thread.waiting.size === 0) void thread.worker.terminate();
  };

  const attempt = ({ requestId, traceId, event }: Attempt) =>
    new Promise<InvocationResult>((resolve) => {
      const thread = (current ??= start());
      const timer = setTimeout(() => {
        const { errorType, errorMessage } = errorOf('timeout', timeoutSeconds);
        const error = { errorType, errorMessage: `${requestId} ${errorMessage}` };
        thread.waiting.get(traceId)?.({ ok: false, error });
      }, timeoutSeconds * 1000);
      timer.unref();
      thread.waiting.set(traceId, (result) => {
        clearTimeout(timer);
        thread.waiting.delete(traceId);
        resolve(result);
        endIfRetired(thread);
      });
      const timeoutMs = timeoutSeconds * 1000;
      thread.worker.postMessage({
        ...{ id: traceId, event },
        context: { ...context, awsRequestId: requestId, traceId, timeoutMs },
      });
    });

  return {
    invoke: attempt,
    handle: (one) => slots.run(() => attempt(one)),
    stop: (traceId, ending) => {
      for (const { waiting } of threads) waiting.get(traceId)?.({ ok: false, error: errorOf(ending, timeoutSeconds) });
    },
    retire: () => {
      const thread = current;
      current = undefined;
      if (thread) endIfRetired(thread);
    },
    systemThreads: () => [...threads].flatMap(({ systemThread }) => systemThread ?? []),
    close: async () => {
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
};
