import type { QueuedMessage } from '../../../operate/queue';

export const SUBSCRIPTION =
  'arn:aws:sns:us-east-1:123456789012:wme-EventsSNSTopic:c7fe3a54-ab0e-4ec2-88e0-db410a0f2bee';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:wme-StopWorkflowFunction-x';
export const SENT_AT = Date.UTC(2026, 0, 1);

export const queued = (fields: Partial<QueuedMessage> & { readonly body: string }): QueuedMessage => ({
  ...{ messageId: '7aebbca3-bb46-4c09-b7c9-b4b8c39344ad', receiptHandle: 'handle', sentAt: SENT_AT },
  ...{ senderId: 'AIDAIENQZJOLO23YVJ4VO', attributes: {} },
  ...fields,
});

const domainMessage = JSON.stringify({ name: 'START_UPGRADE', id: 'job.1', thingName: 'sim-1' });

/** A notification as queues get it: https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
export const notification = {
  Type: 'Notification',
  MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:wme-EventsSNSTopic',
  Message: domainMessage,
  Timestamp: '2012-03-29T05:12:16.901Z',
  SignatureVersion: '1',
  Signature: 'EXAMPLEnTrFPa3...',
  SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
  UnsubscribeURL: `https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${SUBSCRIPTION}`,
};

/** An event of SNS as functions get it: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const snsEvent = {
  Records: [
    {
      EventVersion: '1.0',
      EventSubscriptionArn: SUBSCRIPTION,
      EventSource: 'aws:sns',
      Sns: {
        Type: 'Notification',
        MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:wme-EventsSNSTopic',
        Subject: null,
        Message: domainMessage,
        Timestamp: '2019-01-02T12:45:07.000Z',
        MessageAttributes: {},
      },
    },
  ],
};

/**
 * A dead letter of Lambda: the event as it was, and three attributes.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * Its sender is a session of the execution role: the role's id, and a name that Lambda gives.
 */
export const lambdaLetter = (event: object = snsEvent) =>
  queued({
    body: JSON.stringify(event),
    senderId: 'AROAS74TML24X5WYYCV5Y:awslambda_215_20261009164326292',
    attributes: {
      RequestID: '045aed0d-5e0a-4e8d-96dc-2a992a1cf962',
      ErrorCode: '200',
      ErrorMessage: '1 of 1 records failed: ThrottlingException: Rate exceeded',
    },
  });

/** A dead letter of a subscription: the notification, without attributes of its own. */
export const snsLetter = (fields: object = {}) => queued({ body: JSON.stringify({ ...notification, ...fields }) });

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const event = {
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '123456789012',
  time: '2019-02-26T19:42:21Z',
  region: 'us-east-1',
  resources: ['arn:aws:states:us-east-1:123456789012:execution:wme-FirmwareUpgrade:e1'],
  detail: { status: 'FAILED' },
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
export const eventBridgeLetter = (TARGET_ARN = FUNCTION) =>
  queued({
    body: JSON.stringify(event),
    attributes: {
      RULE_ARN: 'arn:aws:events:us-east-1:123456789012:rule/wme-ExecutionEndedRule-x',
      TARGET_ARN,
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: 'The target did not allow the invocation',
      RETRY_ATTEMPTS: '0',
    },
  });

/** https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
export const ruleError = (fields: object = {}) =>
  queued({
    body: JSON.stringify({
      ruleName: 'TestAction',
      topic: 'testme/action',
      cloudwatchTraceId: '7e146a2c-95b5-6caf-98b9-50e3969734c7',
      clientId: 'iotconsole-1511213971966-0',
      base64OriginalPayload: 'ewogICJtZXNzYWdlIjogIkhlbGxvIHZyb20gQVdTIElvVCBjb25zb2xlIgp9',
      failures: [
        {
          failedAction: 'LambdaAction',
          failedResource: FUNCTION,
          errorMessage: 'Failed to invoke lambda function. Received Server error from Lambda. The error code is 403',
        },
      ],
      ...fields,
    }),
  });
