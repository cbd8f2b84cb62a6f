import type { Clock } from '../../core/clock';
import { createProtoDecoder } from './proto-decoder';
import { evaluationOf, incoming } from './run-rule';
import { runStatement } from './sql/evaluate';
import { parseStatement } from './sql/parser';
import type { SqlValue } from './sql/values';

export interface RuleOutputDeps {
  readonly clock: Clock;
  readonly accountId: string;
  /** Reads an object of S3, for descriptors. @throws when there is none */
  readonly loadObject: (bucket: string, key: string) => Promise<Buffer>;
}

/** A message that was published in the past. */
export interface PastMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly clientId?: string;
  /** Milliseconds since the epoch: what timestamp() returns. */
  readonly receivedAt: number;
}

/** Returns nothing when the WHERE of the statement is not true. @throws SqlError; Error when something cannot be decoded */
export type RuleOutput = (sql: string, message: PastMessage) => Promise<{ readonly output: SqlValue } | undefined>;

/** What the SQL of a rule selects from a message, as the rule's actions get it. */
export const createRuleOutput = ({ clock, accountId, loadObject }: RuleOutputDeps): RuleOutput => {
  const decoder = createProtoDecoder(loadObject, clock);
  return async (sql, { topic, payload, clientId, receivedAt }) => {
    const statement = parseStatement(sql);
    await decoder.prepare(statement.schemas);
    const sender = clientId === undefined ? {} : { clientId };
    const context = { topic, segments: topic.split('/'), accountId, now: receivedAt, ...sender };
    const evaluation = evaluationOf(statement, incoming({ topic, payload, ...sender }, context), decoder, (cause) => {
      throw new Error(cause);
    });
    return runStatement(statement, evaluation);
  };
};
