import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { createBudget } from '../../../operate/budget';
import { currentStateIn } from '../../../operate/steps/current-state';
import { definitionOf } from '../../../operate/steps/definition';
import { workflowState } from '../../../operate/steps/read-workflow';

const definition = definitionOf(
  JSON.stringify({
    StartAt: 'First',
    States: {
      First: { Type: 'Task', Comment: 'Begins.', Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Left', States: { Left: { Type: 'Task', End: true } } },
          {
            StartAt: 'Right',
            States: {
              Right: { Type: 'Parallel', Branches: [{ StartAt: 'Deep', States: { Deep: { Type: 'Pass' } } }] },
            },
          },
        ],
        End: true,
      },
    },
  }),
);

const at = (seconds: number) => new Date(seconds * 1000);
const entered = (
  name: string,
  seconds: number,
  type: HistoryEvent['type'] = 'TaskStateEntered',
  input = '{}',
): HistoryEvent => ({
  ...{ id: seconds, type, timestamp: at(seconds), stateEnteredEventDetails: { name, input } },
});
const exited = (name: string, seconds: number): HistoryEvent => ({
  ...{ id: seconds, type: 'TaskStateExited', timestamp: at(seconds), stateExitedEventDetails: { name } },
});
const scheduled = (seconds: number, timeoutInSeconds: number): HistoryEvent => ({
  ...{ id: seconds, type: 'TaskScheduled', timestamp: at(seconds) },
  taskScheduledEventDetails: {
    resourceType: 'sns',
    resource: 'publish',
    region: 'r',
    parameters: '{}',
    timeoutInSeconds,
  },
});
const failed = (seconds: number, error: string): HistoryEvent => ({
  ...{ id: seconds, type: 'TaskFailed', timestamp: at(seconds) },
  taskFailedEventDetails: { resourceType: 'sns', resource: 'publish', error, cause: 'because' },
});

describe('the definition of the state machine', () => {
  test('each state belongs to a top-level state, at any depth', () => {
    expect(Object.fromEntries(definition.topLevelOf)).toEqual({
      ...{ First: 'First', Both: 'Both', Left: 'Both', Right: 'Both', Deep: 'Both' },
    });
    expect(definition.comments.get('First')).toBe('Begins.');
    expect(() => definitionOf('{"StartAt":1}')).toThrow();
  });
});

describe('where an execution is', () => {
  test('is the top-level state that was entered last, with the open states of its branches', () => {
    const newestFirst = [
      exited('Left', 5),
      entered('Right', 4),
      entered('Left', 3),
      entered('Both', 2),
      entered('First', 1),
    ];
    expect(currentStateIn(newestFirst, definition)).toEqual({ state: 'Both', within: ['Right'], enteredAt: 2_000 });
    expect(currentStateIn([entered('First', 1)], definition)).toMatchObject({ state: 'First', within: [] });
  });

  test('is not known from events that do not reach back so far', () => {
    expect(currentStateIn([entered('Right', 4), entered('Left', 3)], definition)).toBeUndefined();
  });

  test('may be a state of an older definition', () => {
    expect(currentStateIn([entered('Gone', 1)], definition)).toMatchObject({ state: 'Gone' });
  });

  test('has the latest time limit of its tasks, and the last failure after which it tried again', () => {
    const newestFirst = [
      scheduled(8, 50),
      failed(7, 'DEVICE_BUSY'),
      scheduled(3, 100),
      entered('First', 2),
      failed(1, 'Before'),
    ];
    expect(workflowState(newestFirst, definition)).toEqual({
      ...{ current: { state: 'First', within: [], enteredAt: 2_000 }, waitsUntil: 103_000 },
      lastFailure: { error: 'DEVICE_BUSY', cause: 'because', at: 7_000 },
    });
  });

  test('ends with the window, in a Wait state', () => {
    const input = JSON.stringify({ activation: { waitUntil: '2026-11-25T02:00:00.000Z' } });
    const { waitsUntil } = workflowState([entered('First', 2, 'WaitStateEntered', input)], definition);
    expect(waitsUntil).toBe(Date.parse('2026-11-25T02:00:00Z'));
  });
});

describe('a budget of calls', () => {
  test('lets the first call pass, and the others at even intervals', async () => {
    let now = 0;
    const slept: number[] = [];
    const budget = createBudget(4, { now: () => now, sleep: async (milliseconds) => void slept.push(milliseconds) });
    await Promise.all([budget.take(), budget.take(), budget.take()]);
    expect(slept).toEqual([250, 500]);
    now = 10_000;
    await budget.take();
    await budget.take();
    expect(slept).toEqual([250, 500, 250]);
  });
});
