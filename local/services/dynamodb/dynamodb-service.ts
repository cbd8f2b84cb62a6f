import db from 'dynalite/db';
import { promisify } from 'node:util';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { isRecord } from '../../wire/guards';
import { jsonReader, jsonWriter } from '../../wire/json-codec';
import { loadServiceModel } from '../../wire/service-model';
import { type CapacityCounts, createCapacityCounts } from './capacity';
import { type DynaliteOperation, runDynalite } from './dynalite-operations';
import { createTableSettings } from './table-settings';

export interface DynamoDbService extends ServiceModule, CapacityCounts {
  close(): Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;

const TABLE_OPERATIONS = ['DescribeTable', 'ListTables', 'UpdateTable'] as const;
const READS = ['GetItem', 'Query', 'Scan', 'BatchGetItem'] as const;
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'] as const;

const sleep = promisify(setTimeout);

/** A table may be named by its ARN. */
const tableNameOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

const tablesOf = ({ TableName, RequestItems }: Input): readonly string[] => {
  if (isRecord(RequestItems)) return Object.keys(RequestItems).map(tableNameOf);
  return typeof TableName === 'string' ? [tableNameOf(TableName)] : [];
};

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

/** Ignoring the setting would be worse: the caller would wait for something that never happens. */
const assertEmulated = (
  operation: string,
  { ReturnValuesOnConditionCheckFailure, StreamSpecification }: Input,
): void => {
  if (ReturnValuesOnConditionCheckFailure !== undefined && ReturnValuesOnConditionCheckFailure !== 'NONE')
    throw new AwsError(
      'ValidationException',
      `${operation}: ReturnValuesOnConditionCheckFailure is not emulated by local mode: read the item after the failure.`,
    );
  if (isRecord(StreamSpecification) && StreamSpecification['StreamEnabled'] === true)
    throw new AwsError('ValidationException', `${operation}: StreamSpecification is not emulated by local mode.`);
};

/** DynamoDB in memory, over dynalite. Tables are usable as soon as CreateTable has returned. */
export const createDynamoDbService = ({ environment }: { readonly environment: Environment }): DynamoDbService => {
  const store = db.create({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  store.tableDb.awsAccountId = environment.accountId;
  store.tableDb.awsRegion = environment.region;
  const capacity = createCapacityCounts();
  const model = loadServiceModel('dynamodb');

  const run = async (operation: DynaliteOperation, input: Input): Promise<Input> => {
    const schemas = (await model).operations.get(operation);
    if (!schemas) throw new AwsError('UnknownOperationException', `The DynamoDB client has no ${operation}.`, 501);
    assertEmulated(operation, input);
    const named =
      typeof input['TableName'] === 'string' ? { ...input, TableName: tableNameOf(input['TableName']) } : input;
    const json = jsonWriter(schemas.input)(named);
    try {
      const output = jsonReader(schemas.output)(await runDynalite(store, operation, isRecord(json) ? json : {}));
      return isRecord(output) ? output : {};
    } catch (error) {
      throw awsErrorOf(error);
    }
  };

  const onItems = (operation: DynaliteOperation, kind: 'readUnits' | 'writeUnits') => async (input: Input) => {
    const { ReturnConsumedCapacity: asked = 'NONE' } = input;
    const tables = tablesOf(input);
    for (const table of tables) capacity.request(table);
    try {
      const ReturnConsumedCapacity = asked === 'NONE' ? 'TOTAL' : asked;
      const { ConsumedCapacity, ...output } = await run(operation, { ...input, ReturnConsumedCapacity });
      capacity.consumed(kind, ConsumedCapacity);
      return asked === 'NONE' ? output : { ...output, ConsumedCapacity };
    } catch (error) {
      // A write whose condition fails still costs write units: one, because our items are small.
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException')
        capacity.consumed(kind, { TableName: tables[0], CapacityUnits: 1 });
      throw error;
    }
  };

  const statusOf = async (TableName: unknown): Promise<unknown> => {
    const { Table } = await run('DescribeTable', { TableName });
    return isRecord(Table) ? Table['TableStatus'] : undefined;
  };
  const settings = createTableSettings(async (TableName) => {
    await statusOf(TableName);
  });

  const arnOf = (table: string) => `arn:aws:dynamodb:${environment.region}:${environment.accountId}:table/${table}`;

  return {
    service: 'dynamodb',
    operations: {
      ...Object.fromEntries(TABLE_OPERATIONS.map((name) => [name, (input: Input) => run(name, input)])),
      ...Object.fromEntries(READS.map((name) => [name, onItems(name, 'readUnits')])),
      ...Object.fromEntries(WRITES.map((name) => [name, onItems(name, 'writeUnits')])),
      ...settings.operations,
      CreateTable: async (input: Input) => {
        const output = await run('CreateTable', input);
        while ((await statusOf(input['TableName'])) !== 'ACTIVE') await sleep(1);
        return output;
      },
      DeleteTable: async (input: Input) => {
        const output = await run('DeleteTable', input);
        for (const table of tablesOf(input)) settings.forget(table);
        const isGone = (error: unknown) => error instanceof AwsError && error.code === 'ResourceNotFoundException';
        while (!(await statusOf(input['TableName']).then(() => false, isGone))) await sleep(1);
        return output;
      },
    },
    resourcesOf: (_operation, input) => {
      const tables = tablesOf(input).map(arnOf);
      const { IndexName } = input;
      if (typeof IndexName === 'string') return tables.map((arn) => `${arn}/index/${IndexName}`);
      return tables.length > 0 ? tables : ['*'];
    },
    ...capacity.counts,
    close: () => promisify(store.lifecycleManager.gracefulClose.bind(store.lifecycleManager))(),
  };
};
