import { join } from 'node:path';
import * as v from 'valibot';
import type { BundleInput } from '../services/lambda/bundle';
import { withGlobals } from '../template/globals';
import { type Template, TemplateError } from '../template/parse-template';
import { isRecord } from '../wire/guards';
import { callAs, callUnless, type ResourceContext, type ResourceHandler } from './context';
import { PropertyReader } from './property-reader';
import { SUBSCRIPTION } from './remove';

const MEANINGLESS = [
  'Architectures',
  'Tracing',
  'CodeUri',
  'Description',
  'LoggingConfig',
  'Layers',
  'EphemeralStorage',
];

const buildSchema = v.object({
  BuildMethod: v.literal('esbuild'),
  BuildProperties: v.strictObject({
    Format: v.optional(v.string()),
    Target: v.optional(v.string()),
    MainFields: v.optional(v.string()),
    Minify: v.optional(v.boolean()),
    Sourcemap: v.optional(v.boolean()),
    External: v.optional(v.array(v.string())),
  }),
});

/**
 * What to bundle for each function of the template.
 * @throws TemplateError when a function is not built with esbuild, or with options that are not known here
 */
export const bundleInputs = (template: Template, root: string): readonly BundleInput[] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
    .map(([logicalId, resource]) => {
      const properties = new PropertyReader(logicalId, withGlobals(template, resource));
      const build = v.safeParse(buildSchema, resource.Metadata);
      if (!build.success)
        throw new TemplateError(
          `${logicalId}.Metadata: BuildMethod esbuild with known BuildProperties is needed (${v.getDotPath(build.issues[0]) ?? ''} ${build.issues[0].message}).`,
        );
      return {
        logicalId,
        codeDirectory: join(root, properties.text('CodeUri')),
        handler: properties.text('Handler'),
        properties: build.output.BuildProperties,
      };
    });

/** The subscription that SAM makes from an event of type SNS. */
const subscribe = async (context: ResourceContext, event: PropertyReader, functionArn: string) => {
  const type = event.text('Type');
  if (type !== 'SNS') throw event.problem('Type', `local mode knows events of type SNS, not ${type}.`);
  const properties = event.object('Properties');
  const TopicArn = properties.text('Topic');
  const filter = properties.optional('FilterPolicy');
  const scope = properties.optionalText('FilterPolicyScope');
  const redrive = properties.optional('RedrivePolicy');
  properties.finish();
  event.finish();
  const Attributes = {
    ...(filter !== undefined && { FilterPolicy: JSON.stringify(filter) }),
    ...(scope !== undefined && { FilterPolicyScope: scope }),
    ...(redrive !== undefined && { RedrivePolicy: JSON.stringify(redrive) }),
  };
  const input = { TopicArn, Protocol: 'lambda', Endpoint: functionArn, Attributes };
  const made = await callUnless('InvalidParameterException', context, 'sns', 'Subscribe', input);
  return made ?? replaceSubscription(context, input);
};

/** A subscription of the function that is there with other attributes. */
const replaceSubscription = async (
  context: ResourceContext,
  input: { readonly TopicArn: string; readonly Endpoint: string },
) => {
  const { Subscriptions } = await callAs(context, 'sns', 'ListSubscriptionsByTopic', { TopicArn: input.TopicArn });
  for (const one of Array.isArray(Subscriptions) ? (Subscriptions as readonly unknown[]) : [])
    if (isRecord(one) && one['Endpoint'] === input.Endpoint)
      await callAs(context, 'sns', 'Unsubscribe', { SubscriptionArn: one['SubscriptionArn'] });
  return callAs(context, 'sns', 'Subscribe', input);
};

const queueUrlOf = (context: ResourceContext, queueArn: string) =>
  callAs(context, 'sqs', 'GetQueueUrl', { QueueName: queueArn.split(':').at(-1) ?? '' }).then(({ QueueUrl }) =>
    String(QueueUrl),
  );

/** AWS::Serverless::Function: function and subscriptions. Its role is a resource of its own, see withImplicitRoles. */
export const createFunction: ResourceHandler = async (context) => {
  const { logicalId, properties, targets, generatedName, bundlePathOf } = context;
  const functionName = properties.optionalText('FunctionName') ?? generatedName(logicalId);
  const deadLetterQueue = properties.optionalObject('DeadLetterQueue');
  const queueArn = deadLetterQueue?.text('TargetArn');
  if (deadLetterQueue && deadLetterQueue.text('Type') !== 'SQS')
    throw deadLetterQueue.problem('Type', 'local mode knows SQS only.');
  const handler = properties.text('Handler');
  const { functionArn } = targets.createFunction({
    functionName,
    bundlePath: bundlePathOf(logicalId),
    exportName: handler.slice(handler.lastIndexOf('.') + 1),
    environment: properties.optionalObject('Environment')?.texts('Variables') ?? {},
    roleArn: properties.text('Role'),
    timeoutSeconds: properties.number('Timeout', 3),
    memorySize: properties.number('MemorySize', 128),
    runtime: properties.text('Runtime'),
    ...(queueArn !== undefined && { deadLetterQueueUrl: await queueUrlOf(context, queueArn) }),
  });
  const events = properties.optionalObject('Events');
  const parts: { name: string; type: string; ref: string }[] = [];
  for (const name of events?.keys() ?? []) {
    if (!events) continue;
    const { SubscriptionArn } = await subscribe(context, events.object(name), functionArn);
    parts.push({ name, type: SUBSCRIPTION, ref: String(SubscriptionArn) });
  }
  properties.meaningless(...MEANINGLESS).finish();
  return { ref: functionName, attributes: { Arn: functionArn }, parts };
};

/** AWS::Lambda::Permission: checked for shape only, local mode lets every service invoke every function. */
export const createPermission: ResourceHandler = async ({ logicalId, properties }) => {
  properties.text('FunctionName');
  properties.text('Principal');
  properties.meaningless('Action', 'SourceAccount', 'SourceArn').finish();
  return { ref: logicalId, attributes: {} };
};
