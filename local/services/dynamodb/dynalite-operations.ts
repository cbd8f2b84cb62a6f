import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import createTable from 'dynalite/actions/createTable';
import deleteItem from 'dynalite/actions/deleteItem';
import deleteTable from 'dynalite/actions/deleteTable';
import describeTable from 'dynalite/actions/describeTable';
import getItem from 'dynalite/actions/getItem';
import listTables from 'dynalite/actions/listTables';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import updateItem from 'dynalite/actions/updateItem';
import updateTable from 'dynalite/actions/updateTable';
import conditionParser from 'dynalite/db/conditionParser';
import updateParser from 'dynalite/db/updateParser';
import validations from 'dynalite/validations';
import batchGetItemRules from 'dynalite/validations/batchGetItem';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem';
import createTableRules from 'dynalite/validations/createTable';
import deleteItemRules from 'dynalite/validations/deleteItem';
import deleteTableRules from 'dynalite/validations/deleteTable';
import describeTableRules from 'dynalite/validations/describeTable';
import getItemRules from 'dynalite/validations/getItem';
import listTablesRules from 'dynalite/validations/listTables';
import putItemRules from 'dynalite/validations/putItem';
import queryRules from 'dynalite/validations/query';
import scanRules from 'dynalite/validations/scan';
import updateItemRules from 'dynalite/validations/updateItem';
import updateTableRules from 'dynalite/validations/updateTable';
import { rememberExpressions } from './remembered-expressions';

rememberExpressions(conditionParser);
rememberExpressions(updateParser);

export const DYNALITE_OPERATIONS = {
  BatchGetItem: { action: batchGetItem, rules: batchGetItemRules },
  BatchWriteItem: { action: batchWriteItem, rules: batchWriteItemRules },
  CreateTable: { action: createTable, rules: createTableRules },
  DeleteItem: { action: deleteItem, rules: deleteItemRules },
  DeleteTable: { action: deleteTable, rules: deleteTableRules },
  DescribeTable: { action: describeTable, rules: describeTableRules },
  GetItem: { action: getItem, rules: getItemRules },
  ListTables: { action: listTables, rules: listTablesRules },
  PutItem: { action: putItem, rules: putItemRules },
  Query: { action: query, rules: queryRules },
  Scan: { action: scan, rules: scanRules },
  UpdateItem: { action: updateItem, rules: updateItemRules },
  UpdateTable: { action: updateTable, rules: updateTableRules },
} as const;

export type DynaliteOperation = keyof typeof DYNALITE_OPERATIONS;

/**
 * Parses a request, given as JSON of the wire protocol, as dynalite's actions take it.
 * @throws what dynalite throws: an error with `statusCode` and `body` { __type, message }
 */
export const checkRequest = (store: object, operation: DynaliteOperation, input: object): object => {
  const { rules } = DYNALITE_OPERATIONS[operation];
  const data = validations.checkTypes(input, rules.types);
  validations.checkValidations(data, rules.types, rules.custom, store);
  return data;
};

/** One request to dynalite. @throws what `checkRequest` throws */
export const runDynalite = (store: object, operation: DynaliteOperation, input: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const data = checkRequest(store, operation, input);
    DYNALITE_OPERATIONS[operation].action(store, data, (error, output) => {
      if (error) reject(error instanceof Error ? error : new Error(`dynalite failed: ${JSON.stringify(error)}`));
      else resolve(output);
    });
  });
