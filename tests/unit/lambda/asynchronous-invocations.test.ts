import type { LocalEvent } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import { createAsynchronousInvocations } from '../../../local/services/lambda/asynchronous-invocations';
import type { InvocationResult } from '../../../local/services/lambda/function-worker';
import { createMemoryStore } from '../../../local/store/store';

const MINUTE = 60_000;
const definition = {
  functionName: 'f',
  roleArn: 'arn:aws:iam::000000000000:role/F',
  timeoutSeconds: 20,
  deadLetterQueueUrl: 'http://127.0.0.1/000000000000/dead',
};

const start = (results: readonly InvocationResult[]) => {
  const clock = drivenClock();
  const begin = clock.now();
  const attempts: { readonly minute: number; readonly requestId: string; readonly event: string }[] = [];
  const calls: unknown[] = [];
  const reports: LocalEvent[] = [];
  let deadLetters = 0;
  const invocations = createAsynchronousInvocations({
    clock,
    api: { call: async (...call) => void calls.push(call) },
    report: (event) => reports.push(event),
    store: createMemoryStore(),
    find: () => ({ definition }),
    retryDelaysMs: [MINUTE, 2 * MINUTE],
    run: async (_target, requestId, event) => {
      attempts.push({ minute: (clock.now() - begin) / MINUTE, requestId, event });
      return results[attempts.length - 1] ?? { ok: true, payload: 'null' };
    },
    isClosed: () => false,
    onDeadLetter: () => (deadLetters += 1),
  });
  invocations.invoke({ definition }, '{"n":1}');
  return { clock, attempts, calls, reports, idle: invocations.idle, deadLetters: () => deadLetters };
};

const failed = (errorMessage: string): InvocationResult => ({ ok: false, error: { errorType: 'Error', errorMessage } });

/** Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation". */
describe('asynchronous invocations', () => {
  test('a failed one is repeated after one minute and after two more, with the same event and request id', async () => {
    const { clock, attempts, calls, idle } = start([failed('first'), failed('second')]);
    await clock.advance(10 * MINUTE);
    await idle();
    expect(attempts.map(({ minute }) => minute)).toEqual([0, 1, 3]);
    expect(new Set(attempts.map(({ requestId, event }) => `${requestId} ${event}`)).size).toBe(1);
    expect(calls).toEqual([]);
  });

  test('one that succeeds is not repeated', async () => {
    const { clock, attempts } = start([]);
    await clock.advance(10 * MINUTE);
    expect(attempts).toHaveLength(1);
  });

  /** Developer guide, "Adding a dead-letter queue". */
  test('after three failures the event itself is in the dead-letter queue, with the attributes of AWS', async () => {
    const { clock, attempts, calls, idle, deadLetters } = start(['1', '2', '3'].map(failed));
    await clock.advance(10 * MINUTE);
    await idle();
    expect(deadLetters()).toBe(1);
    const MessageAttributes = {
      RequestID: { DataType: 'String', StringValue: attempts[0]?.requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: '3' },
    };
    const input = { QueueUrl: definition.deadLetterQueueUrl, MessageBody: '{"n":1}', MessageAttributes };
    expect(calls).toEqual([['sqs', 'SendMessage', input, { kind: 'role', roleArn: definition.roleArn }]]);
  });

  test.each([
    ['after 1 KB', 'x'.repeat(2_000), 'x'.repeat(1_024)],
    ['before the character that does not fit', `x${'ä'.repeat(1_000)}`, `x${'ä'.repeat(511)}`],
  ])('the error message is cut %s', async (_where, message, expected) => {
    const { clock, calls } = start([failed(message), failed(message), failed(message)]);
    await clock.advance(10 * MINUTE);
    expect(calls).toMatchObject([
      ['sqs', 'SendMessage', { MessageAttributes: { ErrorMessage: { StringValue: expected } } }, {}],
    ]);
  });
});
