import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';

export interface StopDeps {
  /** @returns ARN of the execution that owns the upgrade of this thing for this job, if any */
  readonly executionOf: (thingName: string, jobId: string) => Promise<string | undefined>;
  readonly stopExecution: (executionArn: string, error: string, cause: string) => Promise<void>;
}

/** The error of executions that were stopped because their job execution had ended. */
export const STOPPED = 'JobExecutionEnded';

/** Stops the workflow of a job execution that ended by somebody else's hand. */
export const stopWorkflow =
  ({ executionOf, stopExecution }: StopDeps) =>
  async ({ id, thingName, reason }: MessageOf<'JOB_EXECUTION_ENDED'>, log: Log): Promise<void> => {
    const executionArn = await executionOf(thingName, id);
    if (executionArn === undefined) return log.info(`Job execution ${reason}: no workflow to stop`);
    await stopExecution(executionArn, STOPPED, `The job execution was ${reason}.`);
    log.info(`Job execution ${reason}: workflow stopped`, { executionArn });
  };

export const dynamoExecutionOf =
  (dynamo: DynamoDBClient, tableName: string): StopDeps['executionOf'] =>
  async (thingName, jobId) => {
    const Key = { thingName: { S: thingName }, jobId: { S: jobId } };
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true, ProjectionExpression: 'executionArn' }),
    );
    return Item?.['executionArn']?.S;
  };

export const sfnStopExecution =
  (sfn: SFNClient): StopDeps['stopExecution'] =>
  async (executionArn, error, cause) => {
    try {
      await sfn.send(new StopExecutionCommand({ executionArn, error, cause }));
    } catch (problem) {
      // Ended so long ago that Step Functions has forgotten it.
      if (!isAwsError(problem, 'ExecutionDoesNotExist')) throw problem;
    }
  };
