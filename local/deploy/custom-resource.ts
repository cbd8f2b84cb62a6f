import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { callAs, type ResourceHandler } from './context';

const answerSchema = v.variant('Status', [
  v.object({
    Status: v.literal('SUCCESS'),
    PhysicalResourceId: v.string(),
    Data: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
  v.object({ Status: v.literal('FAILED'), Reason: v.string() }),
]);

/**
 * Custom::*: invokes the function as CloudFormation does, and waits for the answer at the response URL.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export const createCustomResource: ResourceHandler = async (context) => {
  const { logicalId, properties, resource, stackId, targets } = context;
  const serviceToken = properties.text('ServiceToken');
  const names = properties.keys();
  const ResourceProperties = Object.fromEntries(
    // CloudFormation hands every value over as text.
    names.map((name) => [
      name,
      typeof properties.optional(name) === 'object' ? properties.optional(name) : String(properties.optional(name)),
    ]),
  );
  const { url, answer } = targets.expectAnswer();
  const request = {
    RequestType: 'Create',
    ResponseURL: url,
    StackId: stackId,
    RequestId: randomUUID(),
    ResourceType: resource.Type,
    LogicalResourceId: logicalId,
    ResourceProperties,
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
