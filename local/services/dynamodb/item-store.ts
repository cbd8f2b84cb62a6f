import db from 'dynalite/db';
import { promisify } from 'node:util';
import type { Environment } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { isRecord } from '../../wire/guards';
import { jsonReader, jsonWriter } from '../../wire/json-codec';
import { loadServiceModel } from '../../wire/service-model';
import { checkRequest, type DynaliteOperation, runDynalite } from './dynalite-operations';
import { useCheapAccess } from './level-access';

/** The input or output of an SDK command. */
export type Input = Readonly<Record<string, unknown>>;
/** An item or key as JSON on the wire. */
export type WireItem = Readonly<Record<string, unknown>>;

/** A table may be named by its ARN. */
export const tableNameOf = (name: unknown): string =>
  typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : '';

/** dynalite's errors contain the response that its server would send. */
const awsErrorOf = (error: unknown): unknown => {
  if (!isRecord(error) || typeof error['statusCode'] !== 'number') return error;
  const body = isRecord(error['body']) ? error['body'] : {};
  const type = typeof body['__type'] === 'string' ? body['__type'] : 'InternalServerError';
  const message = body['message'] ?? body['Message'];
  return new AwsError(
    type.slice(type.indexOf('#') + 1),
    typeof message === 'string' ? message : type,
    error['statusCode'],
  );
};

const record = (value: unknown): Input => (isRecord(value) ? value : {});

/**
 * dynalite, called with inputs of SDK commands. All of it throws AwsError as DynamoDB does.
 * @param path of a directory for the tables; they are in memory without it
 */
export const createItemStore = ({ accountId, region }: Environment, path: string | undefined) => {
  const store = db.create({
    ...{ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 },
    ...(path !== undefined && { path }),
  });
  useCheapAccess(store.db);
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;
  const model = loadServiceModel('dynamodb');

  const schemasOf = async (operation: DynaliteOperation) => {
    const schemas = (await model).operations.get(operation);
    if (!schemas) throw new AwsError('UnknownOperationException', `The DynamoDB client has no ${operation}.`, 501);
    return schemas;
  };
  const toWire = async (operation: DynaliteOperation, input: Input): Promise<Input> => {
    const { TableName } = input;
    const named = TableName === undefined ? input : { ...input, TableName: tableNameOf(TableName) };
    return record(jsonWriter((await schemasOf(operation)).input)(named));
  };
  const attempt = async <T>(task: () => T | Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      throw awsErrorOf(error);
    }
  };
  const runWire = async (operation: DynaliteOperation, wire: Input): Promise<Input> =>
    record(await attempt(() => runDynalite(store, operation, wire)));
  const fromWire = async (operation: DynaliteOperation, output: Input): Promise<Input> =>
    record(jsonReader((await schemasOf(operation)).output)(output));

  return {
    toWire,
    runWire,
    run: async (operation: DynaliteOperation, input: Input): Promise<Input> =>
      fromWire(operation, await runWire(operation, await toWire(operation, input))),
    /** A request whose expressions are parsed, for `holds`. */
    check: (operation: DynaliteOperation, wire: Input): Promise<object> =>
      attempt(() => checkRequest(store, operation, wire)),
    /** Whether the condition of a checked request, if it has one, holds for the item. */
    holds: (request: object, item: WireItem | undefined): boolean => !db.checkConditional(request, item),
    /** The key of the item that a write concerns. */
    keyOf: async ({ TableName, Key, Item }: Input): Promise<WireItem> => {
      if (isRecord(Key)) return Key;
      const { Table } = await runWire('DescribeTable', { TableName });
      const schema: unknown = record(Table)['KeySchema'];
      const names = Array.isArray(schema) ? schema.map((element) => String(record(element)['AttributeName'])) : [];
      return Object.fromEntries(names.map((name) => [name, record(Item)[name]]));
    },
    get: async (TableName: unknown, Key: WireItem): Promise<WireItem | undefined> => {
      const { Item } = await runWire('GetItem', { TableName, Key, ConsistentRead: true });
      return isRecord(Item) ? Item : undefined;
    },
    /** The item in the shape of the SDK. */
    itemOf: async (item: WireItem): Promise<unknown> => (await fromWire('GetItem', { Item: item }))['Item'],
    close: () => promisify(store.lifecycleManager.gracefulClose.bind(store.lifecycleManager))(),
  };
};

export type ItemStore = ReturnType<typeof createItemStore>;
