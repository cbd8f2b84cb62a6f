import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isAwsError } from '../../shared/errors';
import type { ClaimedExecution, StopDeps } from './stop';

/** What the state ClaimExecution writes, under the operation id. */
const claimSchema = v.object({
  executionArn: v.string(),
  startedAt: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => Date.parse(text)),
  ),
  // Executions of earlier deployments wrote none.
  queuedAt: v.optional(
    v.pipe(
      v.number(),
      v.transform((seconds) => seconds * 1000),
    ),
  ),
});

export const claimsIn = (item: Readonly<Record<string, unknown>>): readonly ClaimedExecution[] =>
  Object.entries(item).flatMap(([operationId, value]) => {
    const claim = v.safeParse(claimSchema, value);
    return claim.success ? [{ operationId, ...claim.output }] : [];
  });

/** The mark is deleted with the claims: a workflow may run for 14 days. */
const KEEP_SECONDS = 90 * 86_400;

/**
 * The claims in a table with the key `thingName`, `jobId`: one item per job at a thing. The claim and the mark are each one
 * UpdateItem of it, so whichever comes second sees the other. The mark has milliseconds, because of two endings in one second the
 * later one counts: what it says of the active attempt is newer.
 */
export const dynamoMarkEnded =
  (dynamo: DynamoDBDocumentClient, TableName: string): StopDeps['markEnded'] =>
  async ({ thingName, jobId, queuedBefore, activeOperationId = '' }) => {
    const Key = { thingName, jobId };
    const mark = async (endedAt: number) => {
      try {
        const { Attributes } = await dynamo.send(
          new UpdateCommand({
            ...{ TableName, Key, ReturnValues: 'ALL_NEW' },
            ConditionExpression: 'attribute_not_exists(endedAt) OR endedAt <= :endedAt',
            UpdateExpression:
              'SET endedAt = :endedAt, activeOperationId = :active, expiresAt = if_not_exists(expiresAt, :expiresAt)',
            ExpressionAttributeValues: {
              ...{
                ':endedAt': endedAt,
                ':active': activeOperationId,
                ':expiresAt': Math.floor(endedAt) + KEEP_SECONDS,
              },
            },
          }),
        );
        return Attributes;
      } catch (error) {
        // A later ending is marked already.
        if (isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
        throw error;
      }
    };
    const marked = queuedBefore === undefined ? undefined : await mark(queuedBefore / 1000);
    return claimsIn(marked ?? (await dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item ?? {});
  };
