import type { Permission } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import { isRecord } from '../../wire/guards';
import { wantsOldItem } from './conditional-writes';
import type { DynaliteOperation } from './dynalite-operations';
import { type Input, tableNameOf } from './item-store';

interface Kind {
  /** Whose rules the action follows. A condition check has those of a delete that never happens. */
  readonly operation: DynaliteOperation;
  readonly permission: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const WRITES: Readonly<Record<string, Kind>> = {
  ConditionCheck: { operation: 'DeleteItem', permission: 'dynamodb:ConditionCheckItem' },
  Put: { operation: 'PutItem', permission: 'dynamodb:PutItem' },
  Update: { operation: 'UpdateItem', permission: 'dynamodb:UpdateItem' },
  Delete: { operation: 'DeleteItem', permission: 'dynamodb:DeleteItem' },
};
const READS: Readonly<Record<string, Kind>> = { Get: { operation: 'GetItem', permission: 'dynamodb:GetItem' } };
const MAX_ACTIONS = 100;

export interface Action extends Kind {
  readonly input: Input;
  readonly onlyChecks: boolean;
  readonly returnsOld: boolean;
}

const invalid = (message: string) => new AwsError('ValidationException', message);

const entriesOf = (TransactItems: unknown): readonly unknown[] => (Array.isArray(TransactItems) ? TransactItems : []);

const actionOf = (entry: unknown, kinds: Readonly<Record<string, Kind>>): Action => {
  const given = Object.entries(isRecord(entry) ? entry : {}).filter(([, value]) => value !== undefined);
  const [name = '', value] = given[0] ?? [];
  const kind = kinds[name];
  if (given.length !== 1 || !kind || !isRecord(value)) {
    const names = Object.keys(kinds)
      .join(', ')
      .replace(/, (\w+)$/, ' and $1');
    throw invalid(`TransactItems can only contain exactly one of ${names} in each element.`);
  }
  const { ReturnValuesOnConditionCheckFailure: _, ...input } = value;
  const onlyChecks = name === 'ConditionCheck';
  if (onlyChecks && typeof input['ConditionExpression'] !== 'string')
    throw invalid('A ConditionCheck must have a ConditionExpression.');
  return { ...kind, input, onlyChecks, returnsOld: wantsOldItem(value) };
};

/** The actions of a transaction. @throws AwsError ValidationException */
export const actionsOf = ({ TransactItems }: Input, of: 'writes' | 'reads'): readonly Action[] => {
  const entries = entriesOf(TransactItems);
  if (entries.length === 0) throw invalid('TransactItems must have at least 1 element.');
  if (entries.length > MAX_ACTIONS)
    throw invalid(`TransactItems has ${entries.length} elements: at most ${MAX_ACTIONS} are allowed.`);
  return entries.map((entry) => actionOf(entry, of === 'writes' ? WRITES : READS));
};

/** Tables named in a transaction, whatever else is wrong with it. */
export const tablesOfTransaction = (TransactItems: unknown): readonly string[] =>
  entriesOf(TransactItems).flatMap((entry) =>
    Object.values(isRecord(entry) ? entry : {}).flatMap((action) =>
      isRecord(action) ? [tableNameOf(action['TableName'])] : [],
    ),
  );

/** What a caller must be allowed to do; undefined for other operations. @throws AwsError ValidationException */
export const transactionPermissions = (
  operation: string,
  input: Input,
  arnOf: (table: string) => string,
): readonly Permission[] | undefined => {
  if (operation !== 'TransactWriteItems' && operation !== 'TransactGetItems') return undefined;
  return actionsOf(input, operation === 'TransactWriteItems' ? 'writes' : 'reads').map((action) => ({
    action: action.permission,
    resources: [arnOf(tableNameOf(action.input['TableName']))],
  }));
};
