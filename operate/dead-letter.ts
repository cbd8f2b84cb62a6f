import * as v from 'valibot';
import type { QueuedMessage } from './queue';

/** A message of one of the two queues, by who put it there. */
export type DeadLetter = LambdaLetter | SnsLetter | EventBridgeLetter | RuleError | UnknownLetter;

export const KINDS = ['lambda', 'sns', 'eventbridge', 'rule', 'unknown'] as const;
export type Kind = (typeof KINDS)[number];

interface Letter {
  /** Why it is in the queue. */
  readonly cause: string;
  /** What it is about, for people. */
  readonly subject: string;
}

/** An event that a function failed to handle. */
export interface LambdaLetter extends Letter {
  readonly kind: 'lambda';
  readonly event: string;
  readonly requestId: string;
  /** When the event is of SNS. */
  readonly subscriptionArn?: string;
  /** The unique id of the role that sent it: the function's execution role. */
  readonly roleId: string;
}

/** A notification that SNS could not deliver. */
export interface SnsLetter extends Letter {
  readonly kind: 'sns';
  readonly subscriptionArn?: string;
  /** What the function would have got. */
  readonly event: string;
}

/** An event that EventBridge could not deliver. */
export interface EventBridgeLetter extends Letter {
  readonly kind: 'eventbridge';
  readonly event: string;
  readonly targetArn: string;
}

/** An MQTT message that an action of an IoT rule could not take. */
export interface RuleError extends Letter {
  readonly kind: 'rule';
  readonly ruleName: string;
  readonly topic: string;
  readonly clientId?: string;
  readonly payload: Buffer;
  readonly failures: readonly v.InferOutput<typeof failureSchema>[];
}

export interface UnknownLetter extends Letter {
  readonly kind: 'unknown';
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
const notificationSchema = v.looseObject({
  Type: v.literal('Notification'),
  MessageId: v.string(),
  TopicArn: v.string(),
  Subject: v.optional(v.string()),
  Message: v.string(),
  Timestamp: v.string(),
  SignatureVersion: v.optional(v.string()),
  Signature: v.optional(v.string()),
  SigningCertURL: v.optional(v.string()),
  UnsubscribeURL: v.optional(v.string()),
  MessageAttributes: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const snsEventSchema = v.object({
  Records: v.pipe(
    v.array(v.object({ EventSubscriptionArn: v.string(), Sns: v.object({ Message: v.string() }) })),
    v.minLength(1),
  ),
});

const failureSchema = v.object({ failedAction: v.string(), failedResource: v.string(), errorMessage: v.string() });

/** https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
const ruleErrorSchema = v.object({
  ruleName: v.string(),
  topic: v.string(),
  clientId: v.optional(v.string()),
  base64OriginalPayload: v.pipe(v.string(), v.base64()),
  failures: v.pipe(v.array(failureSchema), v.minLength(1)),
});

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** The words that tell events of this application apart: domain messages, events of EventBridge, outputs of rules. */
const subjectOf = (event: unknown): string => {
  const sns = v.safeParse(snsEventSchema, event);
  if (sns.success) return subjectOf(jsonOf(sns.output.Records[0]?.Sns.Message ?? ''));
  const { 'detail-type': detailType, resources, name, thingName, id, jobId, topic } = fieldsOf(event);
  const resource: unknown = Array.isArray(resources) ? resources[0] : undefined;
  const words = detailType === undefined ? [name, thingName, id ?? jobId, topic] : [detailType, resource];
  return words.filter((word) => typeof word === 'string').join(' ');
};

const subscriptionOfUrl = (unsubscribeUrl = ''): string | undefined =>
  (URL.canParse(unsubscribeUrl) ? new URL(unsubscribeUrl).searchParams.get('SubscriptionArn') : null) ?? undefined;

/** The event that Lambda makes of a notification: one record. */
const lambdaEventOf = (notification: v.InferOutput<typeof notificationSchema>, subscriptionArn: string | undefined) => {
  const { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, Subject = null, ...rest } = notification;
  const Sns = { ...rest, Subject, SigningCertUrl, UnsubscribeUrl };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns };
  return { Records: [record] };
};

const snsLetter = (notification: v.InferOutput<typeof notificationSchema>): SnsLetter => {
  const subscriptionArn = subscriptionOfUrl(notification.UnsubscribeURL);
  return {
    kind: 'sns',
    cause: 'SNS could not invoke the function; it keeps no reason',
    subject: subjectOf(jsonOf(notification.Message)),
    event: JSON.stringify(lambdaEventOf(notification, subscriptionArn)),
    ...(subscriptionArn !== undefined && { subscriptionArn }),
  };
};

const ruleError = (error: v.InferOutput<typeof ruleErrorSchema>): RuleError => {
  const { ruleName, topic, clientId, base64OriginalPayload, failures } = error;
  return {
    kind: 'rule',
    cause: failures.map(({ failedAction, errorMessage }) => `${failedAction}: ${errorMessage}`).join('; '),
    subject: topic,
    ...{ ruleName, topic, failures },
    payload: Buffer.from(base64OriginalPayload, 'base64'),
    ...(clientId !== undefined && clientId !== 'n/a' && { clientId }),
  };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const lambdaLetter = ({ body, senderId, attributes }: QueuedMessage): LambdaLetter => {
  const event = jsonOf(body);
  const sns = v.safeParse(snsEventSchema, event);
  const subscriptionArn = sns.success ? sns.output.Records[0]?.EventSubscriptionArn : undefined;
  return {
    kind: 'lambda',
    cause: attributes['ErrorMessage'] || `no message, error code ${attributes['ErrorCode'] ?? 'unknown'}`,
    subject: subjectOf(event),
    event: body,
    requestId: attributes['RequestID'] ?? '',
    roleId: senderId.split(':')[0] ?? '',
    ...(subscriptionArn !== undefined && { subscriptionArn }),
  };
};

/** Recognizes a message by its attributes and body. Never throws: what is of no known form is `unknown`. */
export const deadLetterOf = (message: QueuedMessage): DeadLetter => {
  const { body, attributes } = message;
  const event = jsonOf(body);
  if (event === undefined)
    return { kind: 'unknown', cause: 'its body is not JSON', subject: body.slice(0, 80).replaceAll(/\s+/g, ' ') };
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  const { RULE_ARN, TARGET_ARN, ERROR_CODE = 'UNKNOWN', ERROR_MESSAGE = '' } = attributes;
  if (RULE_ARN !== undefined && TARGET_ARN !== undefined)
    return {
      kind: 'eventbridge',
      cause: `${ERROR_CODE}: ${ERROR_MESSAGE}`,
      subject: subjectOf(event),
      event: body,
      targetArn: TARGET_ARN,
    };
  const notification = v.safeParse(notificationSchema, event);
  if (notification.success) return snsLetter(notification.output);
  if (attributes['RequestID'] !== undefined) return lambdaLetter(message);
  const error = v.safeParse(ruleErrorSchema, event);
  if (error.success) return ruleError(error.output);
  return {
    kind: 'unknown',
    cause: 'neither Lambda, SNS, EventBridge nor an IoT rule writes such messages',
    subject: subjectOf(event),
  };
};
