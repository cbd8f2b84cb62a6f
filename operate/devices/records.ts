import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { DEVICE, deviceOf } from '../../functions/device-management/device-items';
import type { CurrentCommand, Device } from '../../functions/device-management/devices';
import { claimsIn } from '../../functions/workflow/stop/claims';
import type { ClaimedExecution } from '../../functions/workflow/stop/stop';
import { type InboxItem, inboxItemOf } from '../../functions/workflow/upgrade-status/inbox';
import { partsOf } from '../limited';
import type { Operator } from '../operator';

/** The attempts of one job at a device: which workflow execution owns each, and since when. */
export interface JobRecord {
  readonly jobId: string;
  readonly attempts: readonly ClaimedExecution[];
  /** When its job execution ended without the workflow, milliseconds since the epoch. */
  readonly endedAt?: number;
}

/** What the workflow waits for, and what was reported, in one attempt. */
export interface InboxRecord extends InboxItem {
  readonly operationId: string;
}

/** All that the tables of the stack know of one device. */
export interface DeviceRecords {
  readonly device: Device;
  /** The command that the device was asked for last. */
  readonly commands: readonly CurrentCommand[];
  readonly jobs: readonly JobRecord[];
  readonly inbox: readonly InboxRecord[];
}

/**
 * Whether a record is of an attempt: under its operation id, or under one that goes on from it (`<operation id>.<order>`), such
 * as that of a command which the attempt repeats under an id of its own.
 */
export const isOfAttempt = (record: { readonly operationId: string }, operationId: string): boolean =>
  record.operationId === operationId || record.operationId.startsWith(`${operationId}.`);

/** Keys per call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100;

type Item = Readonly<Record<string, unknown>>;

const textIn = (item: Item, name: string): string => {
  const value = item[name];
  return typeof value === 'string' ? value : '';
};

const jobRecord = (item: Item): JobRecord => {
  const { endedAt } = item;
  return {
    jobId: textIn(item, 'jobId'),
    attempts: claimsIn(item).toSorted((a, b) => a.startedAt - b.startedAt),
    ...(typeof endedAt === 'number' && { endedAt: endedAt * 1000 }),
  };
};

const itemsOf = async ({ clients: { dynamo } }: Operator, TableName: string, thingName: string) => {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        ...{ TableName, KeyConditionExpression: 'thingName = :thingName' },
        ExpressionAttributeValues: { ':thingName': thingName },
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
};

/** One Query of each of the three tables: their partition key is the thing. */
export const deviceRecords = async (operator: Operator, thingName: string): Promise<DeviceRecords> => {
  const { devicesTable, executionsTable, inboxTable } = operator.resources;
  const [devices, executions, inbox] = await Promise.all(
    [devicesTable, executionsTable, inboxTable].map((table) => itemsOf(operator, table, thingName)),
  );
  const isDevice = (item: Item) => item['recordKey'] === DEVICE;
  const device = deviceOf(devices?.find(isDevice) ?? {}, thingName);
  return {
    device,
    commands: device.current ? [device.current] : [],
    jobs: (executions ?? []).map(jobRecord),
    inbox: (inbox ?? []).map((item) => ({ operationId: textIn(item, 'operationId'), ...inboxItemOf(item) })),
  };
};

/** What the executions table has of one job at many devices: one call per 100. Devices whose workflow has not begun are not in it. */
export const jobRecords = async (
  { clients: { dynamo }, resources: { executionsTable } }: Operator,
  jobId: string,
  thingNames: readonly string[],
): Promise<ReadonlyMap<string, JobRecord>> => {
  const found = new Map<string, JobRecord>();
  for (const names of partsOf(thingNames, BATCH)) {
    let Keys: Record<string, unknown>[] = names.map((thingName) => ({ thingName, jobId }));
    while (Keys.length > 0) {
      const answer = await dynamo.send(new BatchGetCommand({ RequestItems: { [executionsTable]: { Keys } } }));
      for (const item of answer.Responses?.[executionsTable] ?? [])
        found.set(textIn(item, 'thingName'), jobRecord(item));
      Keys = answer.UnprocessedKeys?.[executionsTable]?.Keys ?? [];
    }
  }
  return found;
};
