import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';

/** The waits of the state machine, each named like the message that ends it. */
export const WAITS = ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED'] as const;
export type Wait = (typeof WAITS)[number];

const eventSchema = v.object({
  status: v.picklist(['SUCCESS', 'FAIL']),
  /** Milliseconds since the epoch. */
  recordedAt: v.number(),
  /** The message that reported a failure, where it is not the one that the wait is named like. */
  failed: v.optional(v.string()),
  faultCode: v.optional(v.string()),
  faultString: v.optional(v.string()),
  firmwareVersion: v.optional(v.string()),
});

/** What is kept of a device event: all that is needed to settle a task that waits for it. */
export type InboxEvent = Readonly<v.InferOutput<typeof eventSchema>>;

/** Waiting tasks and recorded events of one operation at one device. */
export interface InboxItem {
  readonly tokens: Readonly<Partial<Record<Wait, string>>>;
  readonly events: Readonly<Partial<Record<Wait, InboxEvent>>>;
}

export interface InboxKey {
  readonly operationId: string;
  readonly thingName: string;
}

/**
 * The event inbox: one item per operation and device, so its size does not grow with the fleet. A task token and an event
 * are each written by one UpdateItem that returns the whole item. DynamoDB applies the two one after the other, so the
 * later one sees both and settles the task.
 */
export interface Inbox {
  /** Keeps the token of a task that waits; a newer token replaces an older one. @returns the item afterwards */
  register(key: InboxKey, wait: Wait, token: string, expiresAt: number): Promise<InboxItem>;
  /** Records an event unless one of its kind exists. @returns the item afterwards */
  record(key: InboxKey, wait: Wait, event: InboxEvent, expiresAt: number): Promise<InboxItem>;
}

const TOKEN = 'token:';
const EVENT = 'event:';

export const inboxItemOf = (attributes: Readonly<Record<string, unknown>> = {}): InboxItem => ({
  tokens: Object.fromEntries(
    WAITS.flatMap((wait) => {
      const token = attributes[TOKEN + wait];
      return typeof token === 'string' ? [[wait, token]] : [];
    }),
  ),
  events: Object.fromEntries(
    WAITS.flatMap((wait) => {
      const event = attributes[EVENT + wait];
      return event === undefined ? [] : [[wait, v.parse(eventSchema, event)]];
    }),
  ),
});

/** The inbox in a table with the key `thingName`, `operationId`. */
export const dynamoInbox = (dynamo: DynamoDBDocumentClient, tableName: string): Inbox => {
  const set = async (
    { thingName, operationId }: InboxKey,
    value: string,
    name: string,
    attribute: unknown,
    expiresAt: number,
  ) => {
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { thingName, operationId },
        UpdateExpression: `SET #name = ${value}, expiresAt = if_not_exists(expiresAt, :expiresAt)`,
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': attribute, ':expiresAt': expiresAt },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return inboxItemOf(Attributes);
  };
  return {
    register: (key, wait, token, expiresAt) => set(key, ':value', TOKEN + wait, token, expiresAt),
    record: (key, wait, event, expiresAt) => set(key, 'if_not_exists(#name, :value)', EVENT + wait, event, expiresAt),
  };
};
