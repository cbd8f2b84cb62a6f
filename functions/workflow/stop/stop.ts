import { type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';

/** An execution of the state machine that owns an operation. */
export interface ClaimedExecution {
  readonly operationId: string;
  readonly executionArn: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface StopDeps {
  /** @returns the executions of this job at this thing, one per attempt */
  readonly executionsOf: (thingName: string, jobId: string) => Promise<readonly ClaimedExecution[]>;
  readonly stopExecution: (executionArn: string, error: string, cause: string) => Promise<void>;
}

/** The error of executions that were stopped because their job execution had ended. */
export const STOPPED = 'JobExecutionEnded';

/** Stops the workflows of attempts that have ended without the workflow's doing. The active attempt and later ones go on. */
export const stopWorkflow =
  ({ executionsOf, stopExecution }: StopDeps) =>
  async (message: MessageOf<'JOB_EXECUTION_ENDED'>, log: Log): Promise<void> => {
    const { jobId, thingName, reason, startedBefore, activeOperationId } = message;
    const ended = (await executionsOf(thingName, jobId)).filter(
      ({ operationId, startedAt }) => operationId !== activeOperationId && startedAt <= startedBefore,
    );
    for (const { executionArn } of ended)
      await stopExecution(executionArn, STOPPED, `The job execution was ${reason}.`);
    log.info(`Job execution ${reason}: ${ended.length === 0 ? 'no workflow to stop' : 'workflow stopped'}`, {
      operationIds: ended.map(({ operationId }) => operationId),
      activeOperationId,
    });
  };

/** What the state ClaimExecution writes. */
const claimSchema = v.object({
  operationId: v.string(),
  executionArn: v.string(),
  startedAt: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => Date.parse(text)),
  ),
});

export const dynamoExecutionsOf =
  (dynamo: DynamoDBDocumentClient, tableName: string): StopDeps['executionsOf'] =>
  async (thingName, jobId) => {
    const claims: ClaimedExecution[] = [];
    const pages = paginateQuery(
      { client: dynamo },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'thingName = :thingName',
        FilterExpression: 'jobId = :jobId',
        ExpressionAttributeValues: { ':thingName': thingName, ':jobId': jobId },
      },
    );
    for await (const { Items = [] } of pages) claims.push(...Items.map((item) => v.parse(claimSchema, item)));
    return claims;
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
