import { type Action, GetTopicRuleCommand, type IoTClient } from '@aws-sdk/client-iot';
import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GetSubscriptionAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { systemClock } from '../../local/core/clock';
import { createRuleOutput, type RuleOutput } from '../../local/services/rules/rule-output';
import type { Stack } from '../../operate/stack';

/** What is known of the deployed stack; asked once for each subscription, role or rule. */
export interface Lookups {
  /** ARN of the function or queue; undefined when the subscription does not exist. */
  endpointOf(subscriptionArn: string): Promise<string | undefined>;
  /** ARN of the function of the stack that has the execution role with this unique id; undefined when none or several have. */
  functionOfRole(roleId: string): Promise<string | undefined>;
  rule(ruleName: string): Promise<{ readonly sql: string; readonly actions: readonly Action[] } | undefined>;
  readonly ruleOutput: RuleOutput;
  stateMachineArn(name: string): string;
}

export interface LookupClients {
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly iot: IoTClient;
  readonly s3: S3Client;
}

/** Calls once per key; a failed call is made again. */
const once = <T>(call: (key: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key: string): Promise<T> => {
    const found = known.get(key) ?? call(key);
    known.set(key, found);
    found.catch(() => known.delete(key));
    return found;
  };
};

/** Undefined for errors with one of these names. */
const unless =
  (names: readonly string[]) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error) || !names.includes(error.name)) throw error;
  };

const endpoints = (sns: SNSClient) =>
  once((SubscriptionArn) =>
    sns
      .send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
      .then(({ Attributes }) => Attributes?.['Endpoint'])
      .catch(unless(['NotFoundException'])),
  );

/**
 * SQS names the sender of a message by the unique id of its role, and Lambda sends dead letters with the execution role:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const functionsByRole = async ({ resources }: Stack, { lambda, iam }: LookupClients) => {
  const functions = new Map<string, string | undefined>();
  for (const { type, physicalId: FunctionName } of resources) {
    if (type !== 'AWS::Lambda::Function') continue;
    const { FunctionArn, Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
    const answer = await iam.send(new GetRoleCommand({ RoleName }));
    const roleId = answer.Role?.RoleId ?? '';
    functions.set(roleId, functions.has(roleId) ? undefined : FunctionArn);
  }
  return functions;
};

const rules = (iot: IoTClient) =>
  once((ruleName) =>
    iot
      .send(new GetTopicRuleCommand({ ruleName }))
      .then(({ rule }) => ({ sql: rule?.sql ?? '', actions: rule?.actions ?? [] }))
      // AWS IoT answers so for a rule that does not exist, too.
      .catch(unless(['ResourceNotFoundException', 'UnauthorizedException'])),
  );

const loadObject = (s3: S3Client) => async (Bucket: string, Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

/** Reads from AWS; nothing here changes anything. */
export const createLookups = (stack: Stack, clients: LookupClients): Lookups => {
  // arn:aws:cloudformation:us-east-1:000000000000:stack/NAME/ID
  const [, partition = '', , region = '', accountId = ''] = stack.arn.split(':');
  const byRole = once(() => functionsByRole(stack, clients));
  return {
    endpointOf: endpoints(clients.sns),
    functionOfRole: async (roleId) => (await byRole('')).get(roleId),
    rule: rules(clients.iot),
    ruleOutput: createRuleOutput({ clock: systemClock, accountId, loadObject: loadObject(clients.s3) }),
    stateMachineArn: (name) => `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`,
  };
};
