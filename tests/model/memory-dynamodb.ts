import { checkRequest, DYNALITE_OPERATIONS } from '../../local/services/dynamodb/dynalite-operations';
import type { Answer } from './actor';

/** Attributes in the form of the wire protocol. */
type Attributes = Readonly<Record<string, unknown>>;
/** Items, by table and key: equal items have equal numbers. */
export type Items = Readonly<Record<string, number>>;

export interface ItemRequest {
  readonly TableName: string;
  readonly Key: Readonly<Record<string, unknown>>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface Result {
  /** The item afterwards, as JSON. */
  readonly item: string | undefined;
  readonly answer: Answer;
}

/** A record with its keys in order, so that equal records have equal JSON. */
export const inOrder = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const textOf = (item: Attributes | undefined) => (item === undefined ? undefined : JSON.stringify(inOrder(item)));

/** dynalite's store of one item. */
const storeOf = ({ Key }: ItemRequest, found: Attributes | undefined) => {
  let item = found;
  const names = Object.keys(Key);
  const table = {
    KeySchema: names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  };
  type Callback = (error: unknown, value?: unknown) => void;
  const items = {
    lock: (_: unknown, run: (release: <T>(callback: T) => T) => void) => run((callback) => callback),
    get: (_: unknown, callback: Callback) =>
      item === undefined ? callback({ name: 'NotFoundError' }) : callback(null, item),
    put: (_: unknown, changed: Attributes, callback: Callback) => {
      item = changed;
      callback(null);
    },
  };
  const store = {
    options: { maxItemSize: 400 * 1024 },
    getTable: (_: unknown, callback: Callback) => callback(null, table),
    getItemDb: () => items,
  };
  return { store, item: () => item };
};

const thrown = (error: unknown): Answer => {
  const { body, message } = error as { body?: { __type: string; message?: string }; message?: string };
  if (!body) throw new Error(`dynalite failed: ${message ?? ''}`, { cause: error });
  return { error: { name: body.__type.split('#')[1] ?? body.__type, message: body.message ?? '' } };
};

const run = (operation: 'UpdateItem' | 'GetItem', request: ItemRequest, item: string | undefined): Result => {
  const stored = storeOf(request, item === undefined ? undefined : (JSON.parse(item) as Attributes));
  let answer: Answer = { error: { name: 'InternalServerError', message: 'dynalite does not answer at once' } };
  const answerWith = (error: unknown, value: unknown) => {
    answer = error ? thrown(error) : { value };
  };
  const { ReturnValuesOnConditionCheckFailure: wanted, ...known } = request;
  const data = checkRequest(stored.store, operation, known);
  DYNALITE_OPERATIONS[operation].action(stored.store, data, answerWith);
  const given = JSON.parse(JSON.stringify(answer)) as Answer;
  const old = wanted === 'ALL_OLD' && item !== undefined ? { Item: JSON.parse(item) as Attributes } : {};
  return { item: textOf(stored.item()), answer: 'error' in given ? { error: { ...given.error, ...old } } : given };
};

/** Items as numbers: worlds are compared very often. */
const numbers = new Map<string, number>();
const texts: string[] = [];
const numberOf = (text: string): number => {
  const number = numbers.get(text) ?? texts.push(text) - 1;
  numbers.set(text, number);
  return number;
};

interface Known {
  readonly itemKey: string;
  readonly results: Map<number | undefined, { readonly item: number | undefined; readonly answer: Answer }>;
}
const known = new WeakMap<ItemRequest, Known>();

/** DynamoDB's expressions on items that are values: a request takes items to other items, and an answer. */
export const performOnItems = (
  items: Items,
  operation: 'UpdateItem' | 'GetItem',
  request: ItemRequest,
): { readonly items: Items; readonly answer: Answer } => {
  const { itemKey, results }: Known = known.get(request) ?? {
    itemKey: JSON.stringify([request.TableName, request.Key]),
    results: new Map<never, never>(),
  };
  known.set(request, { itemKey, results });
  const before = items[itemKey];
  let result = results.get(before);
  if (!result) {
    const { item, answer } = run(operation, request, before === undefined ? undefined : texts[before]);
    result = { item: item === undefined ? undefined : numberOf(item), answer };
    results.set(before, result);
  }
  const { item, answer } = result;
  return { answer, items: item === before || item === undefined ? items : inOrder({ ...items, [itemKey]: item }) };
};
