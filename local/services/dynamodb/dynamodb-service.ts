import { promisify } from 'node:util';
import type { Environment, Report, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { isRecord } from '../../wire/guards';
import { createMemoryStore, type Store } from '../../store/store';
import { type CapacityCounts, createCapacityCounts } from './capacity';
import { createConditionalWrites } from './conditional-writes';
import type { DynaliteOperation } from './dynalite-operations';
import { createGate } from './gate';
import { createItemStore, type Input, tableNameOf } from './item-store';
import { createTableSettings } from './table-settings';
import { createTimeToLive } from './time-to-live';
import { tablesOfTransaction, transactionPermissions } from './transaction-actions';
import { createTransactions } from './transactions';

export interface DynamoDbService extends ServiceModule, CapacityCounts {
  close(): Promise<void>;
}

interface DynamoDbDependencies {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly report?: Report;
  readonly store?: Store;
}

const TABLE_OPERATIONS = ['DescribeTable', 'ListTables'] as const;
const READS = ['GetItem', 'Query', 'Scan', 'BatchGetItem'] as const;
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'] as const;

const sleep = promisify(setTimeout);

const tablesOf = ({ TableName, RequestItems, TransactItems }: Input): readonly string[] => {
  if (isRecord(RequestItems)) return Object.keys(RequestItems).map(tableNameOf);
  if (TransactItems !== undefined) return [...new Set(tablesOfTransaction(TransactItems))];
  return typeof TableName === 'string' ? [tableNameOf(TableName)] : [];
};

/** Ignoring streams would be worse: the caller would wait for something that never happens. */
const assertNoStream = (operation: string, { StreamSpecification }: Input): void => {
  if (isRecord(StreamSpecification) && StreamSpecification['StreamEnabled'] === true)
    throw new AwsError('ValidationException', `${operation}: StreamSpecification is not emulated by local mode.`);
};

/** DynamoDB over dynalite. Tables are usable as soon as CreateTable has returned. */
export const createDynamoDbService = (dependencies: DynamoDbDependencies): DynamoDbService => {
  const { clock, environment, report, store: kept = createMemoryStore() } = dependencies;
  const store = createItemStore(environment, kept.directoryOf('dynamodb'));
  const { run } = store;
  const gate = createGate();
  const capacity = createCapacityCounts();
  const consumed = (kind: 'readUnits' | 'writeUnits', TableName: unknown, CapacityUnits: number) =>
    capacity.consumed(kind, { TableName, CapacityUnits });
  const write = createConditionalWrites(store, gate, (table, units) => consumed('writeUnits', table, units));

  const counted =
    <Operation extends string>(
      operation: Operation,
      kind: 'readUnits' | 'writeUnits',
      call: (operation: Operation, input: Input) => Promise<Input>,
    ) =>
    async (input: Input) => {
      const { ReturnConsumedCapacity: asked = 'NONE' } = input;
      for (const table of tablesOf(input)) capacity.request(table);
      const ReturnConsumedCapacity = asked === 'NONE' ? 'TOTAL' : asked;
      const { ConsumedCapacity, ...output } = await call(operation, { ...input, ReturnConsumedCapacity });
      capacity.consumed(kind, ConsumedCapacity);
      return asked === 'NONE' ? output : { ...output, ConsumedCapacity };
    };
  const shared = (operation: DynaliteOperation, input: Input) => gate.shared(() => run(operation, input));

  const transactions = createTransactions({ store, gate, clock, kept, onConsumed: consumed });
  const transaction = (name: keyof typeof transactions) => (input: Input) => {
    for (const table of tablesOf(input)) capacity.request(table);
    return transactions[name](input);
  };

  const statusOf = async (TableName: unknown): Promise<unknown> => {
    const { Table } = await run('DescribeTable', { TableName });
    return isRecord(Table) ? Table['TableStatus'] : undefined;
  };
  const settings = createTableSettings(kept, async (TableName) => {
    await statusOf(TableName);
  });

  const timeToLive = createTimeToLive(clock, store, settings.expiring, (error) =>
    report?.({ level: 'error', source: 'dynamodb', message: `expired items are not deleted: ${String(error)}` }),
  );

  const arnOf = (table: string) => `arn:aws:dynamodb:${environment.region}:${environment.accountId}:table/${table}`;

  return {
    service: 'dynamodb',
    operations: {
      ...Object.fromEntries(TABLE_OPERATIONS.map((name) => [name, (input: Input) => run(name, input)])),
      ...Object.fromEntries(READS.map((name) => [name, counted(name, 'readUnits', shared)])),
      ...Object.fromEntries(WRITES.map((name) => [name, counted(name, 'writeUnits', write)])),
      BatchWriteItem: counted('BatchWriteItem', 'writeUnits', shared),
      TransactWriteItems: transaction('TransactWriteItems'),
      TransactGetItems: transaction('TransactGetItems'),
      ...settings.operations,
      CreateTable: async (input: Input) => {
        assertNoStream('CreateTable', input);
        const output = await run('CreateTable', input);
        while ((await statusOf(input['TableName'])) !== 'ACTIVE') await sleep(1);
        return output;
      },
      UpdateTable: (input: Input) => {
        assertNoStream('UpdateTable', input);
        return run('UpdateTable', input);
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
    permissionsOf: (operation, input) => transactionPermissions(operation, input, arnOf),
    ...capacity.counts,
    close: () => {
      timeToLive.close();
      return store.close();
    },
  };
};
