/**
 * Runs one function's bundle in a worker thread. The thread has an environment of its own, as a Lambda execution environment
 * has. Unlike Lambda, invocations of one function share a thread and may interleave while they wait: a laptop affords one
 * thread per function, not one per concurrent event.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { readlinkSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { format } = require('node:util');

for (const [level, method] of [
  ['info', 'log'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
])
  console[method] = (...values) => parentPort.postMessage({ type: 'log', level, text: format(...values) });

const describe = (error) => ({
  errorType: error?.name ?? 'Error',
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? '').split('\n'),
});

/** As Lambda's runtime does: the SDK asks for the trace id of the invocation that makes a call. */
const invocation = new AsyncLocalStorage();
const get = () => undefined;
globalThis.awslambda = {
  InvokeStore: {
    getXRayTraceId: () => invocation.getStore()?.traceId,
    getRequestId: () => invocation.getStore()?.awsRequestId ?? '-',
    ...{ getTenantId: get, getTraceparent: get, getTracestate: get, getBaggage: get },
  },
};

let handler;
try {
  handler = require(workerData.path)[workerData.exportName];
  if (typeof handler !== 'function')
    throw new Error(`${workerData.path} has no function named ${workerData.exportName}`);
} catch (error) {
  parentPort.postMessage({ type: 'init-error', error: describe(error) });
}

parentPort.on('message', async ({ id, event, context }) => {
  const deadline = Date.now() + context.timeoutMs;
  try {
    const result = await invocation.run(context, () =>
      handler(JSON.parse(event), {
        ...context,
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
      }),
    );
    parentPort.postMessage({ type: 'result', id, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    parentPort.postMessage({ type: 'error', id, error: describe(error) });
  }
});

/** The number that Linux gives this thread: https://man7.org/linux/man-pages/man5/proc_thread-self.5.html */
const systemThread = () => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').pop());
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};
parentPort.postMessage({ type: 'ready', systemThread: systemThread() });
