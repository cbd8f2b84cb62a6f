import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';

/** The waits of the state machine, each named like the message that ends it. */
export const WAITS = ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED'] as const;
export type Wait = (typeof WAITS)[number];

const eventSchema = v.object({
  status: v.picklist(['SUCCESS', 'FAIL']),
  /** Milliseconds since the epoch. */
  recordedAt: v.number(),
  /** When the broker received the device's report, where that is known. */
  receivedAt: v.optional(v.number()),
  /** The message that reported a failure, where it is not the one that the wait is named like. */
  failed: v.optional(v.string()),
  faultCode: v.optional(v.string()),
  faultString: v.optional(v.string()),
  firmwareVersion: v.optional(v.string()),
});

/** What is kept of a device event: all that is needed to settle a task that waits for it. */
export type InboxEvent = Readonly<v.InferOutput<typeof eventSchema>>;

/** A boot that is of the operation only if the firmware was on the device by then, milliseconds since the epoch. */
export interface ConditionalBoot {
  readonly ifDownloadedBy: number;
  readonly event: InboxEvent;
}

/** Waiting tasks and recorded events of one operation at one device. */
export interface InboxItem {
  readonly tokens: Readonly<Partial<Record<Wait, string>>>;
  readonly events: Readonly<Partial<Record<Wait, InboxEvent>>>;
  /** The earliest first. */
  readonly boots: readonly ConditionalBoot[];
  /** When the first task began to wait, milliseconds since the epoch. */
  readonly waitingSince?: number;
}

export interface InboxKey {
  readonly operationId: string;
  readonly thingName: string;
}

/**
 * The event inbox: one item per operation and device, so its size does not grow with the fleet. A task token and an event
 * are each written by one UpdateItem that returns the whole item. DynamoDB applies the two one after the other, so the
 * later one sees both and settles the task. Times are milliseconds since the epoch.
 */
export interface Inbox {
  /** Keeps the token of a task that waits; a newer token replaces an older one. @returns the item afterwards */
  register(key: InboxKey, wait: Wait, token: string, now: number): Promise<InboxItem>;
  /** Records an event unless one of its kind exists. @returns the item afterwards */
  record(key: InboxKey, wait: Wait, event: InboxEvent): Promise<InboxItem>;
  /** Records a boot that may be of the operation. @returns the item afterwards */
  recordBoot(key: InboxKey, boot: ConditionalBoot): Promise<InboxItem>;
  /** The item as it is. */
  read(key: InboxKey): Promise<InboxItem>;
}

const TOKEN = 'token:';
const EVENT = 'event:';
/** `boot:<ifDownloadedBy>` */
const BOOT = 'boot:';
const WAITING_SINCE = 'waitingSince';

/** Tokens and events are deleted after 90 days. */
const KEEP_MS = 90 * 86_400_000;

export const inboxItemOf = (attributes: Readonly<Record<string, unknown>> = {}): InboxItem => {
  const since = attributes[WAITING_SINCE];
  return {
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
    boots: Object.entries(attributes)
      .flatMap(([name, event]) =>
        name.startsWith(BOOT)
          ? [{ ifDownloadedBy: Number(name.slice(BOOT.length)), event: v.parse(eventSchema, event) }]
          : [],
      )
      .toSorted((a, b) => a.ifDownloadedBy - b.ifDownloadedBy),
    ...(typeof since === 'number' && { waitingSince: since }),
  };
};

/** The inbox in a table with the key `thingName`, `operationId`. */
export const dynamoInbox = (dynamo: DynamoDBDocumentClient, TableName: string): Inbox => {
  const update = async (
    { thingName, operationId }: InboxKey,
    {
      set,
      name,
      value,
      now,
    }: { readonly set: string; readonly name: string; readonly value: unknown; readonly now: number },
  ): Promise<InboxItem> => {
    const isWait = name.startsWith(TOKEN);
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        ...{ TableName, Key: { thingName, operationId }, ReturnValues: 'ALL_NEW' },
        UpdateExpression: `SET #name = ${set}, expiresAt = if_not_exists(expiresAt, :expiresAt)${isWait ? `, ${WAITING_SINCE} = if_not_exists(${WAITING_SINCE}, :now)` : ''}`,
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: {
          ...{ ':value': value, ':expiresAt': Math.floor((now + KEEP_MS) / 1000) },
          ...(isWait && { ':now': now }),
        },
      }),
    );
    return inboxItemOf(Attributes);
  };
  const ONCE = 'if_not_exists(#name, :value)';
  return {
    register: (key, wait, token, now) => update(key, { set: ':value', name: TOKEN + wait, value: token, now }),
    record: (key, wait, event) => update(key, { set: ONCE, name: EVENT + wait, value: event, now: event.recordedAt }),
    recordBoot: (key, { ifDownloadedBy, event }) =>
      update(key, { set: ONCE, name: `${BOOT}${ifDownloadedBy}`, value: event, now: event.recordedAt }),
    read: async ({ thingName, operationId }) => {
      const Key = { thingName, operationId };
      return inboxItemOf((await dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item);
    },
  };
};
