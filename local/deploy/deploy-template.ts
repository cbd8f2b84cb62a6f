import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../core/api';
import type { DeployedStack } from '../services/cloudformation/cloudformation-service';
import { bundleFunctions } from '../services/lambda/bundle';
import { conditionsOf } from '../template/conditions';
import { withGlobals } from '../template/globals';
import { withImplicitRoles } from '../template/implicit-roles';
import { resolve, type Scope } from '../template/intrinsics';
import { parameterValues } from '../template/parameters';
import { parseTemplate, TemplateError } from '../template/parse-template';
import { creationOrder } from '../template/plan';
import type { CreatedResource, DeployTargets, ResourceHandler } from './context';
import { createCustomResource } from './custom-resource';
import { createEventRule } from './events';
import { bundleInputs, createFunction, createPermission } from './functions';
import { createIotPolicy, createJobTemplate } from './iot';
import { createQueue, createRule, createTopic } from './messaging';
import { generatedName } from './names';
import { PropertyReader } from './property-reader';
import { removeLeft } from './remove';
import type { StackRecord } from './stack-record';
import { createBucket, createTable } from './storage';
import { createRole, createStateMachine } from './workflow';

/** Resources that exist for people who operate on AWS; nothing on a laptop depends on them. */
const meaningless: ResourceHandler = async ({ logicalId }) => ({
  ref: logicalId,
  attributes: { Arn: `arn:aws:local:::${logicalId}` },
});

const HANDLERS: Readonly<Record<string, ResourceHandler>> = {
  'AWS::Serverless::Function': createFunction,
  'AWS::Lambda::Permission': createPermission,
  'AWS::Serverless::StateMachine': createStateMachine,
  'AWS::IAM::Role': createRole,
  'AWS::SNS::Topic': createTopic,
  'AWS::SQS::Queue': createQueue,
  'AWS::IoT::TopicRule': createRule,
  'AWS::IoT::JobTemplate': createJobTemplate,
  'AWS::IoT::Policy': createIotPolicy,
  'AWS::DynamoDB::Table': createTable,
  'AWS::S3::Bucket': createBucket,
  'AWS::Events::Rule': createEventRule,
  'AWS::SNS::TopicPolicy': meaningless,
  'AWS::SQS::QueuePolicy': meaningless,
  'AWS::XRay::ResourcePolicy': meaningless,
  'AWS::CloudWatch::Alarm': meaningless,
  'AWS::CloudWatch::Dashboard': meaningless,
  'AWS::S3::BucketPolicy': meaningless,
  'AWS::Logs::LogGroup': meaningless,
  'AWS::ResourceGroups::Group': meaningless,
  'AWS::ApplicationInsights::Application': meaningless,
};

const handlerOf = (type: string): ResourceHandler | undefined =>
  type.startsWith('Custom::') ? createCustomResource : HANDLERS[type];

export interface DeployOptions {
  readonly templatePath: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly buildDirectory: string;
  readonly targets: DeployTargets;
}

/** What the SAM transform makes of its own types. */
const TRANSFORMED: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
};

const recordResource = (
  record: StackRecord,
  logicalId: string,
  type: string,
  { ref, attributes, parts = [] }: CreatedResource,
  properties: unknown,
) => {
  record.set(logicalId, { type, ref, attributes, properties });
  for (const part of parts)
    record.set(`${logicalId}.${part.name}`, { type: part.type, ref: part.ref, attributes: {}, properties: {} });
};

/**
 * Deploys a SAM template to the embedded services: each resource once, after those it refers to.
 * @throws TemplateError with logical id and property for anything that is wrong or cannot be honoured
 */
export const deployTemplate = async (options: DeployOptions): Promise<DeployedStack> => {
  const { templatePath, stackName, environment, buildDirectory, targets } = options;
  const root = dirname(templatePath);
  const template = withImplicitRoles(parseTemplate(await readFile(templatePath, 'utf8')));
  for (const [logicalId, { Type }] of Object.entries(template.Resources))
    if (!handlerOf(Type)) throw new TemplateError(`${logicalId}.Type: local mode does not know ${Type}.`);
  const parameters = parameterValues(template, options.parameters);
  const order = creationOrder(template);
  const bundles = await bundleFunctions(bundleInputs(template, root), buildDirectory);
  const stackId = `arn:aws:cloudformation:${environment.region}:${environment.accountId}:stack/${stackName}/local`;
  const created = new Map<string, CreatedResource>();
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': environment.region,
    'AWS::AccountId': environment.accountId,
    'AWS::StackName': stackName,
    'AWS::StackId': stackId,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const scope: Scope = {
    ref: (name) => pseudo[name] ?? parameters[name] ?? created.get(name)?.ref,
    getAtt: (logicalId, attribute) => created.get(logicalId)?.attributes[attribute],
    condition: (name) => condition(name),
  };
  const condition = conditionsOf(template, scope);
  for (const logicalId of order) {
    const resource = template.Resources[logicalId];
    const handler = resource && handlerOf(resource.Type);
    if (!resource || !handler) continue;
    if (resource.Condition !== undefined && !condition(resource.Condition)) continue;
    const resolved = resolve(withGlobals(template, resource), scope, logicalId);
    const properties = new PropertyReader(logicalId, Object.fromEntries(Object.entries(resolved ?? {})));
    try {
      const made = await handler({
        logicalId,
        resource,
        properties,
        resolved,
        previous: targets.record.previous(logicalId),
        environment,
        stackName,
        stackId,
        root,
        targets,
        generatedName: (id) => generatedName(stackName, id),
        bundlePathOf: (id) => bundles.find((bundle) => bundle.logicalId === id)?.path ?? '',
      });
      created.set(logicalId, made);
      recordResource(targets.record, logicalId, resource.Type, made, resolved);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new TemplateError(`${logicalId} (${resource.Type}): ${message}`, { cause: error });
    }
  }
  await removeLeft(targets.record, targets.api, targets.report);
  const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => [
    name,
    String(resolve(Value, scope, `Outputs.${name}`)),
  ]);
  const resources = [...created].map(([logicalId, { ref }]) => {
    const type = template.Resources[logicalId]?.Type ?? '';
    return { logicalId, physicalId: ref, type: TRANSFORMED[type] ?? type };
  });
  return {
    ...{ stackName, stackId, parameters, resources },
    outputs: Object.fromEntries(outputs) as Record<string, string>,
  };
};
