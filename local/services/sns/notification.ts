import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Subscription } from './subscription';

/** A published message, not yet for a particular subscription. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The text for a protocol; the same for all unless MessageStructure is json. */
  readonly messageFor: (protocol: string) => string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** Placeholders: local mode has no keys to sign with. */
const SIGNATURE = { SignatureVersion: '1', Signature: 'EXAMPLE' };

const attributesOf = ({ attributes }: Notification) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        Type: DataType ?? 'String',
        Value: BinaryValue ? Buffer.from(BinaryValue).toString('base64') : (StringValue ?? ''),
      },
    ]),
  );

/** Names the subscription, which a dead letter does nowhere else. */
const unsubscribeUrl = (subscriptionArn: string) =>
  `https://sns.${subscriptionArn.split(':')[3] ?? ''}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;

/** The event that a function receives: one record, one subscription. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export const lambdaEventOf = (notification: Notification, { arn, protocol }: Subscription) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: arn,
      Sns: {
        Type: 'Notification',
        MessageId: notification.messageId,
        TopicArn: notification.topicArn,
        Subject: notification.subject ?? null,
        Message: notification.messageFor(protocol),
        Timestamp: notification.timestamp,
        ...SIGNATURE,
        SigningCertUrl: 'EXAMPLE',
        UnsubscribeUrl: unsubscribeUrl(arn),
        MessageAttributes: attributesOf(notification),
      },
    },
  ],
});

/** The body that queues and dead-letter queues receive, unless RawMessageDelivery is on. https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
export const queueBodyOf = (notification: Notification, { arn, protocol }: Subscription): string => {
  const attributes = attributesOf(notification);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: notification.messageFor(protocol),
    Timestamp: notification.timestamp,
    ...SIGNATURE,
    SigningCertURL: 'EXAMPLE',
    UnsubscribeURL: unsubscribeUrl(arn),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
  });
};
