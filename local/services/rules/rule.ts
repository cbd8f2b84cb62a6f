import type { Action, TopicRulePayload } from '@aws-sdk/client-iot';
import { AwsError } from '../../core/aws-error';
import { type ActionDeps, type RuleAction, buildAction } from './actions';
import type { Statement } from './sql/ast';
import { parseStatement } from './sql/parser';
import { SqlError } from './sql/sql-error';

/** The definition of a rule: CreateTopicRule's payload and the name. */
export interface RuleDefinition {
  readonly ruleName: string;
  readonly sql: string | undefined;
  readonly description?: string | undefined;
  readonly awsIotSqlVersion?: string | undefined;
  readonly actions: readonly Action[] | undefined;
  readonly errorAction?: Action | undefined;
  readonly ruleDisabled?: boolean | undefined;
}

/** A parsed rule. */
export interface Rule {
  readonly ruleName: string;
  readonly definition: TopicRulePayload & { sql: string };
  readonly statement: Statement;
  readonly actions: readonly RuleAction[];
  readonly errorAction?: RuleAction;
  readonly createdAt: Date;
  disabled: boolean;
}

const SQL_VERSIONS = ['2015-10-08', '2016-03-23', 'beta'];
const MAX_ACTIONS = 10;

const invalid = (ruleName: string, problem: string): never => {
  throw new AwsError('InvalidRequestException', `rule ${ruleName}: ${problem}`);
};

const statementOf = (ruleName: string, sql: string): Statement => {
  try {
    return parseStatement(sql);
  } catch (error) {
    if (error instanceof SqlError) throw new AwsError('SqlParseException', `rule ${ruleName}: ${error.message}`);
    throw error;
  }
};

/** @throws AwsError SqlParseException, InvalidRequestException */
export const buildRule = (definition: RuleDefinition, deps: ActionDeps, createdAt: Date): Rule => {
  const { ruleName, sql = '', description, awsIotSqlVersion = '2015-10-08', errorAction } = definition;
  const { actions = [], ruleDisabled = false } = definition;
  if (!/^[a-zA-Z0-9_]{1,128}$/.test(ruleName)) invalid(ruleName, 'a name has 1 to 128 letters, digits and underscores');
  if (!SQL_VERSIONS.includes(awsIotSqlVersion))
    invalid(
      ruleName,
      `awsIotSqlVersion ${awsIotSqlVersion} does not exist (${SQL_VERSIONS.join(', ')}; quote it in YAML)`,
    );
  if (actions.length > MAX_ACTIONS) invalid(ruleName, `${actions.length} actions, AWS IoT allows ${MAX_ACTIONS}`);
  const statement = statementOf(ruleName, sql);
  const variables = new Set(statement.variables.keys());
  return {
    ruleName,
    definition: {
      sql,
      description,
      awsIotSqlVersion,
      actions: [...actions],
      ...(errorAction ? { errorAction } : {}),
    },
    statement,
    actions: actions.map((action) => buildAction(action, deps, variables)),
    ...(errorAction ? { errorAction: buildAction(errorAction, deps, variables) } : {}),
    createdAt,
    disabled: ruleDisabled,
  };
};
