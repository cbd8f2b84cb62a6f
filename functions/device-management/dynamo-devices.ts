import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isAwsError } from '../shared/errors';
import { currentSchema, type Device, type Devices, isAnswered, type Operation, operationSchema } from './devices';

type Fields = Readonly<Record<string, unknown>>;

const KEEP_MS = 90 * 86_400_000;
const DEVICE = 'device';
const FACT = 'fact_';
const operationKey = ({ operationId, command }: Pick<Operation, 'operationId' | 'command'>) =>
  `operation#${operationId}#${command}`;

/** `SET` of fields; every name has a placeholder, because many are reserved words of DynamoDB. */
const setting = (fields: Fields) =>
  `SET ${Object.keys(fields)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`;
const namesIn = (...expressions: readonly string[]) =>
  Object.fromEntries(
    [...expressions.join(' ').matchAll(/#(\w+)/g)].map(([placeholder]) => [placeholder, placeholder.slice(1)]),
  );
const valuesOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value]));

const deviceOf = (item: Fields, thingName: string): Device => {
  const facts = Object.entries(item).flatMap(([name, fact]) =>
    name.startsWith(FACT) && typeof fact === 'string' && fact !== '' ? [[name.slice(FACT.length), fact]] : [],
  );
  const { current } = item;
  return {
    thingName,
    facts: v.parse(v.record(v.string(), v.string()), Object.fromEntries(facts)),
    ...(current !== undefined && { current: v.parse(currentSchema, current) }),
  };
};

type Base = Pick<
  Operation,
  'operationId' | 'command' | 'requestId' | 'firmwareVersion' | 'awaitsBoot' | 'executionArn'
>;
const baseOf = ({ operationId, command, requestId, firmwareVersion, awaitsBoot, executionArn }: Base): Base => ({
  ...{ operationId, command, requestId, firmwareVersion, awaitsBoot },
  ...(executionArn !== undefined && { executionArn }),
});

/** The devices in a table with the key `thingName`, `recordKey`. */
export const dynamoDevices = (dynamo: DynamoDBDocumentClient, tableName: string): Devices => {
  /** @returns the item afterwards; undefined when the condition does not hold */
  const update = async (
    thingName: string,
    recordKey: string,
    expression: string,
    values: Fields,
    condition?: string,
  ): Promise<Fields | undefined> => {
    try {
      const { Attributes = {} } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { thingName, recordKey },
          UpdateExpression: expression,
          ExpressionAttributeNames: namesIn(expression, condition ?? ''),
          ExpressionAttributeValues: valuesOf(values),
          ...(condition !== undefined && { ConditionExpression: condition }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes;
    } catch (error) {
      if (isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  };
  const get = async (thingName: string, recordKey: string, ConsistentRead: boolean): Promise<Fields | undefined> =>
    (await dynamo.send(new GetCommand({ TableName: tableName, Key: { thingName, recordKey }, ConsistentRead }))).Item;

  return {
    begin: async ({ thingName, token, now, ...start }) => {
      const key = operationKey(start);
      const tokens = new Set([token]);
      const expiresAt = Math.floor((now + KEEP_MS) / 1000);
      const fields = { ...baseOf(start), state: 'SENDING', sendingSince: now, expiresAt };
      const created = await update(
        thingName,
        key,
        `${setting(fields)} ADD #tokens :tokens`,
        { ...fields, tokens },
        'attribute_not_exists(#thingName)',
      );
      const item = created ?? (await update(thingName, key, 'ADD #tokens :tokens', { tokens }));
      return { created: created !== undefined, operation: v.parse(operationSchema, item) };
    },
    takeOver: async (thingName, operation, now) => {
      const values = { now, since: operation.sendingSince, sending: 'SENDING' };
      const condition = '#state = :sending AND #sendingSince = :since';
      return (
        (await update(thingName, operationKey(operation), 'SET #sendingSince = :now', values, condition)) !== undefined
      );
    },
    makeCurrent: async (thingName, operation) => {
      const downloaded = operation.command === 'activate';
      const current = { ...baseOf(operation), askedAt: operation.sendingSince, downloaded, booted: false };
      return deviceOf((await update(thingName, DEVICE, setting({ current }), { current })) ?? {}, thingName);
    },
    // The answer may be there already: then its state stays.
    markSent: async (thingName, operation) => {
      const values = { sent: 'SENT', sending: 'SENDING' };
      await update(thingName, operationKey(operation), 'SET #state = :sent', values, '#state = :sending');
    },
    read: async (thingName, latest) => deviceOf((await get(thingName, DEVICE, latest)) ?? {}, thingName),
    learn: async (thingName, facts) => {
      const fields = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [FACT + name, fact]));
      return deviceOf((await update(thingName, DEVICE, setting(fields), fields)) ?? {}, thingName);
    },
    markProgress: async (thingName, operationId, what) => {
      const values = { operationId, yes: true };
      await update(thingName, DEVICE, `SET #current.#${what} = :yes`, values, '#current.#operationId = :operationId');
    },
    isUnanswered: async (thingName, current) => {
      const item = await get(thingName, operationKey(current), false);
      return item !== undefined && !isAnswered(v.parse(operationSchema, item));
    },
    recordAnswer: async (thingName, current, fault) => {
      const fields = { state: fault ? 'REFUSED' : 'STARTED', ...(fault && { fault }) };
      const item = await update(
        thingName,
        operationKey(current),
        setting(fields),
        fields,
        'attribute_exists(#thingName)',
      );
      return item && v.parse(operationSchema, item);
    },
  };
};
