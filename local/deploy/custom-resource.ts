import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isRecord } from '../wire/guards';
import { callAs, isUnchanged, type ResourceHandler } from './context';

const answerSchema = v.variant('Status', [
  v.object({
    Status: v.literal('SUCCESS'),
    PhysicalResourceId: v.string(),
    Data: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
  v.object({ Status: v.literal('FAILED'), Reason: v.string() }),
]);

/** CloudFormation hands every value over as text. */
const asTexts = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? value : String(value)]),
  );

/**
 * Custom::*: invokes the function as CloudFormation does, and waits for the answer at the response URL.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export const createCustomResource: ResourceHandler = async (context) => {
  const { logicalId, properties, resource, stackId, targets, previous } = context;
  const serviceToken = properties.text('ServiceToken');
  const names = properties.keys();
  if (previous && isUnchanged(context)) {
    for (const name of names) properties.optional(name);
    return previous;
  }
  const { url, answer } = targets.expectAnswer();
  const request = {
    RequestType: previous ? 'Update' : 'Create',
    ResponseURL: url,
    StackId: stackId,
    RequestId: randomUUID(),
    ResourceType: resource.Type,
    LogicalResourceId: logicalId,
    ResourceProperties: asTexts(Object.fromEntries(names.map((name) => [name, properties.optional(name)]))),
    ...(previous && {
      PhysicalResourceId: previous.ref,
      OldResourceProperties: asTexts(isRecord(previous.properties) ? previous.properties : {}),
    }),
  };
  const Payload = Buffer.from(JSON.stringify(request));
  const { FunctionError, Payload: failure } = await callAs(context, 'lambda', 'Invoke', {
    FunctionName: serviceToken,
    Payload,
  });
  if (FunctionError !== undefined)
    throw properties.problem(
      'ServiceToken',
      `the function failed: ${failure instanceof Uint8Array ? Buffer.from(failure).toString() : ''}`,
    );
  const parsed = v.safeParse(answerSchema, await answer);
  if (!parsed.success)
    throw properties.problem('ServiceToken', 'the function answered with something CloudFormation does not accept.');
  if (parsed.output.Status === 'FAILED')
    throw properties.problem('ServiceToken', `the function answered FAILED: ${parsed.output.Reason}`);
  const { PhysicalResourceId, Data } = parsed.output;
  const attributes = Object.fromEntries(Object.entries(Data).map(([name, value]) => [name, String(value)]));
  return { ref: PhysicalResourceId, attributes };
};
