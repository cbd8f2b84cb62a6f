import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isAwsError } from '../shared/errors';
import type { Fault } from './usp/incoming';
import type { AgentAddress } from './usp/outgoing';

/** What the controller knows of a device: how to reach it, and the operation it runs. */
export interface Device extends AgentAddress {
  readonly operationId?: string;
  readonly msgId?: string;
  /** The workflow of the running operation. */
  readonly executionArn?: string;
  /** When the running operation was asked for, milliseconds since the epoch. */
  readonly askedAt?: number;
}

export type OperationState = 'SENDING' | 'SENT' | 'STARTED' | 'REFUSED';

/** A download that a device was asked for. */
export interface Operation {
  readonly operationId: string;
  readonly state: OperationState;
  readonly msgId: string;
  readonly firmwareVersion: string;
  /** Milliseconds since the epoch. */
  readonly sendingSince: number;
  readonly executionArn?: string;
  /** Every token that waits for the answer: a repeated request may carry a newer one. */
  readonly tokens: readonly string[];
  readonly fault?: Fault;
}

export interface OperationStart {
  readonly thingName: string;
  readonly operationId: string;
  readonly msgId: string;
  readonly firmwareVersion: string;
  readonly token: string;
  readonly executionArn?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The devices table: one item per device, one per operation of a device. */
export interface Devices {
  /** Records the intent to send, once. @returns whether this call is the one that has to send, and the operation */
  begin(start: OperationStart): Promise<{ readonly mine: boolean; readonly operation: Operation }>;
  /** Takes over an operation whose sender died before it sent. @returns false when somebody else did */
  takeOver(thingName: string, operation: Operation, now: number): Promise<boolean>;
  /** Makes the operation the device's running one. @returns the device */
  run(thingName: string, operation: Operation): Promise<Device>;
  sent(thingName: string, operationId: string): Promise<void>;
  read(thingName: string): Promise<Device>;
  /** Records the device's answer. @returns the operation, or undefined when it had been answered before */
  answered(thingName: string, operationId: string, fault: Fault | undefined): Promise<Operation | undefined>;
  connected(address: AgentAddress, subscribedTopic: string): Promise<void>;
}

type Item = Readonly<Record<string, AttributeValue>>;

const KEEP_MS = 90 * 86_400_000;
const DEVICE = { S: 'device' };
const operationKey = (operationId: string) => ({ S: `operation#${operationId}` });

const STATES: readonly OperationState[] = ['SENDING', 'SENT', 'STARTED', 'REFUSED'];

const operationOf = (item: Item | undefined, operationId: string): Operation => ({
  operationId,
  state: STATES.find((state) => state === item?.['state']?.S) ?? 'SENDING',
  msgId: item?.['msgId']?.S ?? '',
  firmwareVersion: item?.['firmwareVersion']?.S ?? '',
  sendingSince: Number(item?.['sendingSince']?.N ?? 0),
  tokens: item?.['tokens']?.SS ?? [],
  ...(item?.['executionArn']?.S && { executionArn: item['executionArn'].S }),
  ...(item?.['faultCode']?.S !== undefined && {
    fault: { faultCode: item['faultCode'].S, faultString: item['faultString']?.S ?? '' },
  }),
});

/** Without a connect record an agent is addressed as the reference simulator wants it: 3.1.1 style, endpoint id = thing name. */
const deviceOf = (item: Item | undefined, thingName: string): Device => ({
  thingName,
  endpointId: item?.['endpointId']?.S ?? thingName,
  mqttVersion: item?.['mqttVersion']?.S === 'V5' ? 'V5' : 'V3_1_1',
  ...(item?.['operationId']?.S !== undefined && { operationId: item['operationId'].S }),
  ...(item?.['msgId']?.S !== undefined && { msgId: item['msgId'].S }),
  ...(item?.['executionArn']?.S && { executionArn: item['executionArn'].S }),
  ...(item?.['askedAt']?.N !== undefined && { askedAt: Number(item['askedAt'].N) }),
});

export const dynamoDevices = (dynamo: DynamoDBClient, tableName: string): Devices => {
  interface Update {
    readonly thingName: string;
    readonly recordKey: AttributeValue;
    readonly expression: string;
    readonly condition?: string;
    readonly values: Item;
    readonly returning?: 'ALL_NEW';
  }
  /** Reserved words get a # in the expressions. @returns undefined when the condition does not hold */
  const update = async ({ thingName, recordKey, expression, condition, values, returning }: Update) => {
    const names = [...new Set(`${expression} ${condition ?? ''}`.match(/#\w+/g) ?? [])];
    try {
      const { Attributes = {} } = await dynamo.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { thingName: { S: thingName }, recordKey },
          UpdateExpression: expression,
          ExpressionAttributeValues: { ...values },
          ...(names.length > 0 && {
            ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
          }),
          ...(condition !== undefined && { ConditionExpression: condition }),
          ...(returning && { ReturnValues: returning }),
        }),
      );
      return Attributes;
    } catch (error) {
      if (isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  };
  return {
    begin: async ({ thingName, operationId, msgId, firmwareVersion, token, executionArn, now }) => {
      const recordKey = operationKey(operationId);
      const tokens = { SS: [token] };
      const created = await update({
        thingName,
        recordKey,
        expression:
          'SET #state = :sending, msgId = :msgId, firmwareVersion = :version, sendingSince = :now, expiresAt = :expiresAt, executionArn = :arn ADD #tokens :tokens',
        condition: 'attribute_not_exists(thingName)',
        values: {
          ':sending': { S: 'SENDING' },
          ':msgId': { S: msgId },
          ':version': { S: firmwareVersion },
          ':now': { N: String(now) },
          ':expiresAt': { N: String(Math.floor((now + KEEP_MS) / 1000)) },
          ':arn': { S: executionArn ?? '' },
          ':tokens': tokens,
        },
        returning: 'ALL_NEW',
      });
      if (created) return { mine: true, operation: operationOf(created, operationId) };
      const known = await update({
        thingName,
        recordKey,
        expression: 'ADD #tokens :tokens',
        values: { ':tokens': tokens },
        returning: 'ALL_NEW',
      });
      return { mine: false, operation: operationOf(known, operationId) };
    },
    takeOver: async (thingName, { operationId, sendingSince }, now) =>
      (await update({
        thingName,
        recordKey: operationKey(operationId),
        expression: 'SET sendingSince = :now',
        condition: '#state = :sending AND sendingSince = :since',
        values: { ':now': { N: String(now) }, ':since': { N: String(sendingSince) }, ':sending': { S: 'SENDING' } },
      })) !== undefined,
    run: async (thingName, { operationId, msgId, executionArn, sendingSince }) =>
      deviceOf(
        await update({
          thingName,
          recordKey: DEVICE,
          expression:
            'SET operationId = :operationId, msgId = :msgId, executionArn = :executionArn, askedAt = :askedAt',
          values: {
            ':operationId': { S: operationId },
            ':msgId': { S: msgId },
            ':executionArn': { S: executionArn ?? '' },
            ':askedAt': { N: String(sendingSince) },
          },
          returning: 'ALL_NEW',
        }),
        thingName,
      ),
    // The answer may have come already: then its state stays.
    sent: async (thingName, operationId) => {
      await update({
        thingName,
        recordKey: operationKey(operationId),
        expression: 'SET #state = :sent',
        condition: '#state = :sending',
        values: { ':sent': { S: 'SENT' }, ':sending': { S: 'SENDING' } },
      });
    },
    read: async (thingName) => {
      const Key = { thingName: { S: thingName }, recordKey: DEVICE };
      const { Item } = await dynamo.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
      return deviceOf(Item, thingName);
    },
    answered: async (thingName, operationId, fault) => {
      const item = await update({
        thingName,
        recordKey: operationKey(operationId),
        expression: `SET #state = :state${fault ? ', faultCode = :code, faultString = :text' : ''}`,
        condition: 'attribute_exists(thingName)',
        values: {
          ':state': { S: fault ? 'REFUSED' : 'STARTED' },
          ...(fault && { ':code': { S: fault.faultCode }, ':text': { S: fault.faultString } }),
        },
        returning: 'ALL_NEW',
      });
      return item && operationOf(item, operationId);
    },
    connected: async ({ thingName, endpointId, mqttVersion }, subscribedTopic) => {
      await update({
        thingName,
        recordKey: DEVICE,
        expression: 'SET endpointId = :endpointId, mqttVersion = :version, subscribedTopic = :topic',
        values: { ':endpointId': { S: endpointId }, ':version': { S: mqttVersion }, ':topic': { S: subscribedTopic } },
      });
    },
  };
};
