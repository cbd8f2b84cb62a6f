import { runStatement, withVariables } from '../../local/services/rules/sql/evaluate';
import { parseStatement } from '../../local/services/rules/sql/parser';
import { parseJson, type SqlValue } from '../../local/services/rules/sql/values';

/** The output of a rule's SQL statement for a message. */
export const runSql = (sql: string, payload: unknown = {}, topic = 'a/b/c'): SqlValue => {
  const statement = parseStatement(sql);
  const raw = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  const evaluation = withVariables(statement.variables, {
    message: {
      topic,
      segments: topic.split('/'),
      clientId: 'client-1',
      accountId: '000000000000',
      now: 1_700_000_000_000,
    },
    raw,
    json: Buffer.isBuffer(payload) ? undefined : parseJson(raw.toString()),
    decodeProto: () => undefined,
  });
  const result = runStatement(statement, evaluation);
  return result ? result.output : 'no match';
};
