import type { MessageAttributeValue, PublishCommandInput } from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock';
import { isRecord } from '../../wire/guards';
import { invalidParameter } from './errors';
import type { Notification } from './notification';
import type { Subscription } from './subscription';
import type { TopicStore } from './topic-store';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_CHARACTERS = 100;

/** The body as JSON; undefined when it is not JSON, which no policy on the body matches. */
const jsonOf = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
};

const attributeValue = ({ DataType, StringValue }: MessageAttributeValue): unknown => {
  if (DataType === 'Number') return Number(StringValue);
  return DataType === 'String.Array' ? jsonOf(StringValue ?? '') : StringValue;
};

/** @throws AwsError InvalidParameterException when MessageStructure is json and the message lacks what that requires */
const structuredMessage = (message: string): Notification['messageFor'] => {
  const texts = jsonOf(message);
  const fallback = isRecord(texts) ? texts['default'] : undefined;
  if (!isRecord(texts) || typeof fallback !== 'string')
    throw invalidParameter('Message Structure - JSON message body must be an object with the text "default"');
  return (protocol) => {
    const own = texts[protocol];
    return typeof own === 'string' ? own : fallback;
  };
};

const passes = (
  subscription: Subscription,
  message: (protocol: string) => unknown,
  attributes: () => unknown,
): boolean => {
  if (!subscription.filter) return true;
  if (subscription.scope === 'MessageAttributes') return subscription.filter(attributes());
  const body = message(subscription.protocol);
  return body !== undefined && subscription.filter(body);
};

/** Computes a value once, when it is first needed. */
const lazily = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
};

/** Publish: checks the message and passes it to every subscription whose filter matches. */
export const createPublish =
  (store: TopicStore, clock: Clock, deliver: (notification: Notification, subscription: Subscription) => void) =>
  (input: PublishCommandInput) => {
    const { TopicArn, TargetArn, Message, Subject, MessageStructure, MessageAttributes = {} } = input;
    const arn = TopicArn ?? TargetArn;
    if (!arn) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    if (!Message) throw invalidParameter('Empty message');
    if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES)
      throw invalidParameter(`Message too long: ${Buffer.byteLength(Message)} bytes, ${MAX_MESSAGE_BYTES} at most`);
    if (Subject !== undefined && (Subject.length === 0 || Subject.length > MAX_SUBJECT_CHARACTERS))
      throw invalidParameter(`Subject: 1 to ${MAX_SUBJECT_CHARACTERS} characters`);
    const topic = store.topic(arn);
    const messageFor = MessageStructure === 'json' ? structuredMessage(Message) : () => Message;
    const notification: Notification = {
      messageId: randomUUID(),
      topicArn: topic.arn,
      subject: Subject,
      messageFor,
      attributes: MessageAttributes,
      timestamp: new Date(clock.now()).toISOString(),
    };
    // Most messages go to several filtered subscriptions: parse them once.
    const plain = lazily(() => jsonOf(Message));
    const body = MessageStructure === 'json' ? (protocol: string) => jsonOf(messageFor(protocol)) : plain;
    const attributes = lazily(() =>
      Object.fromEntries(Object.entries(MessageAttributes).map(([name, value]) => [name, attributeValue(value)])),
    );
    for (const subscription of topic.subscriptions.values())
      if (passes(subscription, body, attributes)) deliver(notification, subscription);
    return { MessageId: notification.messageId };
  };
