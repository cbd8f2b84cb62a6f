import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Store } from '../../store/store';
import { readUnitsOf, writeUnitsOf } from './capacity';
import type { Gate } from './gate';
import { createIdempotency } from './idempotency';
import { type Input, type ItemStore, tableNameOf, type WireItem } from './item-store';
import { type Action, actionsOf } from './transaction-actions';

interface TransactionDeps {
  readonly store: ItemStore;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly kept: Store;
  readonly onConsumed: (kind: 'readUnits' | 'writeUnits', tableName: string, units: number) => void;
}

/** A write, as far as it takes to undo it. */
interface Undo {
  readonly table: string;
  readonly key: WireItem;
  readonly before: WireItem | undefined;
}

/** One transaction is committed at a time. */
const UNDO = 'undo';

/** An action with the item that it finds. */
interface Prepared {
  readonly action: Action;
  readonly table: string;
  readonly wire: Input;
  readonly key: WireItem;
  readonly before: WireItem | undefined;
  /** Whether its condition holds. */
  readonly holds: boolean;
}

interface Reason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: unknown;
}

/** One read or write to prepare the transaction and one to commit it. */
const PASSES = 2;

const NONE: Reason = { Code: 'None' };

const canceled = (reasons: readonly Reason[]) =>
  new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    400,
    { CancellationReasons: reasons },
  );

const isInvalid = (error: unknown): error is AwsError =>
  error instanceof AwsError && error.code === 'ValidationException';

const invalidAt = (index: number, count: number, { message: Message }: AwsError) =>
  canceled(Array.from({ length: count }, (_, at) => (at === index ? { Code: 'ValidationError', Message } : NONE)));

const sumByTable = (units: readonly (readonly [string, number])[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const [table, more] of units) sums.set(table, (sums.get(table) ?? 0) + more);
  return sums;
};

/** TransactWriteItems, TransactGetItems: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const createTransactions = ({ store, gate, clock, kept, onConsumed }: TransactionDeps) => {
  const consume = (
    kind: 'Read' | 'Write',
    units: readonly (readonly [string, number])[],
    { ReturnConsumedCapacity }: Input,
  ) => {
    const sums = sumByTable(units);
    for (const [table, sum] of sums) onConsumed(kind === 'Read' ? 'readUnits' : 'writeUnits', table, sum);
    if (ReturnConsumedCapacity === undefined || ReturnConsumedCapacity === 'NONE') return {};
    const list = [...sums].map(([TableName, sum]) => ({
      TableName,
      CapacityUnits: sum,
      [`${kind}CapacityUnits`]: sum,
    }));
    return { ConsumedCapacity: list };
  };

  const prepare = async (action: Action): Promise<Prepared> => {
    const wire = await store.toWire(action.operation, action.input);
    const table = tableNameOf(wire['TableName']);
    const key = await store.keyOf(wire);
    const before = await store.get(table, key);
    const holds = store.holds(await store.check(action.operation, wire), before);
    return { action, table, wire, key, before, holds };
  };

  /** @throws AwsError ValidationException, TransactionCanceledException, ResourceNotFoundException */
  const prepareAll = async (actions: readonly Action[]): Promise<readonly Prepared[]> => {
    // What is wrong with a request itself comes before what is wrong with its items.
    for (const { operation, input } of actions) await store.check(operation, await store.toWire(operation, input));
    const prepared: Prepared[] = [];
    for (const [index, action] of actions.entries()) {
      const next = await prepare(action).catch((error: unknown) => {
        throw isInvalid(error) ? invalidAt(index, actions.length, error) : error;
      });
      const isSame = ({ table, key }: Prepared) =>
        table === next.table && JSON.stringify(key) === JSON.stringify(next.key);
      if (prepared.some(isSame))
        throw new AwsError('ValidationException', 'Transaction request cannot include multiple operations on one item');
      prepared.push(next);
    }
    return prepared;
  };

  const reasonOf = async ({ action, before, holds }: Prepared): Promise<Reason> => {
    if (holds) return NONE;
    const item = action.returnsOld && before ? { Item: await store.itemOf(before) } : {};
    return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...item };
  };

  /** What the transaction that is being committed would have to undo. */
  let committing: readonly Undo[] | undefined;
  const undoLog = kept.collection<readonly Undo[]>('dynamodb-undo', () => committing);
  const logUndo = (writes: readonly Undo[] | undefined): void => {
    committing = writes;
    undoLog.changed(UNDO);
    // Before the first write, and the removal after the last one.
    kept.flush();
  };

  const undo = async ({ table, key, before }: Undo): Promise<void> => {
    if (before) await store.runWire('PutItem', { TableName: table, Item: before });
    else await store.runWire('DeleteItem', { TableName: table, Key: key });
  };

  /** @returns the items after the transaction @throws AwsError TransactionCanceledException when an item does not allow its update */
  const commit = async (prepared: readonly Prepared[]): Promise<readonly (WireItem | undefined)[]> => {
    const after: (WireItem | undefined)[] = [];
    logUndo(
      prepared.filter(({ action }) => !action.onlyChecks).map(({ table, key, before }) => ({ table, key, before })),
    );
    for (const [index, { action, table, wire, key, before }] of prepared.entries()) {
      try {
        if (!action.onlyChecks) await store.runWire(action.operation, wire);
      } catch (error) {
        for (const done of prepared.slice(0, index)) if (!done.action.onlyChecks) await undo(done);
        logUndo(undefined);
        throw isInvalid(error) ? invalidAt(index, prepared.length, error) : error;
      }
      after.push(action.onlyChecks ? before : await store.get(table, key));
    }
    logUndo(undefined);
    return after;
  };

  const write = async (input: Input): Promise<Input> => {
    const prepared = await prepareAll(actionsOf(input, 'writes'));
    const reasons = await Promise.all(prepared.map(reasonOf));
    if (reasons.some(({ Code }) => Code !== 'None')) {
      // It has been prepared, but is not committed.
      consume(
        'Write',
        prepared.map(({ table, before }) => [table, writeUnitsOf(before)]),
        {},
      );
      throw canceled(reasons);
    }
    const after = await commit(prepared);
    const units = prepared.map(({ table, before }, at) => [table, PASSES * writeUnitsOf(before, after[at])] as const);
    return consume('Write', units, input);
  };

  const repeat = async (input: Input): Promise<Input> => {
    const units: (readonly [string, number])[] = [];
    for (const { operation, input: action } of actionsOf(input, 'writes')) {
      const wire = await store.toWire(operation, action);
      const table = tableNameOf(wire['TableName']);
      units.push([table, PASSES * readUnitsOf(await store.get(table, await store.keyOf(wire)))]);
    }
    return consume('Read', units, input);
  };
  const idempotent = createIdempotency(clock, kept);

  const read = async (input: Input): Promise<Input> => {
    const prepared = await prepareAll(actionsOf(input, 'reads'));
    const Responses: Input[] = [];
    for (const { action } of prepared)
      Responses.push(await store.run('GetItem', { ...action.input, ConsistentRead: true }));
    const units = prepared.map(({ table, before }) => [table, PASSES * readUnitsOf(before)] as const);
    return { Responses, ...consume('Read', units, input) };
  };

  /** A transaction that a restart interrupted has not happened. */
  const undoInterrupted = async (): Promise<void> => {
    for (const write of undoLog.saved.get(UNDO) ?? []) await undo(write);
    logUndo(undefined);
  };
  if (undoLog.saved.size > 0) void gate.alone(undoInterrupted);

  return {
    TransactWriteItems: (input: Input) => gate.alone(() => idempotent(input, write, repeat)),
    TransactGetItems: (input: Input) => gate.alone(() => read(input)),
  };
};
