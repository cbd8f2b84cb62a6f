import type { Queue, QueuedMessage } from '../../../operate/queue';
import { type RedriveDeps, onlyProblem, redrive } from '../../../cli/redrive/redrive';
import { createPlanner } from '../../../cli/redrive/plan';
import type { Lookups } from '../../../cli/redrive/lookups';
import { eventBridgeLetter, FUNCTION, queued, SENT_AT } from './letters';

const OTHER = 'arn:aws:lambda:us-east-1:123456789012:function:wme-Other-x';
const HOUR = 3_600_000;

const stack = {
  ...{ name: 'wme', arn: 'arn', outputs: {} },
  resources: [
    { logicalId: 'StopWorkflowFunction', physicalId: 'wme-StopWorkflowFunction-x', type: 'AWS::Lambda::Function' },
    { logicalId: 'Other', physicalId: 'wme-Other-x', type: 'AWS::Lambda::Function' },
    { logicalId: 'EventsSNSTopic', physicalId: 'arn:topic', type: 'AWS::SNS::Topic' },
  ],
};

/** A message for a function; redrive needs no lookups for those of EventBridge. */
const letter = (messageId: string, fields: Partial<QueuedMessage> = {}, target = FUNCTION) => ({
  ...eventBridgeLetter(target),
  messageId,
  ...fields,
});
const poison = (messageId: string) => queued({ messageId, body: 'poison' });

/** A queue that remembers what happened to its messages, in order. */
const world = (...batches: readonly (readonly QueuedMessage[])[]) => {
  const events: string[] = [];
  const controller = new AbortController();
  const queue: Queue = {
    depth: { visible: batches.flat().length, inFlight: 0 },
    batches: async function* () {
      yield* batches;
    },
    remove: async ({ messageId }) => void events.push(`deleted ${messageId}`),
    release: async () => {
      events.push('released');
      return 0;
    },
  };
  const deps: RedriveDeps = {
    ...{ stack, queue, now: SENT_AT + HOUR, stop: controller.signal, onProgress: () => undefined },
    plan: createPlanner(stack, {} as Lookups),
    deliver: async () => void events.push('delivered'),
  };
  return { events, deps, controller };
};

const outcomes = ({ items }: Awaited<ReturnType<typeof redrive>>) =>
  items.map(({ messageId, handedBack, problem }) => [messageId, handedBack ? 'handed back' : (problem ?? 'waits')]);

test('without apply nothing is handed back or deleted, and all messages are visible again', async () => {
  const { events, deps } = world([letter('a'), poison('b')]);
  expect(outcomes(await redrive(deps, { apply: false }))).toEqual([
    ['a', 'waits'],
    ['b', 'its body is not JSON'],
  ]);
  expect(events).toEqual(['released']);
});

test('a message is shown as it is in the queue', async () => {
  const { deps } = world([letter('a')]);
  expect((await redrive(deps, { apply: false })).items).toEqual([
    {
      ...{ messageId: 'a', kind: 'eventbridge', recipients: ['StopWorkflowFunction'], handedBack: false },
      cause: 'NO_PERMISSIONS: The target did not allow the invocation',
      subject: expect.stringContaining('Step Functions Execution Status Change'),
      sentAt: '2026-01-01T00:00:00.000Z',
      body: letter('a').body,
    },
  ]);
});

test('a message is deleted after it was handed back, and one that cannot be stays', async () => {
  const { events, deps } = world([letter('a')], [poison('b')]);
  expect(outcomes(await redrive(deps, { apply: true }))).toEqual([
    ['a', 'handed back'],
    ['b', 'its body is not JSON'],
  ]);
  expect(events).toEqual(['delivered', 'deleted a', 'released']);
});

test('a message that the function does not accept stays, with the reason', async () => {
  const { events, deps } = world([letter('a')]);
  const deliver = () => Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' }));
  expect(outcomes(await redrive({ ...deps, deliver }, { apply: true }))).toEqual([
    ['a', 'TooManyRequestsException: Rate exceeded'],
  ]);
  expect(events).toEqual(['released']);
});

test('a message that was handed back but not deleted counts as one that stays', async () => {
  const { deps } = world([letter('a')]);
  const queue = { ...deps.queue, remove: () => Promise.reject(new Error('down')) };
  expect(outcomes(await redrive({ ...deps, queue }, { apply: true }))).toEqual([
    ['a', 'handed back, but not deleted: Error: down'],
  ]);
});

test('messages are visible again when reading the queue fails', async () => {
  const { events, deps } = world();
  const batches = async function* () {
    yield [poison('a')];
    throw new Error('OverLimit');
  };
  await expect(redrive({ ...deps, queue: { ...deps.queue, batches } }, { apply: true })).rejects.toThrow('OverLimit');
  expect(events).toEqual(['released']);
});

test('an interrupted run finishes its batch, and leaves the rest', async () => {
  const { events, deps, controller } = world([letter('a'), letter('b')], [letter('c')]);
  const onProgress = () => controller.abort();
  const redriven = await redrive({ ...deps, onProgress }, { apply: true });
  expect(redriven.interrupted).toBe(true);
  expect(redriven.items.map(({ messageId }) => messageId)).toEqual(['a', 'b']);
  expect(events.at(-1)).toBe('released');
});

test('what comes later than the start is for the next run: it may be what failed again', async () => {
  const { deps } = world();
  const asked: number[] = [];
  const batches = async function* (sentBefore: number): AsyncGenerator<readonly QueuedMessage[]> {
    asked.push(sentBefore);
    yield [];
  };
  await redrive({ ...deps, queue: { ...deps.queue, batches } }, { apply: true });
  expect(asked).toEqual([deps.now + 60_000]);
});

describe('the selection', () => {
  const messages = [
    letter('old'),
    letter('young', { sentAt: SENT_AT + HOUR - 60_000 }),
    letter('other', {}, OTHER),
    poison('poison'),
  ];

  test.each([
    ['all', {}, ['old', 'young', 'other', 'poison']],
    ['a kind', { only: 'unknown' }, ['poison']],
    ['a function by its name in the template', { only: 'Other' }, ['other']],
    ['a function by its name', { only: 'wme-Other-x' }, ['other']],
    ['an age', { olderThan: 120_000 }, ['old', 'other', 'poison']],
    ['a number', { limit: 2 }, ['old', 'young']],
    ['a number of a kind', { limit: 2, only: 'eventbridge', olderThan: 120_000 }, ['old', 'other']],
  ])('by %s', async (_, selection, expected) => {
    const { events, deps } = world(messages.slice(0, 3), messages.slice(3));
    const { items } = await redrive(deps, { apply: true, ...selection });
    expect(items.map(({ messageId }) => messageId)).toEqual(expected);
    const deleted = events.filter((event) => event.startsWith('deleted')).sort();
    expect(deleted).toEqual(
      expected
        .filter((id) => id !== 'poison')
        .map((id) => `deleted ${id}`)
        .sort(),
    );
  });

  test.each(['lambda', 'Other', 'wme-Other-x', undefined])('--only %s can match', (only) => {
    expect(onlyProblem(stack, only)).toBeUndefined();
  });

  test.each(['Othr', 'EventsSNSTopic'])('--only %s cannot match, and the error says what can', (only) => {
    expect(onlyProblem(stack, only)).toBe(
      `--only ${only}: give a kind (lambda, sns, eventbridge, rule, unknown) or a name of stack wme: StopWorkflowFunction, Other.`,
    );
  });
});
