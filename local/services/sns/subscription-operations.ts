import type {
  GetSubscriptionAttributesCommandInput,
  ListSubscriptionsByTopicCommandInput,
  SetSubscriptionAttributesCommandInput,
  SubscribeCommandInput,
  UnsubscribeCommandInput,
} from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import type { Environment } from '../../core/api';
import { invalidParameter } from './errors';
import { createSubscription, protocolOf, type Subscription } from './subscription';
import type { TopicStore } from './topic-store';

const sameAttributes = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
};

/** Subscribe, Unsubscribe, ListSubscriptions(ByTopic), Get- and SetSubscriptionAttributes. */
export const createSubscriptionOperations = (store: TopicStore, { accountId }: Environment) => {
  const summary = ({ arn, topicArn, protocol, endpoint }: Subscription) => ({
    SubscriptionArn: arn,
    TopicArn: topicArn,
    Protocol: protocol,
    Endpoint: endpoint,
    Owner: accountId,
  });
  return {
    Subscribe: ({ TopicArn, Protocol, Endpoint, Attributes = {} }: SubscribeCommandInput) => {
      const topic = store.topic(TopicArn);
      const protocol = protocolOf(Protocol);
      if (!Endpoint?.startsWith('arn:'))
        throw invalidParameter(`Endpoint: "${Endpoint}" is not the ARN of a ${protocol} endpoint`);
      const existing = [...topic.subscriptions.values()].find(
        (one) => one.protocol === protocol && one.endpoint === Endpoint,
      );
      if (existing) {
        if (sameAttributes(existing.attributes, Attributes)) return { SubscriptionArn: existing.arn };
        throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
      }
      const identity = { arn: `${topic.arn}:${randomUUID()}`, topicArn: topic.arn, protocol, endpoint: Endpoint };
      topic.subscriptions.set(identity.arn, createSubscription(identity, { ...Attributes }));
      store.changed(topic);
      return { SubscriptionArn: identity.arn };
    },
    Unsubscribe: ({ SubscriptionArn }: UnsubscribeCommandInput) => {
      const { topic, subscription } = store.subscription(SubscriptionArn);
      topic.subscriptions.delete(subscription.arn);
      store.changed(topic);
      return {};
    },
    ListSubscriptions: () => ({
      Subscriptions: store.topics().flatMap(({ subscriptions }) => [...subscriptions.values()].map(summary)),
    }),
    ListSubscriptionsByTopic: ({ TopicArn }: ListSubscriptionsByTopicCommandInput) => ({
      Subscriptions: [...store.topic(TopicArn).subscriptions.values()].map(summary),
    }),
    GetSubscriptionAttributes: ({ SubscriptionArn }: GetSubscriptionAttributesCommandInput) => {
      const { subscription } = store.subscription(SubscriptionArn);
      return {
        Attributes: {
          ...subscription.attributes,
          ...summary(subscription),
          FilterPolicyScope: subscription.scope,
          RawMessageDelivery: String(subscription.rawDelivery),
          PendingConfirmation: 'false',
        },
      };
    },
    SetSubscriptionAttributes: (input: SetSubscriptionAttributesCommandInput) => {
      const { SubscriptionArn, AttributeName = '', AttributeValue = '' } = input;
      const { topic, subscription } = store.subscription(SubscriptionArn);
      const attributes = { ...subscription.attributes, [AttributeName]: AttributeValue };
      topic.subscriptions.set(subscription.arn, createSubscription(subscription, attributes));
      store.changed(topic);
      return {};
    },
  };
};
