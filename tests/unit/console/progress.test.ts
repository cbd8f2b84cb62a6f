import { IoTClient, ListJobExecutionsForJobCommand } from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import { createProgress, pointsOf } from '../../../console/server/progress';
import type { Counts } from '../../../operate/words/statuses';
import { operator as mocked } from '../../support/operator';

const iot = mockClient(IoTClient);
beforeEach(() => iot.reset());

const NONE: Counts = {
  ...{ QUEUED: 0, IN_PROGRESS: 0, SUCCEEDED: 0, FAILED: 0, TIMED_OUT: 0, REJECTED: 0, CANCELED: 0, REMOVED: 0 },
};
let now = 0;
const operator = { ...mocked, now: () => now };

/** The list of job executions; each page has the next one of these statuses and times. */
const listed = (
  ...executions: readonly (readonly [status: 'SUCCEEDED' | 'FAILED' | 'QUEUED' | 'CANCELED', at: number])[]
) => {
  iot.on(ListJobExecutionsForJobCommand).resolves({
    executionSummaries: executions.map(([status, at], index) => ({
      thingArn: `arn:aws:iot:us-east-1:1:thing/d${index}`,
      jobExecutionSummary: { status, lastUpdatedAt: new Date(at) },
    })),
  });
};
const calls = () => iot.commandCalls(ListJobExecutionsForJobCommand).length;

describe('success and failure over time', () => {
  test('is exact while few devices have the job: each job execution has the time of its end', async () => {
    const load = createProgress(operator, 'j');
    listed(['FAILED', 3000], ['SUCCEEDED', 1000], ['QUEUED', 500], ['SUCCEEDED', 2000], ['CANCELED', 2500]);
    expect(await load({ ...NONE, SUCCEEDED: 2, FAILED: 1, QUEUED: 1, CANCELED: 1 }, false)).toEqual({
      points: [
        { at: 1000, succeeded: 1, failed: 0 },
        { at: 2000, succeeded: 2, failed: 0 },
        { at: 3000, succeeded: 2, failed: 1 },
      ],
      ...{ known: 3, ended: 3, isOver: false },
    });
  });

  test('lists nothing while nothing changes, or nobody is done', async () => {
    const load = createProgress(operator, 'j');
    await load({ ...NONE, QUEUED: 2 }, false);
    expect(calls()).toBe(0);
    listed(['SUCCEEDED', 1000]);
    await load({ ...NONE, QUEUED: 1, SUCCEEDED: 1 }, false);
    await load({ ...NONE, QUEUED: 1, SUCCEEDED: 1 }, false);
    expect(calls()).toBe(1);
  });

  test('of a large roll-out is listed once, followed by its counts, and listed again at its end', async () => {
    const load = createProgress(operator, 'j');
    listed(['SUCCEEDED', 1000]);
    await load({ ...NONE, QUEUED: 999, SUCCEEDED: 1 }, false);
    now = 5000;
    const { points } = await load({ ...NONE, QUEUED: 900, SUCCEEDED: 98, FAILED: 2 }, false);
    expect(points).toEqual([
      { at: 1000, succeeded: 1, failed: 0 },
      { at: 5000, succeeded: 98, failed: 2 },
    ]);
    expect(calls()).toBe(1);
    await load({ ...NONE, SUCCEEDED: 998, FAILED: 2 }, true);
    expect(calls()).toBe(2);
  });

  test('has at most 200 points, and the last one is exact', () => {
    const ends = Array.from({ length: 10_000 }, (_, index) => ({ at: index, hasSucceeded: index % 10 !== 0 }));
    const points = pointsOf(ends);
    expect(points.length).toBeLessThanOrEqual(200);
    expect(points.at(-1)).toEqual({ at: 9999, succeeded: 9000, failed: 1000 });
  });
});
