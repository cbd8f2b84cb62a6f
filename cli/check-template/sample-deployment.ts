import { resolve, type Scope } from '../../local/template/intrinsics';
import { conditionsOf } from '../../local/template/conditions';
import { withImplicitRoles } from '../../local/template/implicit-roles';
import { withGlobals } from '../../local/template/globals';
import { parameterValues } from '../../local/template/parameters';
import type { Template } from '../../local/template/parse-template';

const PARTITION = 'aws';
const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';

/** A template resolved as if it were deployed: with the roles that SAM adds, and names and ARNs that AWS could have given. */
export interface SampleDeployment {
  readonly region: string;
  readonly accountId: string;
  readonly arn: (service: string, resource: string) => string;
  readonly arnOf: (logicalId: string) => string;
  readonly nameOf: (logicalId: string) => string;
  /** Properties of a resource, with globals, resolved. */
  readonly properties: (logicalId: string) => Readonly<Record<string, unknown>>;
}

const NAME_PROPERTIES = ['Name', 'PolicyName', 'LogGroupName', 'JobTemplateId', 'DashboardName'];

/** ARN of a resource by its type: service and what comes after the account. */
const ARNS: Readonly<Record<string, (name: string) => readonly [string, string]>> = {
  'AWS::SNS::Topic': (name) => ['sns', name],
  'AWS::SQS::Queue': (name) => ['sqs', name],
  'AWS::Serverless::Function': (name) => ['lambda', `function:${name}`],
  'AWS::Serverless::StateMachine': (name) => ['states', `stateMachine:${name}`],
  'AWS::DynamoDB::Table': (name) => ['dynamodb', `table/${name}`],
  'AWS::Logs::LogGroup': (name) => ['logs', `log-group:${name}:*`],
  'AWS::IoT::TopicRule': (name) => ['iot', `rule/${name}`],
  'AWS::Events::Rule': (name) => ['events', `rule/${name}`],
  'AWS::IoT::Policy': (name) => ['iot', `policy/${name}`],
};

/** Types whose Ref is their ARN. */
const REF_IS_ARN = new Set(['AWS::SNS::Topic', 'AWS::Serverless::StateMachine']);

/** @param parameters overrides of the template's defaults @throws TemplateError */
export const sampleDeployment = (
  source: Template,
  stackName = 'wme',
  parameters: Readonly<Record<string, string>> = {},
): SampleDeployment => {
  const template = withImplicitRoles(source);
  const values = parameterValues(template, parameters);
  const arn = (service: string, resource: string) => `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT}:${resource}`;
  const nameOf = (logicalId: string): string => {
    const { Properties = {}, Type = '' } = template.Resources[logicalId] ?? {};
    const named = NAME_PROPERTIES.map((property) => Properties[property]).find((value) => value !== undefined);
    if (named !== undefined) return String(resolve(named, scope, logicalId));
    return Type === 'AWS::S3::Bucket' ? `${stackName}-${logicalId}`.toLowerCase() : `${stackName}-${logicalId}`;
  };
  const arnOf = (logicalId: string): string => {
    const type = template.Resources[logicalId]?.Type ?? '';
    const name = nameOf(logicalId);
    if (type === 'AWS::S3::Bucket') return `arn:${PARTITION}:s3:::${name}`;
    if (type === 'AWS::IAM::Role') return `arn:${PARTITION}:iam::${ACCOUNT}:role/${name}`;
    const [service, resource] = ARNS[type]?.(name) ?? ['unknown', name];
    return arn(service, resource);
  };
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': PARTITION,
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
    'AWS::StackName': stackName,
    'AWS::StackId': arn('cloudformation', `stack/${stackName}/1`),
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const refOf = (logicalId: string): string | undefined => {
    const type = template.Resources[logicalId]?.Type;
    if (type === undefined) return undefined;
    if (type === 'AWS::SQS::Queue') return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${nameOf(logicalId)}`;
    return REF_IS_ARN.has(type) ? arnOf(logicalId) : nameOf(logicalId);
  };
  const scope: Scope = {
    ref: (name) => pseudo[name] ?? values[name] ?? refOf(name),
    getAtt: (logicalId, attribute) => {
      if (!(logicalId in template.Resources)) return undefined;
      if (attribute === 'Arn') return arnOf(logicalId);
      return attribute.endsWith('Name') ? nameOf(logicalId) : `${logicalId}.${attribute}`;
    },
    condition: (name) => conditions(name),
  };
  const conditions = conditionsOf(template, scope);
  return {
    region: REGION,
    accountId: ACCOUNT,
    arn,
    arnOf,
    nameOf,
    properties: (logicalId) => {
      const resource = template.Resources[logicalId];
      const resolved = resource && resolve(withGlobals(template, resource), scope, logicalId);
      return Object.fromEntries(Object.entries(resolved ?? {}));
    },
  };
};
