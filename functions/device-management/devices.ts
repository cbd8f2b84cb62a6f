import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isAwsError } from '../shared/errors';
import type { Facts, Fault, KnownDevice } from './protocol';

/** What a device can be asked for. */
export type Command = 'download' | 'activate';

export type OperationState = 'SENDING' | 'SENT' | 'STARTED' | 'REFUSED';

/** A command that a device was asked for, once. */
export interface Operation {
  readonly operationId: string;
  readonly command: Command;
  readonly state: OperationState;
  readonly requestId: string;
  readonly firmwareVersion: string;
  /** Whether a boot into the firmware follows by itself. */
  readonly awaitsBoot: boolean;
  /** Milliseconds since the epoch. */
  readonly sendingSince: number;
  readonly executionArn?: string;
  /** Every token that waits for the answer: a repeated request may carry a newer one. */
  readonly tokens: readonly string[];
  readonly fault?: Fault;
}

/** Whether the device said, or showed, that it took or refused the command. */
export const isAnswered = ({ state }: Pick<Operation, 'state'>): boolean => state === 'STARTED' || state === 'REFUSED';

export type OperationStart = Omit<Operation, 'state' | 'sendingSince' | 'tokens' | 'fault' | 'executionArn'> & {
  readonly thingName: string;
  readonly token: string;
  readonly executionArn?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** What the device was asked for last: its answers and events are about this. */
export type Running = Pick<
  Operation,
  'operationId' | 'command' | 'requestId' | 'firmwareVersion' | 'awaitsBoot' | 'executionArn'
> & {
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  /** Whether the device told that it has the firmware. */
  readonly downloaded: boolean;
  /** Whether it booted since, without saying into what. */
  readonly booted: boolean;
};

/** What the domain knows of a device. */
export interface Device extends KnownDevice {
  readonly running?: Running;
}

/** The devices table: one item per device, one per command of an operation. */
export interface Devices {
  /** Records the intent to send, once. @returns whether this call is the one that has to send, and the operation */
  begin(start: OperationStart): Promise<{ readonly mine: boolean; readonly operation: Operation }>;
  /** Takes over an operation whose sender died before it sent. @returns false when somebody else did */
  takeOver(thingName: string, operation: Operation, now: number): Promise<boolean>;
  /** Makes the operation the device's running one. @returns the device */
  run(thingName: string, operation: Operation): Promise<Device>;
  sent(thingName: string, operation: Operation): Promise<void>;
  /** @param latest sees what was written a moment ago, at twice the read units */
  read(thingName: string, latest: boolean): Promise<Device>;
  /** Remembers facts; an empty text forgets one. @returns the device */
  learn(thingName: string, facts: Facts): Promise<Device>;
  /** Notes that the device told something of its running operation. */
  note(thingName: string, operationId: string, what: 'downloaded' | 'booted'): Promise<void>;
  /** Whether the device has not answered its running operation yet. */
  isUnanswered(thingName: string, running: Running): Promise<boolean>;
  /** Records the device's answer. @returns the operation, or undefined when it is not known any more */
  answered(thingName: string, running: Running, fault: Fault | undefined): Promise<Operation | undefined>;
}

type Item = Readonly<Record<string, AttributeValue>>;
type OperationKey = Pick<Operation, 'operationId' | 'command'>;

const KEEP_MS = 90 * 86_400_000;
const DEVICE = { S: 'device' };
const FACT = 'fact_';
const operationKey = ({ operationId, command }: OperationKey) => ({
  S: `operation#${operationId}${command === 'activate' ? '#activate' : ''}`,
});

const STATES: readonly OperationState[] = ['SENDING', 'SENT', 'STARTED', 'REFUSED'];
const textOf = (item: Item | undefined, name: string) => item?.[name]?.S ?? '';
const executionOf = (item: Item | undefined) => {
  const executionArn = textOf(item, 'executionArn');
  return executionArn === '' ? {} : { executionArn };
};

const operationOf = (item: Item | undefined, key: OperationKey): Operation => ({
  operationId: key.operationId,
  command: key.command,
  state: STATES.find((state) => state === item?.['state']?.S) ?? 'SENDING',
  requestId: textOf(item, 'requestId'),
  firmwareVersion: textOf(item, 'firmwareVersion'),
  awaitsBoot: item?.['awaitsBoot']?.BOOL ?? true,
  sendingSince: Number(item?.['sendingSince']?.N ?? 0),
  tokens: item?.['tokens']?.SS ?? [],
  ...executionOf(item),
  ...(item?.['faultCode']?.S !== undefined && {
    fault: { faultCode: item['faultCode'].S, faultString: textOf(item, 'faultString') },
  }),
});

const runningOf = (item: Item | undefined): { running?: Running } => {
  const operationId = textOf(item, 'operationId');
  if (operationId === '') return {};
  return {
    running: {
      operationId,
      command: textOf(item, 'command') === 'activate' ? 'activate' : 'download',
      requestId: textOf(item, 'requestId'),
      firmwareVersion: textOf(item, 'firmwareVersion'),
      awaitsBoot: item?.['awaitsBoot']?.BOOL ?? true,
      askedAt: Number(item?.['askedAt']?.N ?? 0),
      downloaded: textOf(item, 'downloadedDuring') === operationId,
      booted: textOf(item, 'bootedDuring') === operationId,
      ...executionOf(item),
    },
  };
};

const deviceOf = (item: Item | undefined, thingName: string): Device => ({
  thingName,
  facts: Object.fromEntries(
    Object.entries(item ?? {}).flatMap(([name, { S }]) =>
      name.startsWith(FACT) && S !== undefined && S !== '' ? [[name.slice(FACT.length), S]] : [],
    ),
  ),
  ...runningOf(item),
});

interface Update {
  readonly thingName: string;
  readonly recordKey: AttributeValue;
  /** Attributes to set. */
  readonly set: Item;
  readonly addTokens?: string;
  readonly condition?: string;
  /** Values that the condition alone names. */
  readonly values?: Item;
}

/** Every attribute goes by a placeholder: many names are reserved words of DynamoDB. */
const expressionOf = ({ set, addTokens, condition, values = {} }: Update) => {
  const names = Object.keys(set);
  const setting = names.map((name) => `#${name} = :${name}`).join(', ');
  const inCondition = [...(condition ?? '').matchAll(/#(\w+)/g)].map(([, name = '']) => name);
  return {
    UpdateExpression: [setting && `SET ${setting}`, addTokens !== undefined && 'ADD #tokens :tokens']
      .filter(Boolean)
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...inCondition, ...(addTokens === undefined ? [] : ['tokens'])].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:${name}`, set[name]])),
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      ...(addTokens !== undefined && { ':tokens': { SS: [addTokens] } }),
    } as Record<string, AttributeValue>,
    ...(condition !== undefined && { ConditionExpression: condition }),
  };
};

export const dynamoDevices = (dynamo: DynamoDBClient, tableName: string): Devices => {
  /** @returns the item afterwards; undefined when the condition does not hold */
  const update = async (request: Update): Promise<Item | undefined> => {
    const { thingName, recordKey } = request;
    try {
      const { Attributes = {} } = await dynamo.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { thingName: { S: thingName }, recordKey },
          ReturnValues: 'ALL_NEW',
          ...expressionOf(request),
        }),
      );
      return Attributes;
    } catch (error) {
      if (isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  };
  return {
    begin: async ({ thingName, token, now, ...start }) => {
      const recordKey = operationKey(start);
      const created = await update({
        thingName,
        recordKey,
        condition: 'attribute_not_exists(#thingName)',
        set: {
          state: { S: 'SENDING' },
          requestId: { S: start.requestId },
          firmwareVersion: { S: start.firmwareVersion },
          awaitsBoot: { BOOL: start.awaitsBoot },
          executionArn: { S: start.executionArn ?? '' },
          sendingSince: { N: String(now) },
          expiresAt: { N: String(Math.floor((now + KEEP_MS) / 1000)) },
        },
        addTokens: token,
      });
      if (created) return { mine: true, operation: operationOf(created, start) };
      const known = await update({ thingName, recordKey, set: {}, addTokens: token });
      return { mine: false, operation: operationOf(known, start) };
    },
    takeOver: async (thingName, operation, now) =>
      (await update({
        thingName,
        recordKey: operationKey(operation),
        set: { sendingSince: { N: String(now) } },
        condition: '#state = :sending AND #sendingSince = :since',
        values: { since: { N: String(operation.sendingSince) }, sending: { S: 'SENDING' } },
      })) !== undefined,
    run: async (thingName, operation) =>
      deviceOf(
        await update({
          thingName,
          recordKey: DEVICE,
          set: {
            operationId: { S: operation.operationId },
            command: { S: operation.command },
            requestId: { S: operation.requestId },
            firmwareVersion: { S: operation.firmwareVersion },
            awaitsBoot: { BOOL: operation.awaitsBoot },
            executionArn: { S: operation.executionArn ?? '' },
            askedAt: { N: String(operation.sendingSince) },
            bootedDuring: { S: '' },
            downloadedDuring: { S: operation.command === 'activate' ? operation.operationId : '' },
          },
        }),
        thingName,
      ),
    // The answer may have come already: then its state stays.
    sent: async (thingName, operation) => {
      await update({
        thingName,
        recordKey: operationKey(operation),
        set: { state: { S: 'SENT' } },
        condition: '#state = :sending',
        values: { sending: { S: 'SENDING' } },
      });
    },
    read: async (thingName, latest) => {
      const Key = { thingName: { S: thingName }, recordKey: DEVICE };
      const { Item } = await dynamo.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: latest }));
      return deviceOf(Item, thingName);
    },
    learn: async (thingName, facts) => {
      const set = Object.fromEntries(Object.entries(facts).map(([name, S]) => [`${FACT}${name}`, { S }]));
      return deviceOf(await update({ thingName, recordKey: DEVICE, set }), thingName);
    },
    note: async (thingName, operationId, what) => {
      await update({
        thingName,
        recordKey: DEVICE,
        set: { [`${what}During`]: { S: operationId } },
        condition: '#operationId = :running',
        values: { running: { S: operationId } },
      });
    },
    isUnanswered: async (thingName, running) => {
      const Key = { thingName: { S: thingName }, recordKey: operationKey(running) };
      const { Item } = await dynamo.send(new GetItemCommand({ TableName: tableName, Key }));
      return Item !== undefined && !isAnswered(operationOf(Item, running));
    },
    answered: async (thingName, running, fault) => {
      const item = await update({
        thingName,
        recordKey: operationKey(running),
        set: {
          state: { S: fault ? 'REFUSED' : 'STARTED' },
          ...(fault && { faultCode: { S: fault.faultCode }, faultString: { S: fault.faultString } }),
        },
        condition: 'attribute_exists(#thingName)',
      });
      return item && operationOf(item, running);
    },
  };
};
