import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import {
  type ClaimedExecution,
  dynamoExecutionsOf,
  sfnStopExecution,
  stopWorkflow,
} from '../../../../functions/workflow/stop/stop';
import { fakeLog } from '../support/fakes';

const claim = (attempt: number, startedAt: number): ClaimedExecution => ({
  operationId: `job-1.${attempt}`,
  executionArn: `arn:${attempt}`,
  startedAt,
});

describe('StopWorkflowFunction', () => {
  const stop = async (claims: readonly ClaimedExecution[], fields: object = {}) => {
    const stopped: unknown[] = [];
    const handle = stopWorkflow({
      executionsOf: async (thingName, jobId) => (thingName === 'sim-1' && jobId === 'job-1' ? claims : []),
      stopExecution: async (...request) => void stopped.push(request),
    });
    const message = { name: 'JOB_EXECUTION_ENDED', jobId: 'job-1', thingName: 'sim-1', reason: 'canceled' } as const;
    await handle({ ...message, startedBefore: 1_000, ...fields }, fakeLog().log);
    return stopped;
  };

  test('stops the execution that upgrades the device for the job (defect 12)', async () => {
    expect(await stop([claim(1, 500)])).toEqual([['arn:1', 'JobExecutionEnded', 'The job execution was canceled.']]);
  });

  test('has nothing to stop when no workflow was started', async () => {
    expect(await stop([])).toEqual([]);
  });

  test('never stops the attempt that is active', async () => {
    expect(await stop([claim(1, 100), claim(2, 500)], { activeOperationId: 'job-1.2' })).toEqual([
      ['arn:1', 'JobExecutionEnded', expect.any(String)],
    ]);
  });

  test('never stops an attempt that began after the message was made', async () => {
    expect(await stop([claim(1, 1_000), claim(2, 1_001)])).toEqual([
      ['arn:1', 'JobExecutionEnded', expect.any(String)],
    ]);
  });
});

describe('its adapters', () => {
  const dynamo = mockClient(DynamoDBDocumentClient);
  const sfn = mockClient(SFNClient);
  beforeEach(() => {
    dynamo.reset();
    sfn.reset();
  });
  const executionsOf = dynamoExecutionsOf(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'executions');

  test('read every page of the claims of a thing', async () => {
    const item = { operationId: 'job-1.1', executionArn: 'arn:1', startedAt: '1970-01-01T00:00:00.500Z' };
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [item], LastEvaluatedKey: { thingName: 'sim-1', operationId: 'job-1.1' } })
      .resolvesOnce({ Items: [{ ...item, operationId: 'job-1.2' }] });
    expect(await executionsOf('sim-1', 'job-1')).toEqual([claim(1, 500), { ...claim(2, 500), executionArn: 'arn:1' }]);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      ExpressionAttributeValues: { ':thingName': 'sim-1', ':jobId': 'job-1' },
    });
  });

  test('count an execution that Step Functions has forgotten as stopped, and nothing else', async () => {
    const stopExecution = sfnStopExecution(new SFNClient({}));
    const named = (name: string) => Object.assign(new Error(name), { name });
    sfn.on(StopExecutionCommand).rejectsOnce(named('ExecutionDoesNotExist')).rejects(named('ThrottlingException'));
    await expect(stopExecution('arn:1', 'e', 'c')).resolves.toBeUndefined();
    await expect(stopExecution('arn:1', 'e', 'c')).rejects.toThrow('ThrottlingException');
  });
});
