import type {
  CreateTopicCommandInput,
  DeleteTopicCommandInput,
  GetTopicAttributesCommandInput,
  SetTopicAttributesCommandInput,
} from '@aws-sdk/client-sns';
import type { Environment } from '../../core/api';
import { invalidParameter } from './errors';
import type { TopicStore } from './topic-store';

/** CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes. */
export const createTopicOperations = (store: TopicStore, { accountId }: Environment) => ({
  CreateTopic: ({ Name = '', Attributes = {} }: CreateTopicCommandInput) => ({
    TopicArn: store.create(Name, Attributes).arn,
  }),
  DeleteTopic: ({ TopicArn }: DeleteTopicCommandInput) => {
    store.remove(TopicArn);
    return {};
  },
  ListTopics: () => ({ Topics: store.topics().map(({ arn }) => ({ TopicArn: arn })) }),
  GetTopicAttributes: ({ TopicArn }: GetTopicAttributesCommandInput) => {
    const { arn, attributes, subscriptions } = store.topic(TopicArn);
    return {
      Attributes: {
        ...attributes,
        TopicArn: arn,
        Owner: accountId,
        SubscriptionsConfirmed: String(subscriptions.size),
      },
    };
  },
  SetTopicAttributes: ({ TopicArn, AttributeName, AttributeValue = '' }: SetTopicAttributesCommandInput) => {
    if (!AttributeName) throw invalidParameter('AttributeName Reason: no value for required parameter');
    const topic = store.topic(TopicArn);
    topic.attributes[AttributeName] = AttributeValue;
    store.changed(topic);
    return {};
  },
});
