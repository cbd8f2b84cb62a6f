import { AwsError } from '../../core/aws-error';
import { isRecord } from '../../wire/guards';
import { writeUnitsOf } from './capacity';
import type { DynaliteOperation } from './dynalite-operations';
import type { Gate } from './gate';
import type { Input, ItemStore } from './item-store';

const OLD_ITEM = ['NONE', 'ALL_OLD'];

/** @throws AwsError ValidationException */
export const wantsOldItem = ({ ReturnValuesOnConditionCheckFailure: asked = 'NONE' }: Input): boolean => {
  if (!OLD_ITEM.includes(String(asked)))
    throw new AwsError(
      'ValidationException',
      `ReturnValuesOnConditionCheckFailure is "${String(asked)}": use ${OLD_ITEM.join(' or ')}.`,
    );
  return asked === 'ALL_OLD';
};

/**
 * PutItem, UpdateItem, DeleteItem. When the condition does not hold, the write still consumes capacity, for the larger of
 * the old and the new item, and the error contains the old item if the caller asks for it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const createConditionalWrites = (
  store: ItemStore,
  gate: Gate,
  onFailedCondition: (tableName: unknown, units: number) => void,
) => {
  const attempt = async (operation: DynaliteOperation, input: Input, returnsOld: boolean): Promise<Input> => {
    try {
      return await store.run(operation, input);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
      const wire = await store.toWire(operation, input);
      const old = await store.get(wire['TableName'], await store.keyOf(wire));
      onFailedCondition(wire['TableName'], writeUnitsOf(old, isRecord(wire['Item']) ? wire['Item'] : undefined));
      if (!returnsOld || !old) throw error;
      throw new AwsError(error.code, error.message, error.statusCode, { Item: await store.itemOf(old) });
    }
  };
  return (operation: DynaliteOperation, input: Input): Promise<Input> => {
    const { ReturnValuesOnConditionCheckFailure: _, ...write } = input;
    // Alone, the item is still the one whose condition failed.
    return wantsOldItem(input)
      ? gate.alone(() => attempt(operation, write, true))
      : gate.shared(() => attempt(operation, write, false));
  };
};
