import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../local/core/aws-error';
import { dynamoMarkEnded } from '../../functions/workflow/stop/claims';
import { JOB, notification, OPERATION, THING, workflowWorld } from '../support/workflow';
import { documentTables } from '../unit/functions/support/document-tables';

/** The state machine of the deployment with the executions table in DynamoDB, and what StopWorkflowFunction does to the table. */
describe('a claim', () => {
  const createTable = documentTables('thingName', 'jobId');
  const QUEUED_AT = notification().execution.queuedAt * 1000;

  const claims = async () => {
    const { dynamo, tableName } = await createTable();
    let claimed: Promise<unknown> = Promise.resolve();
    const updateItem = async (input: unknown) => {
      try {
        const Input = { ...(input as UpdateItemCommandInput), TableName: tableName };
        return await dynamo.send(new UpdateItemCommand(Input));
      } catch (error) {
        const { name, message } = error as Error;
        throw new AwsError(name, message);
      }
    };
    const world = workflowWorld({
      updateItem: (input) => {
        const answer = updateItem(input);
        claimed = answer.catch(() => undefined);
        return answer;
      },
    });
    const markEnded = dynamoMarkEnded(dynamo, tableName);
    const start = async (executionNumber = 1, queuedAt = QUEUED_AT / 1000) => {
      const input = notification({ executionNumber });
      const executionArn = await world.start({ ...input, execution: { ...input.execution, queuedAt } });
      await claimed;
      await world.clock.advance(0);
      const states = await world.path(executionArn);
      return { executionArn, isOwner: !states.includes('AnotherExecutionOwnsUpgrade') };
    };
    const mark = (queuedBefore: number | undefined, activeOperationId?: string) =>
      markEnded({ thingName: THING, jobId: JOB, queuedBefore, activeOperationId });
    return { start, mark };
  };

  test('is made once per attempt, and known with its execution to the one who stops it', async () => {
    const { start, mark } = await claims();
    const first = await start();
    expect([first.isOwner, (await start()).isOwner]).toEqual([true, false]);
    const second = await start(2);
    expect(second.isOwner).toBe(true);
    const startedAt: unknown = expect.any(Number);
    expect(await mark(undefined)).toEqual([
      { operationId: OPERATION, executionArn: first.executionArn, startedAt, queuedAt: QUEUED_AT },
      { operationId: `${JOB}.2`, executionArn: second.executionArn, startedAt, queuedAt: QUEUED_AT },
    ]);
  });

  test.each([
    ['a second after it was queued', 1_000],
    ['in the second in which it was queued', 0],
  ])('is not made of an attempt whose job execution was cancelled %s', async (_, later) => {
    const { start, mark } = await claims();
    expect(await mark(QUEUED_AT + later)).toEqual([]);
    expect((await start()).isOwner).toBe(false);
  });

  test('is made of an attempt that was queued later, or that was active when the end was reported', async () => {
    const { start, mark } = await claims();
    await mark(QUEUED_AT, `${JOB}.2`);
    expect((await start(1)).isOwner).toBe(false);
    expect((await start(2)).isOwner).toBe(true);
    expect((await start(3, QUEUED_AT / 1000 + 1)).isOwner).toBe(true);
  });

  test('is not made possible again by an end that is reported late', async () => {
    const { start, mark } = await claims();
    await mark(QUEUED_AT + 5_000);
    await mark(QUEUED_AT - 5_000, OPERATION);
    expect((await start()).isOwner).toBe(false);
  });
});
