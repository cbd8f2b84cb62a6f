import type { AwsError } from '../../../local/core/aws-error';
import { one, task, world } from '../asl/asl-harness';

describe('executions', () => {
  test('StartExecution with the same name and input again is the same running execution; a closed one exists already', async () => {
    const { start, call } = world();
    const definition = one({ Type: 'Wait', Seconds: 60 });
    const first = await start(definition, { a: 1 });
    expect(await start(definition, { a: 2 }).catch((error: unknown) => (error as AwsError).code)).toBe(
      'ExecutionAlreadyExists',
    );
    await call('StopExecution', { executionArn: first, error: 'E', cause: 'c' });
    expect(await call('DescribeExecution', { executionArn: first })).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'c',
    });
    expect(await start(definition, { a: 1 }).catch((error: unknown) => (error as AwsError).code)).toBe(
      'ExecutionAlreadyExists',
    );
  });

  test('GetExecutionHistory lists every step in the shape of AWS, also backwards and in pages', async () => {
    const { start, call } = world();
    const executionArn = await start(task({}), { a: 1 });
    const { events } = (await call('GetExecutionHistory', { executionArn })) as {
      events: { type: string; id: number }[];
    };
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[1]).toMatchObject({
      id: 2,
      previousEventId: 1,
      stateEnteredEventDetails: { name: 'S', input: '{"a":1}' },
    });
    const page = await call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 2 });
    expect(page).toMatchObject({ events: [{ id: 7 }, { id: 6 }], nextToken: '2' });
  });
});
