import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isAwsError } from '../shared/errors';
import { ordersOf } from '../shared/orders';
import {
  AWAITED,
  baseOf,
  DEVICE,
  deviceOf,
  FACT,
  type Fields,
  KEEP_MS,
  namesIn,
  operationKey,
  setting,
  valuesOf,
} from './device-items';
import { type Device, type Devices, latestOf, operationSchema } from './devices';

/** The devices in a table with the key `thingName`, `recordKey`. */
export const dynamoDevices = (dynamo: DynamoDBDocumentClient, tableName: string): Devices => {
  /** @returns the item afterwards; undefined when the condition does not hold */
  const update = async (
    thingName: string,
    recordKey: string,
    expression: string,
    values: Fields,
    condition?: string,
    names = namesIn(expression, condition ?? ''),
  ): Promise<Fields | undefined> => {
    try {
      const { Attributes = {} } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { thingName, recordKey },
          UpdateExpression: expression,
          ExpressionAttributeNames: names,
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: valuesOf(values) }),
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
  /** Changes the current command of a device, if it is still of this operation. */
  const updateCurrent = async (
    thingName: string,
    name: 'downloadedAt' | 'boot',
    condition: string,
    values: Fields,
  ): Promise<Device | undefined> => {
    const isOfOperation = '#current.#operationId = :operationId';
    const change = `SET #current.#${name} = :${name}`;
    const item = await update(thingName, DEVICE, change, values, `${isOfOperation} AND (${condition})`);
    return item && deviceOf(item, thingName);
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
      // Closed before it began, an item has nothing but its state.
      const operation = v.parse(operationSchema, { ...fields, tokens, ...item });
      return { created: created !== undefined, operation };
    },
    takeOver: async (thingName, operation, now, requestId) => {
      const { state, sendingSince } = operation;
      const fields = { state: 'SENDING', sendingSince: now, requestId };
      const condition = '#state = :known AND #sendingSince = :since';
      const values = { ...fields, known: state, since: sendingSince };
      const change = `${setting(fields)} REMOVE #fault`;
      const item = await update(thingName, operationKey(operation), change, values, condition);
      return item && v.parse(operationSchema, item);
    },
    makeCurrent: async (thingName, operation) => {
      const askedAt = operation.sendingSince;
      const isStaged = operation.command === 'activate';
      const current = { ...baseOf(operation), askedAt, ...(isStaged && { downloadedAt: askedAt }) };
      const values = { current, startedAt: operation.startedAt ?? Number.MAX_SAFE_INTEGER };
      const isNewest = 'attribute_not_exists(#current.#startedAt) OR #current.#startedAt <= :startedAt';
      const item = await update(thingName, DEVICE, setting({ current }), values, isNewest);
      return item && deviceOf(item, thingName);
    },
    // The answer may be there already: then its state stays.
    markSent: async (thingName, operation) => {
      const values = { sent: 'SENT', sending: 'SENDING' };
      await update(thingName, operationKey(operation), 'SET #state = :sent', values, '#state = :sending');
    },
    read: async (thingName, latest) => deviceOf((await get(thingName, DEVICE, latest)) ?? {}, thingName),
    awaitConnection: async (thingName, operationId, awaited) => {
      const names = { '#awaited': AWAITED + operationId };
      const item = await update(thingName, DEVICE, 'SET #awaited = :awaited', { awaited }, undefined, names);
      return deviceOf(item ?? {}, thingName);
    },
    // Other clients of the account connect, too.
    notePresence: async (thingName, receivedAt) => {
      const fields = { [`${FACT}presence`]: { text: 'reported', receivedAt } };
      const item = await update(thingName, DEVICE, setting(fields), fields, 'attribute_exists(#thingName)');
      return item && deviceOf(item, thingName);
    },
    forgetAwaited: async (thingName, operationIds) => {
      const names = Object.fromEntries(operationIds.map((operationId, index) => [`#a${index}`, AWAITED + operationId]));
      await update(thingName, DEVICE, `REMOVE ${Object.keys(names).join(', ')}`, {}, undefined, names);
    },
    learn: async function learn(thingName, facts, receivedAt): Promise<Device> {
      const fields = Object.fromEntries(
        Object.entries(facts).map(([name, text]) => [FACT + name, { text, receivedAt }]),
      );
      const isLatest = Object.keys(fields).map(
        (name) => `(attribute_not_exists(#${name}) OR #${name}.#receivedAt <= :receivedAt)`,
      );
      const values = { ...fields, receivedAt };
      const item = await update(thingName, DEVICE, setting(fields), values, isLatest.join(' AND '));
      if (item) return deviceOf(item, thingName);
      const device = deviceOf((await get(thingName, DEVICE, true)) ?? {}, thingName);
      const latest = latestOf(facts, device, receivedAt);
      return Object.keys(latest).length === 0 ? device : learn(thingName, latest, receivedAt);
    },
    markDownloaded: (thingName, operationId, downloadedAt) =>
      updateCurrent(
        thingName,
        'downloadedAt',
        'attribute_not_exists(#current.#downloadedAt) OR #current.#downloadedAt > :downloadedAt',
        { operationId, downloadedAt },
      ),
    keepBoot: (thingName, operationId, boot) =>
      updateCurrent(
        thingName,
        'boot',
        'attribute_not_exists(#current.#boot) OR #current.#boot.#receivedAt <= :receivedAt',
        { operationId, boot, receivedAt: boot.receivedAt },
      ),
    close: async (thingName, operationId, now) => {
      const values = { closed: 'CLOSED', expiresAt: Math.floor((now + KEEP_MS) / 1000) };
      const change = 'SET #state = :closed, #expiresAt = if_not_exists(#expiresAt, :expiresAt)';
      const orders = ordersOf(operationId);
      for (const order of orders)
        for (const command of ['download', 'activate'] as const)
          await update(thingName, operationKey({ operationId: order, command }), change, values);
      const ids = Object.fromEntries(orders.map((order, index) => [`order${index}`, order]));
      const isCurrent = `#current.#operationId IN (${Object.keys(ids)
        .map((name) => `:${name}`)
        .join(', ')})`;
      const item = await update(
        thingName,
        DEVICE,
        'SET #current.#isOver = :isOver',
        { ...ids, isOver: true },
        isCurrent,
      );
      return item && deviceOf(item, thingName);
    },
    knowsOperation: async (thingName, operationId) =>
      (await get(thingName, operationKey({ operationId, command: 'download' }), false)) !== undefined,
    readCommand: async (thingName, current, latest) => {
      const item = await get(thingName, operationKey(current), latest);
      return item && v.parse(operationSchema, item);
    },
    markLost: async (thingName, operation, fault) => {
      const fields = { state: 'REFUSED', fault };
      const values = { ...fields, sent: 'SENT', since: operation.sendingSince };
      const condition = '#state = :sent AND #sendingSince = :since';
      await update(thingName, operationKey(operation), setting(fields), values, condition);
    },
    recordAnswer: async (thingName, current, fault) => {
      const key = operationKey(current);
      const isOpen = 'attribute_exists(#thingName) AND #state <> :closed';
      const values = { started: 'STARTED', closed: 'CLOSED' };
      const item = fault
        ? await update(
            thingName,
            key,
            'SET #state = :refused, #fault = :fault',
            { ...values, refused: 'REFUSED', fault },
            `${isOpen} AND #state <> :started`,
          )
        : await update(thingName, key, 'SET #state = :started REMOVE #fault', values, isOpen);
      return item && v.parse(operationSchema, item);
    },
  };
};
