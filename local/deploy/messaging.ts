import { callAs, type ResourceHandler } from './context';
import { lowerFirst } from './names';

/** AWS::SNS::Topic */
export const createTopic: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName } = context;
  const Name = properties.optionalText('TopicName') ?? generatedName(logicalId);
  properties.meaningless('KmsMasterKeyId', 'TracingConfig', 'DisplayName', 'Tags').finish();
  const { TopicArn } = await callAs(context, 'sns', 'CreateTopic', { Name });
  return { ref: String(TopicArn), attributes: { TopicArn: String(TopicArn), TopicName: Name } };
};

/** AWS::SQS::Queue */
export const createQueue: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName, environment } = context;
  const QueueName = properties.optionalText('QueueName') ?? generatedName(logicalId);
  properties.meaningless('SqsManagedSseEnabled', 'KmsMasterKeyId', 'MessageRetentionPeriod', 'Tags').finish();
  const { QueueUrl } = await callAs(context, 'sqs', 'CreateQueue', { QueueName });
  const Arn = `arn:aws:sqs:${environment.region}:${environment.accountId}:${QueueName}`;
  return { ref: String(QueueUrl), attributes: { Arn, QueueName, QueueUrl: String(QueueUrl) } };
};

/** AWS::IoT::TopicRule */
export const createRule: ResourceHandler = async (context) => {
  const { logicalId, properties, targets, generatedName, previous } = context;
  const ruleName = properties.optionalText('RuleName') ?? generatedName(logicalId).replace(/[^A-Za-z0-9_]/g, '_');
  const payload = properties.object('TopicRulePayload');
  const actions = payload.list('Actions').map(lowerFirst);
  const errorAction = payload.optional('ErrorAction');
  const { ruleArn } = targets.createRule({
    ruleName,
    sql: payload.text('Sql'),
    description: payload.optionalText('Description'),
    awsIotSqlVersion: payload.optionalText('AwsIotSqlVersion'),
    // The rules engine checks every action and names what it does not know.
    actions: actions as never,
    errorAction: (errorAction === undefined ? undefined : lowerFirst(errorAction)) as never,
    ruleDisabled: payload.optional('RuleDisabled') === true,
    // One of before is replaced, be it unchanged: the person who deploys decides whether it is switched on.
    replaces: previous?.ref === ruleName,
  });
  payload.finish();
  properties.meaningless('Tags').finish();
  return { ref: ruleName, attributes: { Arn: ruleArn } };
};
