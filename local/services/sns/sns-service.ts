import { randomUUID } from 'node:crypto';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { compileFilter, type Filter } from './filter-policy';

export interface SnsDeps {
  readonly clock: Clock;
  readonly environment: Environment;
  /** Invokes a function asynchronously. */
  readonly deliverToLambda: (functionArn: string, event: unknown) => void;
}

interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly filter: Filter;
}

const MAX_BYTES = 262_144;

/** JSON of a message body, undefined when it is not JSON: such a body passes no policy. */
const bodyOf = (message: string): unknown => {
  try {
    const body: unknown = JSON.parse(message);
    return body;
  } catch {
    return undefined;
  }
};

/** Topics with filtered subscriptions of functions. */
export const createSnsService = ({ clock, environment, deliverToLambda }: SnsDeps): ServiceModule => {
  const topics = new Map<string, Subscription[]>();
  const subscriptionsOf = (topicArn: string | undefined) => {
    const subscriptions = topics.get(topicArn ?? '');
    if (!subscriptions) throw new AwsError('NotFound', `Topic does not exist: ${topicArn}`, 404);
    return subscriptions;
  };
  const eventOf = (subscription: Subscription, MessageId: string, message: string, subject: string | undefined) => ({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId,
          TopicArn: subscription.topicArn,
          Subject: subject ?? null,
          Message: message,
          Timestamp: new Date(clock.now()).toISOString(),
          MessageAttributes: {},
        },
      },
    ],
  });
  return {
    service: 'sns',
    operations: {
      CreateTopic: ({ Name }: { readonly Name: string }) => {
        const TopicArn = `arn:aws:sns:${environment.region}:${environment.accountId}:${Name}`;
        if (!topics.has(TopicArn)) topics.set(TopicArn, []);
        return { TopicArn };
      },
      ListTopics: () => ({ Topics: [...topics.keys()].map((TopicArn) => ({ TopicArn })) }),
      Subscribe: (input: { TopicArn: string; Protocol: string; Endpoint: string; Attributes?: Record<string, string> }) => {
        const { TopicArn, Protocol, Endpoint, Attributes = {} } = input;
        const subscriptions = subscriptionsOf(TopicArn);
        if (Protocol !== 'lambda')
          throw new AwsError('InvalidParameter', `Protocol: local mode delivers to lambda, not to ${Protocol}.`);
        const policy = Attributes['FilterPolicy'];
        if (policy !== undefined && Attributes['FilterPolicyScope'] !== 'MessageBody')
          throw new AwsError('InvalidParameter', 'FilterPolicyScope: local mode knows MessageBody only.');
        const SubscriptionArn = `${TopicArn}:${randomUUID()}`;
        subscriptions.push({
          arn: SubscriptionArn,
          topicArn: TopicArn,
          protocol: Protocol,
          endpoint: Endpoint,
          attributes: Attributes,
          filter: policy === undefined ? () => true : compileFilter(JSON.parse(policy)),
        });
        return { SubscriptionArn };
      },
      ListSubscriptionsByTopic: ({ TopicArn }: { readonly TopicArn: string }) => ({
        Subscriptions: subscriptionsOf(TopicArn).map(({ arn, topicArn, protocol, endpoint }) => ({
          SubscriptionArn: arn,
          TopicArn: topicArn,
          Protocol: protocol,
          Endpoint: endpoint,
          Owner: environment.accountId,
        })),
      }),
      GetSubscriptionAttributes: ({ SubscriptionArn }: { readonly SubscriptionArn: string }) => {
        const found = [...topics.values()].flat().find(({ arn }) => arn === SubscriptionArn);
        if (!found) throw new AwsError('NotFound', `Subscription does not exist: ${SubscriptionArn}`, 404);
        return { Attributes: { ...found.attributes, SubscriptionArn, TopicArn: found.topicArn, Endpoint: found.endpoint } };
      },
      Publish: ({ TopicArn, Message, Subject }: { TopicArn: string; Message?: string; Subject?: string }) => {
        const subscriptions = subscriptionsOf(TopicArn);
        if (!Message) throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
        if (Buffer.byteLength(Message) > MAX_BYTES)
          throw new AwsError('InvalidParameter', `Invalid parameter: Message too long (${MAX_BYTES} bytes at most)`);
        const MessageId = randomUUID();
        const body = bodyOf(Message);
        for (const subscription of subscriptions)
          if (subscription.filter(body)) deliverToLambda(subscription.endpoint, eventOf(subscription, MessageId, Message, Subject));
        return { MessageId };
      },
    },
    resourcesOf: (operation, { TopicArn, SubscriptionArn, Name }) => {
      if (operation === 'CreateTopic') return [`arn:aws:sns:${environment.region}:${environment.accountId}:${String(Name)}`];
      return [typeof TopicArn === 'string' ? TopicArn : typeof SubscriptionArn === 'string' ? SubscriptionArn : '*'];
    },
  };
};
