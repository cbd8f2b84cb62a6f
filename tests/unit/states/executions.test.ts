import type { AwsError } from '../../../local/core/aws-error';
import { one, task, waiting, world } from '../asl/asl-harness';

/** A machine and an execution of it, waiting for a token. */
const started = async () => {
  const { start, call } = world();
  const executionArn = await start(waiting({}));
  const { stateMachineArn } = await call('DescribeExecution', { executionArn });
  return { call, executionArn, stateMachineArn: String(stateMachineArn) };
};

describe('ARNs (api/API_StartExecution, api/API_DescribeExecution)', () => {
  const MACHINE = ['StartExecution', 'ListExecutions', 'DescribeStateMachine'];
  const EXECUTION = ['DescribeExecution', 'StopExecution', 'GetExecutionHistory'];

  test.each(MACHINE)(
    '%s: a malformed ARN is InvalidArn, an unknown one StateMachineDoesNotExist',
    async (operation) => {
      const { call, executionArn, stateMachineArn } = await started();
      const refused = (arn: unknown) => expect(call(operation, { stateMachineArn: arn })).rejects;
      await refused('abc').toMatchObject({ code: 'InvalidArn', message: "Invalid Arn: 'Invalid ARN prefix: abc'" });
      await refused('arn:aws:sqs:r:0:queue').toMatchObject({ code: 'InvalidArn' });
      await refused('arn:aws:states:r:0:stateMachine').toMatchObject({ code: 'InvalidArn' });
      await refused(executionArn).toMatchObject({
        code: 'InvalidArn',
        message: "Invalid Arn: 'Resource type not valid in this context: execution'",
      });
      await refused(`${stateMachineArn}x`).toMatchObject({
        code: 'StateMachineDoesNotExist',
        message: `State Machine Does Not Exist: '${stateMachineArn}x'`,
      });
    },
  );

  test.each(EXECUTION)('%s: a malformed ARN is InvalidArn, an unknown one ExecutionDoesNotExist', async (operation) => {
    const { call, executionArn, stateMachineArn } = await started();
    const refused = (arn: unknown) => expect(call(operation, { executionArn: arn })).rejects;
    await refused('abc').toMatchObject({ code: 'InvalidArn' });
    await refused('arn:aws:states:r:0:execution:m').toMatchObject({ code: 'InvalidArn' });
    await refused(stateMachineArn).toMatchObject({ code: 'InvalidArn' });
    await refused(`${executionArn}x`).toMatchObject({ code: 'ExecutionDoesNotExist' });
  });
});

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
