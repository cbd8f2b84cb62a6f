import type { Store } from '../../store/store';
import { invalidParameter, notFound } from './errors';
import { createSubscription, type Subscription } from './subscription';

export interface Topic {
  readonly arn: string;
  readonly attributes: Record<string, string>;
  readonly subscriptions: Map<string, Subscription>;
}

const TOPIC_NAME = /^[A-Za-z0-9_-]{1,256}$/;

/** What of a topic and its subscriptions is saved: the rest is made of it. */
interface SavedTopic {
  readonly attributes: Record<string, string>;
  readonly subscriptions: readonly Pick<Subscription, 'arn' | 'topicArn' | 'protocol' | 'endpoint' | 'attributes'>[];
}

/** Topics with their subscriptions. @param arnOf of a topic's name */
export const createTopicStore = (arnOf: (name: string) => string, store: Store) => {
  const topics = new Map<string, Topic>();
  const kept = store.collection<SavedTopic>('sns-topics', (topicArn) => {
    const found = topics.get(topicArn);
    return (
      found && {
        attributes: found.attributes,
        subscriptions: [...found.subscriptions.values()].map(({ filter: _, ...subscription }) => subscription),
      }
    );
  });
  for (const [arn, { attributes, subscriptions }] of kept.saved) {
    const made = subscriptions.map((one) => [one.arn, createSubscription(one, one.attributes)] as const);
    topics.set(arn, { arn, attributes, subscriptions: new Map(made) });
  }
  const topic = (arn: string | undefined): Topic => {
    if (!arn) throw invalidParameter('TopicArn Reason: no value for required parameter');
    const found = topics.get(arn);
    if (!found) throw notFound(`Topic does not exist: ${arn}`);
    return found;
  };
  return {
    topics: (): readonly Topic[] => [...topics.values()],
    /** @throws AwsError InvalidParameterException, NotFoundException */
    topic,
    /** Creates the topic, or returns the existing one of that name. @throws AwsError InvalidParameterException */
    create: (name: string, attributes: Readonly<Record<string, string>>): Topic => {
      if (name.endsWith('.fifo') || attributes['FifoTopic'] === 'true')
        throw invalidParameter(`Topic Name: ${name}: FIFO topics are not emulated by local mode`);
      if (!TOPIC_NAME.test(name))
        throw invalidParameter(`Topic Name: "${name}": 1 to 256 letters, digits, hyphens, underscores`);
      const arn = arnOf(name);
      const existing = topics.get(arn);
      if (existing) return existing;
      const created: Topic = { arn, attributes: { ...attributes }, subscriptions: new Map() };
      topics.set(arn, created);
      kept.changed(arn);
      return created;
    },
    remove: (arn: string | undefined): void => {
      if (topics.delete(arn ?? '')) kept.changed(arn ?? '');
    },
    /** Attributes or subscriptions of a topic have changed. */
    changed: ({ arn }: Topic): void => kept.changed(arn),
    /** @throws AwsError InvalidParameterException, NotFoundException */
    subscription: (arn: string | undefined): { readonly topic: Topic; readonly subscription: Subscription } => {
      // A subscription's ARN is its topic's ARN followed by an id.
      const owner = topics.get(arn?.slice(0, arn.lastIndexOf(':')) ?? '');
      const subscription = owner?.subscriptions.get(arn ?? '');
      if (!owner || !subscription) throw notFound(`Subscription does not exist: ${arn}`);
      return { topic: owner, subscription };
    },
  };
};

export type TopicStore = ReturnType<typeof createTopicStore>;
