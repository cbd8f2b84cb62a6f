import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';

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

export interface FunctionWorker {
  invoke(requestId: string, event: string): Promise<InvocationResult>;
  close(): Promise<void>;
}

const errorSchema = v.object({
  errorType: v.string(),
  errorMessage: v.string(),
  trace: v.optional(v.array(v.string())),
});
const messageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('init-error'), error: errorSchema }),
  v.object({ type: v.literal('log'), level: v.picklist(['info', 'warn', 'error']), text: v.string() }),
  v.object({ type: v.literal('result'), id: v.string(), payload: v.string() }),
  v.object({ type: v.literal('error'), id: v.string(), error: errorSchema }),
]);

/** A thread that runs a function's bundle. The first invocation starts it, and the next one after a crash starts it again. */
export const createFunctionWorker = (options: WorkerOptions): FunctionWorker => {
  const { bundlePath, exportName, environment, context, timeoutSeconds, onLog } = options;
  let worker: Worker | undefined;
  const waiting = new Map<string, (result: InvocationResult) => void>();

  const failAll = (error: FunctionError) => {
    for (const settle of [...waiting.values()]) settle({ ok: false, error });
  };
  const start = (): Worker => {
    const started = new Worker(join(__dirname, 'worker.cjs'), {
      workerData: { path: bundlePath, exportName },
      env: { ...environment },
      execArgv: ['--enable-source-maps'],
    });
    started.unref();
    started.on('message', (raw: unknown) => {
      const message = v.parse(messageSchema, raw);
      switch (message.type) {
        case 'log':
          return onLog(message.level, message.text);
        case 'init-error':
          failAll(message.error);
          worker = undefined;
          return void started.terminate();
        case 'result':
          return waiting.get(message.id)?.({ ok: true, payload: message.payload });
        case 'error':
          return waiting.get(message.id)?.({ ok: false, error: message.error });
        case 'ready':
          return;
      }
    });
    started.on('error', (error) => failAll({ errorType: 'Runtime.ExitError', errorMessage: String(error) }));
    started.on('exit', (code) => {
      if (worker === started) worker = undefined;
      failAll({ errorType: 'Runtime.ExitError', errorMessage: `The runtime exited with code ${code}` });
    });
    return started;
  };
  return {
    invoke: (id, event) =>
      new Promise((resolve) => {
        worker ??= start();
        const timer = setTimeout(() => {
          const errorMessage = `${id} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
          waiting.get(id)?.({ ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage } });
        }, timeoutSeconds * 1000);
        timer.unref();
        waiting.set(id, (result) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(result);
        });
        worker.postMessage({ id, event, context: { ...context, awsRequestId: id, timeoutMs: timeoutSeconds * 1000 } });
      }),
    close: async () => {
      await worker?.terminate();
    },
  };
};
