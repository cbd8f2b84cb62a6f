import {
  CreatePolicyCommand,
  GetPolicyCommand,
  type IoTClient,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { requestTopic, responseTopic } from '../proto/topics';

/** AWS IoT replaces this with the name of the connecting thing. */
const THING_NAME = '${iot:Connection.Thing.ThingName}';

/**
 * Least privilege for any attached thing: connect as the thing, receive its requests, publish its responses.
 * @param arnPrefix `arn:<partition>:iot:<region>:<account>`
 */
export const devicePolicy = (arnPrefix: string, controllerId: string) => {
  const request = requestTopic(THING_NAME);
  const response = responseTopic(controllerId, THING_NAME);
  const withBelow = (kind: 'topic' | 'topicfilter', topic: string) => [
    `${arnPrefix}:${kind}/${topic}`,
    `${arnPrefix}:${kind}/${topic}/*`,
  ];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: `${arnPrefix}:client/${THING_NAME}`,
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      },
      { Effect: 'Allow', Action: 'iot:Publish', Resource: withBelow('topic', response) },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: withBelow('topicfilter', request) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: withBelow('topic', request) },
    ],
  };
};

export interface EnsurePolicyOptions {
  readonly iot: IoTClient;
  readonly policyName: string;
  readonly controllerId: string;
  /** ARN of any thing of the account: has partition, region and account. */
  readonly thingArn: string;
}

/** Creates the policy unless one with this name exists. */
export const ensurePolicy = async ({ iot, policyName, controllerId, thingArn }: EnsurePolicyOptions): Promise<void> => {
  try {
    await iot.send(new GetPolicyCommand({ policyName }));
    return;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const arnPrefix = thingArn.slice(0, thingArn.indexOf(':thing/'));
  try {
    await iot.send(
      new CreatePolicyCommand({ policyName, policyDocument: JSON.stringify(devicePolicy(arnPrefix, controllerId)) }),
    );
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
};
