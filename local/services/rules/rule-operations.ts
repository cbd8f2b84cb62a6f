import type {
  CreateTopicRuleCommandInput,
  DeleteTopicRuleCommandInput,
  DisableTopicRuleCommandInput,
  EnableTopicRuleCommandInput,
  GetTopicRuleCommandInput,
  ListTopicRulesCommandInput,
  ReplaceTopicRuleCommandInput,
} from '@aws-sdk/client-iot';
import type { OperationHandler } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Rule, RuleDefinition } from './rule';

/** The rules of a deployment, by name. */
export interface RuleStore {
  readonly rules: Map<string, Rule>;
  /** @throws AwsError for a definition that is not valid */
  build(definition: RuleDefinition): Rule;
  arnOf(ruleName: string): string;
  /** A rule has come, changed or gone. */
  changed(ruleName: string): void;
}

const DEFAULT_PAGE = 100;

const findRule = ({ rules }: RuleStore, ruleName = ''): Rule => {
  const rule = rules.get(ruleName);
  // AWS IoT returns the same error for a missing rule and for one that the caller may not access.
  if (!rule)
    throw new AwsError(
      'UnauthorizedException',
      `Access to topic rule '${ruleName}' was denied (it does not exist)`,
      401,
    );
  return rule;
};

const definitionOf = ({ ruleName = '', topicRulePayload }: CreateTopicRuleCommandInput): RuleDefinition => ({
  ruleName,
  sql: topicRulePayload?.sql,
  description: topicRulePayload?.description,
  awsIotSqlVersion: topicRulePayload?.awsIotSqlVersion,
  actions: topicRulePayload?.actions,
  errorAction: topicRulePayload?.errorAction,
  ruleDisabled: topicRulePayload?.ruleDisabled,
});

/** Adds a rule. @throws AwsError ResourceAlreadyExistsException, SqlParseException, InvalidRequestException */
export const addRule = (store: RuleStore, definition: RuleDefinition): void => {
  if (store.rules.has(definition.ruleName))
    throw new AwsError('ResourceAlreadyExistsException', `rule ${definition.ruleName} already exists`, 409);
  store.rules.set(definition.ruleName, store.build(definition));
  store.changed(definition.ruleName);
};

const listRules = (store: RuleStore, input: ListTopicRulesCommandInput) => {
  const { topic, ruleDisabled, maxResults = DEFAULT_PAGE, nextToken } = input;
  const start = nextToken === undefined ? 0 : Number(nextToken);
  const found = [...store.rules.values()].filter(
    (rule) =>
      (topic === undefined || rule.statement.from.text === topic || rule.statement.from.matches(topic.split('/'))) &&
      (ruleDisabled === undefined || rule.disabled === ruleDisabled),
  );
  return {
    rules: found.slice(start, start + maxResults).map((rule) => ({
      ruleArn: store.arnOf(rule.ruleName),
      ruleName: rule.ruleName,
      topicPattern: rule.statement.from.text,
      createdAt: rule.createdAt,
      ruleDisabled: rule.disabled,
    })),
    ...(start + maxResults < found.length ? { nextToken: String(start + maxResults) } : {}),
  };
};

/** The operations of the IoT control plane that belong to rules. */
export const createRuleOperations = (store: RuleStore): Readonly<Record<string, OperationHandler>> => ({
  CreateTopicRule: (input: CreateTopicRuleCommandInput) => {
    addRule(store, definitionOf(input));
    return {};
  },
  ReplaceTopicRule: (input: ReplaceTopicRuleCommandInput) => {
    const { ruleName } = findRule(store, input.ruleName);
    store.rules.set(ruleName, store.build(definitionOf(input)));
    store.changed(ruleName);
    return {};
  },
  GetTopicRule: ({ ruleName }: GetTopicRuleCommandInput) => {
    const rule = findRule(store, ruleName);
    const { createdAt, disabled, definition } = rule;
    return {
      ruleArn: store.arnOf(rule.ruleName),
      rule: { ruleName: rule.ruleName, ...definition, createdAt, ruleDisabled: disabled },
    };
  },
  ListTopicRules: (input: ListTopicRulesCommandInput) => listRules(store, input),
  DeleteTopicRule: ({ ruleName }: DeleteTopicRuleCommandInput) => {
    const rule = findRule(store, ruleName);
    store.rules.delete(rule.ruleName);
    store.changed(rule.ruleName);
    return {};
  },
  EnableTopicRule: ({ ruleName }: EnableTopicRuleCommandInput) => {
    const rule = findRule(store, ruleName);
    rule.disabled = false;
    store.changed(rule.ruleName);
    return {};
  },
  DisableTopicRule: ({ ruleName }: DisableTopicRuleCommandInput) => {
    const rule = findRule(store, ruleName);
    rule.disabled = true;
    store.changed(rule.ruleName);
    return {};
  },
});
