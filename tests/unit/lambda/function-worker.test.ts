import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFunctionWorker, type FunctionWorker } from '../../../local/services/lambda/function-worker';

/** A function that says which runtime it runs in, when it is told to go on. */
const CODE = `
const { randomUUID } = require('node:crypto');
const runtime = randomUUID();
const waiting = new Map();
exports.handler = async ({ waitFor, release }) => {
  const traceId = globalThis.awslambda.InvokeStore.getXRayTraceId();
  if (release !== undefined) waiting.get(release)?.();
  if (waitFor !== undefined) await new Promise((resolve) => waiting.set(waitFor, resolve));
  return { runtime, traceId, after: globalThis.awslambda.InvokeStore.getXRayTraceId() };
};
`;

describe('the runtime of a function', () => {
  const directory = mkdtempSync(join(tmpdir(), 'worker-'));
  const bundlePath = join(directory, 'index.js');
  const options = () => ({
    ...{ bundlePath, exportName: 'handler', environment: {}, timeoutSeconds: 10, onLog: () => undefined },
    context: { functionName: 'f', invokedFunctionArn: 'arn:f', memoryLimitInMB: '128' },
  });
  let worker: FunctionWorker;

  beforeEach(() => {
    writeFileSync(bundlePath, CODE);
    worker = createFunctionWorker(options());
  });
  afterEach(() => worker.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  const invoke = (traceId: string, event: object = {}) =>
    worker.invoke({ requestId: 'r', traceId, event: JSON.stringify(event) });
  const answered = async (...call: Parameters<typeof invoke>) => {
    const result = await invoke(...call);
    if (!result.ok) throw new Error(result.error.errorMessage);
    return JSON.parse(result.payload) as { readonly runtime: string; readonly traceId: string; readonly after: string };
  };

  test('knows the trace id of each of its invocations, which the SDK sends with its calls', async () => {
    const first = answered('t-1', { waitFor: 'a' });
    const second = await answered('t-2', { release: 'a' });
    expect([second.traceId, (await first).traceId, (await first).after]).toEqual(['t-2', 't-1', 't-1']);
  });

  test.each([
    ['exit', 'Runtime.ExitError'],
    ['timeout', 'Sandbox.Timedout'],
  ] as const)(
    'ends one invocation (%s) and not the others; what it answers afterwards is not heard',
    async (ending, errorType) => {
      const ended = invoke('t-1', { waitFor: 'a' });
      const other = answered('t-2', { waitFor: 'b' });
      await answered('t-3');
      worker.stop('t-1', ending);
      expect(await ended).toMatchObject({ ok: false, error: { errorType } });
      // The retry has the same request id, and gets its own answer.
      expect((await answered('t-4', { release: 'a' })).traceId).toBe('t-4');
      await answered('t-5', { release: 'b' });
      expect((await other).traceId).toBe('t-2');
    },
  );

  test('is another one after a cold start; what the old one does is finished', async () => {
    const old = answered('t-1', { waitFor: 'a' });
    const { runtime } = await answered('t-2', { release: 'a' });
    expect((await old).runtime).toBe(runtime);
    const late = answered('t-3', { waitFor: 'b' });
    worker.retire();
    expect((await answered('t-4')).runtime).not.toBe(runtime);
    worker.stop('t-3', 'exit');
    await expect(late).rejects.toThrow('Runtime exited');
  });

  test('handles ten events at a time, and what is invoked synchronously at once; the time limit of one that waits counts from its start', async () => {
    const hasty = createFunctionWorker({ ...options(), timeoutSeconds: 3 });
    const order: string[] = [];
    const send = async (traceId: string, event: object) => {
      const { ok } = await hasty.handle({ requestId: 'r', traceId, event: JSON.stringify(event) });
      order.push(`${traceId} ${ok ? 'answers' : 'fails'}`);
    };
    const synchronous = async () => {
      await hasty.invoke({ requestId: 'r', traceId: 's', event: '{}' });
      order.push('a synchronous one answers');
    };
    const ten = Array.from({ length: 10 }, (_, index) => `t-${index}`);
    await Promise.all([
      ...ten.map((traceId) => send(traceId, { waitFor: traceId })),
      send('eleventh', {}),
      synchronous(),
    ]);
    await hasty.close();
    expect(order).toEqual([
      'a synchronous one answers',
      ...ten.map((traceId) => `${traceId} fails`),
      'eleventh answers',
    ]);
  });

  (process.platform === 'linux' ? test : test.skip)('has a thread of the operating system, with a number', async () => {
    expect(worker.systemThreads()).toEqual([]);
    await answered('t-1');
    const threads = worker.systemThreads();
    expect(threads).toHaveLength(1);
    expect(existsSync(`/proc/self/task/${threads[0]}/stat`)).toBe(true);
    expect(threads).not.toContain(process.pid);
  });
});
