import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** What is kept of a device event: all that is needed to settle the task that waits for it, texts only. */
export type InboxEvent = Readonly<Record<string, string>>;

export interface InboxKey {
  readonly operationId: string;
  readonly thingName: string;
  /** Name of the message. */
  readonly notificationKey: string;
}

/**
 * The event inbox: one item per operation, device and kind of event, so its size and reads do not grow with the fleet.
 * The state machine registers its token there under the condition that no event is there; the function records the event
 * and learns of the token in one request. Both are atomic on the item: exactly one of them sees both.
 */
export interface Inbox {
  /** Records the event unless one is there. @returns the recorded event, and the token that waits for it, if any */
  record(
    key: InboxKey,
    event: InboxEvent,
    expiresAt: number,
  ): Promise<{ event: InboxEvent; taskToken?: string | undefined }>;
  /** @returns the recorded event, if any */
  read(key: InboxKey): Promise<InboxEvent | undefined>;
}

const keyOf = ({ operationId, thingName, notificationKey }: InboxKey) => ({
  operationDevice: { S: `${operationId}#${thingName}` },
  notificationKey: { S: notificationKey },
});

const eventOf = (attribute: { M?: Record<string, { S?: string | undefined }> } | undefined): InboxEvent | undefined =>
  attribute?.M && Object.fromEntries(Object.entries(attribute.M).map(([name, value]) => [name, value.S ?? '']));

export const dynamoInbox = (dynamo: DynamoDBClient, tableName: string): Inbox => ({
  record: async (key, event, expiresAt) => {
    const { Attributes } = await dynamo.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(key),
        UpdateExpression:
          'SET #event = if_not_exists(#event, :event), expiresAt = if_not_exists(expiresAt, :expiresAt)',
        ExpressionAttributeNames: { '#event': 'event' },
        ExpressionAttributeValues: {
          ':event': { M: Object.fromEntries(Object.entries(event).map(([name, S]) => [name, { S }])) },
          ':expiresAt': { N: String(expiresAt) },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return { event: eventOf(Attributes?.['event']) ?? event, taskToken: Attributes?.['taskToken']?.S };
  },
  read: async (key) => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(key), ConsistentRead: true }),
    );
    return eventOf(Item?.['event']);
  },
});
