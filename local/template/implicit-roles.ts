import { withGlobals } from './globals';
import { type Template, TemplateError, type TemplateResource } from './parse-template';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const managedPolicy = (name: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${name}` });

/** The action that SAM allows on a dead-letter target, by its type. */
const DEAD_LETTER_ACTIONS: Readonly<Record<string, string>> = { SQS: 'sqs:SendMessage', SNS: 'sns:Publish' };

const toDeadLetters = (deadLetterQueue: unknown) => {
  if (!isRecord(deadLetterQueue)) return [];
  const { Type, TargetArn } = deadLetterQueue;
  const statement = { Effect: 'Allow', Action: DEAD_LETTER_ACTIONS[String(Type)], Resource: TargetArn };
  return [{ PolicyName: 'DeadLetterQueuePolicy', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }];
};

const ownPolicies = (logicalId: string, policies: unknown) =>
  (Array.isArray(policies) ? policies : policies === undefined ? [] : [policies]).map((policy: unknown, index) => {
    if (!isRecord(policy) || policy['Statement'] === undefined)
      throw new TemplateError(
        `${logicalId}.Policies[${index}]: write a document with a Statement. Managed policies and SAM's policy templates allow more than a function needs.`,
      );
    return { PolicyName: `${logicalId}RolePolicy${index}`, PolicyDocument: policy };
  });

/** The role that SAM makes for a function without one: logs, traces, dead letters, and the function's policies. */
const roleOf = (logicalId: string, { Condition }: TemplateResource, properties: Readonly<Record<string, unknown>>) => {
  const { Tracing = 'Disabled', DeadLetterQueue, Policies } = properties;
  return {
    Type: 'AWS::IAM::Role',
    ...(Condition !== undefined && { Condition }),
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
      },
      ManagedPolicyArns: [
        managedPolicy('service-role/AWSLambdaBasicExecutionRole'),
        ...(Tracing === 'Disabled' ? [] : [managedPolicy('AWSXrayWriteOnlyAccess')]),
      ],
      Policies: [...toDeadLetters(DeadLetterQueue), ...ownPolicies(logicalId, Policies)],
    },
  };
};

/**
 * The template with the role `<logical id>Role` of every function that has none, as the SAM transform adds it.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
 * @throws TemplateError when a function has a role and policies, of which SAM ignores the latter
 */
export const withImplicitRoles = (template: Template): Template => {
  const resources = Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type !== 'AWS::Serverless::Function') return [[logicalId, resource] as const];
    const properties = withGlobals(template, resource);
    const { Policies, ...rest } = resource.Properties;
    if (properties['Role'] !== undefined) {
      if (Policies === undefined) return [[logicalId, resource] as const];
      throw new TemplateError(`${logicalId}.Policies: SAM ignores policies of a function that has a Role.`);
    }
    const role = `${logicalId}Role`;
    const Properties = { ...rest, Role: { 'Fn::GetAtt': [role, 'Arn'] } };
    return [
      [role, roleOf(logicalId, resource, properties)] as const,
      [logicalId, { ...resource, Properties }] as const,
    ];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
};
