import type { Gate } from '../../../model/actor';
import { gatedDocumentClient } from '../../../model/gated-clients';
import { type ItemRequest, type Items, performOnItems } from '../../../model/memory-dynamodb';

/** A document client of tables in memory, with DynamoDB's expressions. `calls`: the operations, in order. */
export const memoryDynamo = () => {
  let items: Items = {};
  const calls: string[] = [];
  const touched = new Set<string>();
  const gate: Gate = async (name, input) => {
    const operation = name === 'dynamodb:GetItem' ? 'GetItem' : 'UpdateItem';
    calls.push(operation);
    const request = input as ItemRequest;
    const done = performOnItems(items, operation, request);
    const thing = request.Key['thingName'] as { readonly S: string } | undefined;
    if (done.items !== items && thing) touched.add(thing.S);
    items = done.items;
    if ('error' in done.answer) throw Object.assign(new Error(done.answer.error.message), done.answer.error);
    return done.answer.value;
  };
  return { dynamo: gatedDocumentClient(gate), calls, touched };
};
