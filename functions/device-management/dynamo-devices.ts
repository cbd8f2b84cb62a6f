import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { isAwsError } from '../shared/errors';
import { ordersOf } from '../shared/orders';
import { type Change, creationOf, factFields, fromSender, IS_SAME, isLatest, repetitionOf } from './device-changes';
import { AWAITED, DEVICE, deviceOf, type Fields, namesIn, OVER, setting, valuesOf } from './device-items';
import { type Begun, type Device, type Devices, latestOf } from './devices';

/** A request is delivered again within 14 days, from a dead-letter queue: after that nobody needs to know that its workflow is over. */
const KEEP_OVER_MS = 15 * 86_400_000;

const begunAs = (kind: 'created' | 'repeated', device: Device): Begun =>
  device.current ? { kind, device, current: device.current } : { kind: 'superseded' };

/** The item whose condition failed: the document client leaves it as it came. */
const failureSchema = v.object({
  Item: v.optional(
    v.record(
      v.string(),
      v.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
    ),
  ),
});
const itemOf = (error: Error): Fields => unmarshall(v.parse(failureSchema, error).Item ?? {});

/** The devices in a table with the key `thingName`, `recordKey`. */
export const dynamoDevices = (dynamo: DynamoDBDocumentClient, tableName: string): Devices => {
  const keyOf = (thingName: string) => ({ TableName: tableName, Key: { thingName, recordKey: DEVICE } });
  const item = async (thingName: string, ConsistentRead: boolean): Promise<Fields> =>
    (await dynamo.send(new GetCommand({ ...keyOf(thingName), ConsistentRead }))).Item ?? {};
  /** @returns whether the condition holds, and the device: afterwards, or as it is */
  const tryUpdate = async (
    thingName: string,
    { expression, values, condition, names }: Change,
  ): Promise<{ readonly isDone: boolean; readonly device: Device }> => {
    try {
      const { Attributes = {} } = await dynamo.send(
        new UpdateCommand({
          ...keyOf(thingName),
          UpdateExpression: expression,
          ExpressionAttributeNames: { ...namesIn(expression, condition ?? ''), ...names },
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: valuesOf(values) }),
          ...(condition !== undefined && {
            ConditionExpression: condition,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { isDone: true, device: deviceOf(Attributes, thingName) };
    } catch (error) {
      if (!isAwsError(error, 'ConditionalCheckFailedException')) throw error;
      return { isDone: false, device: deviceOf(itemOf(error), thingName) };
    }
  };
  /** @returns the device afterwards; undefined when the condition does not hold */
  const update = async (thingName: string, change: Change): Promise<Device | undefined> => {
    const { isDone, device } = await tryUpdate(thingName, change);
    return isDone ? device : undefined;
  };

  return {
    begin: async (start) => {
      const { thingName, operationId } = start;
      const created = await tryUpdate(thingName, creationOf(start));
      if (created.isDone) return begunAs('created', created.device);
      if (Object.hasOwn(created.device.over ?? {}, operationId)) return { kind: 'over' };
      const repeated = await update(thingName, repetitionOf(start));
      return repeated ? begunAs('repeated', repeated) : { kind: 'superseded' };
    },
    takeOver: (thingName, { operationId, command, state, askedAt }, now, requestId) =>
      update(thingName, {
        expression:
          'SET #current.#state = :sending, #current.#askedAt = :now, #current.#requestId = :requestId REMOVE #current.#fault',
        values: { sending: 'SENDING', now, requestId, operationId, command, state, askedAt },
        condition: `${IS_SAME} AND #current.#state = :state AND #current.#askedAt = :askedAt AND attribute_not_exists(#current.#isOver)`,
      }),
    // The answer may be there already: then its state stays.
    markSent: async (thingName, { operationId, command }) => {
      await update(thingName, {
        expression: 'SET #current.#state = :sent',
        values: { sent: 'SENT', sending: 'SENDING', operationId, command },
        condition: `${IS_SAME} AND #current.#state = :sending`,
      });
    },
    read: async (thingName, latest) => deviceOf(await item(thingName, latest), thingName),
    awaitConnection: async (thingName, operationId, awaited) => {
      const names = { '#awaited': AWAITED + operationId };
      const device = await update(thingName, { expression: 'SET #awaited = :awaited', values: { awaited }, names });
      return device ?? deviceOf({}, thingName);
    },
    // Other clients of the account connect, too.
    notePresence: (thingName, receivedAt) => {
      const values = factFields({ presence: 'reported' }, receivedAt);
      return update(thingName, { expression: setting(values), values, condition: 'attribute_exists(#thingName)' });
    },
    forgetAwaited: async (thingName, operationIds) => {
      const names = Object.fromEntries(operationIds.map((operationId, index) => [`#a${index}`, AWAITED + operationId]));
      await update(thingName, { expression: `REMOVE ${Object.keys(names).join(', ')}`, values: {}, names });
    },
    learn: async function learn(thingName, facts, receivedAt): Promise<Device> {
      const fields = factFields(facts, receivedAt);
      const { isDone, device } = await tryUpdate(thingName, {
        expression: setting(fields),
        values: { ...fields, receivedAt },
        condition: isLatest(fields),
      });
      const latest = latestOf(facts, device, receivedAt);
      return isDone || Object.keys(latest).length === 0 ? device : learn(thingName, latest, receivedAt);
    },
    reach: ({ thingName, firmwareVersion, facts, receivedAt, asOf, id, operationId, sender }) => {
      const fields = factFields(facts, receivedAt);
      const isAnyNew = Object.keys(fields).length > 0;
      const from = fromSender(sender);
      const isOfCurrent =
        operationId === '' ? '' : ' AND (#current.#operationId = :named OR #previousOperationId <> :named)';
      return tryUpdate(thingName, {
        expression: `${isAnyNew ? `${setting(fields)},` : 'SET'} #current.#reached = :reached`,
        values: {
          ...{ ...fields, firmwareVersion, asOf, id, ...from.values },
          ...{ reached: { at: receivedAt, by: id }, ...(isAnyNew && { receivedAt }) },
          ...(operationId !== '' && { named: operationId }),
        },
        condition: `#current.#firmwareVersion = :firmwareVersion AND #current.#askedAt <= :asOf AND attribute_not_exists(#current.#isOver) AND (attribute_not_exists(#current.#reached) OR #current.#reached.#by = :id)${isAnyNew ? ` AND ${isLatest(fields)}` : ''}${isOfCurrent}${from.condition}`,
      });
    },
    keepBoot: (thingName, operationId, boot) =>
      update(thingName, {
        expression: 'SET #current.#boot = :boot',
        values: { operationId, boot, receivedAt: boot.receivedAt },
        condition:
          '#current.#operationId = :operationId AND (attribute_not_exists(#current.#boot) OR #current.#boot.#receivedAt <= :receivedAt)',
      }),
    close: async (thingName, attempt, now) => {
      const orders = ordersOf(attempt);
      const marks = Object.fromEntries(orders.map((order, index) => [`#o${index}`, OVER + order]));
      const ids = Object.fromEntries(orders.map((order, index) => [`id${index}`, order]));
      const marking = Object.keys(marks)
        .map((name) => `${name} = :now`)
        .join(', ');
      const device =
        (await update(thingName, {
          expression: `SET ${marking}, #current.#isOver = :isOver`,
          values: { ...ids, now, isOver: true },
          condition: `#current.#operationId IN (${Object.keys(ids)
            .map((name) => `:${name}`)
            .join(', ')})`,
          names: marks,
        })) ?? (await update(thingName, { expression: `SET ${marking}`, values: { now }, names: marks }));
      const old = Object.entries(device?.over ?? {}).filter(([, since]) => since < now - KEEP_OVER_MS);
      if (old.length > 0) {
        const names = Object.fromEntries(old.map(([operationId], index) => [`#o${index}`, OVER + operationId]));
        await update(thingName, { expression: `REMOVE ${Object.keys(names).join(', ')}`, values: {}, names });
      }
      return device ?? deviceOf({}, thingName);
    },
    markLost: async (thingName, { operationId, command, state, askedAt }, fault) => {
      await update(thingName, {
        expression: 'SET #current.#state = :refused, #current.#fault = :fault',
        values: { refused: 'REFUSED', fault, operationId, command, state, askedAt },
        condition: `${IS_SAME} AND #current.#state = :state AND #current.#askedAt = :askedAt`,
      });
    },
    recordAnswer: (thingName, requestId, fault, sender) => {
      const from = fromSender(sender);
      const isOpen = `#current.#requestId = :requestId AND attribute_not_exists(#current.#isOver)${from.condition}`;
      const values = { requestId, started: 'STARTED', ...from.values };
      return tryUpdate(
        thingName,
        fault
          ? {
              expression: 'SET #current.#state = :refused, #current.#fault = :fault',
              values: { ...values, refused: 'REFUSED', fault },
              condition: `${isOpen} AND #current.#state <> :started`,
            }
          : {
              expression: 'SET #current.#state = :started REMOVE #current.#fault',
              values,
              condition: isOpen,
            },
      );
    },
  };
};
