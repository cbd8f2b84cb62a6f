import type { Environment, Report, ServiceModule } from '../../core/api';
import type { Clock } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';
import { createDelivery, type DeliveryTargets } from './delivery';
import { createPublish } from './publish';
import { createSubscriptionOperations } from './subscription-operations';
import { createTopicOperations } from './topic-operations';
import { createTopicStore } from './topic-store';

interface SnsDependencies extends DeliveryTargets {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly report: Report;
  readonly store?: Store;
}

/** Topics are IAM resources; operations on a subscription are authorized for its topic. */
const topicArnOf = ({
  TopicArn,
  TargetArn,
  SubscriptionArn,
}: Readonly<Record<string, unknown>>): string | undefined => {
  if (typeof TopicArn === 'string') return TopicArn;
  if (typeof TargetArn === 'string') return TargetArn;
  return typeof SubscriptionArn === 'string' ? SubscriptionArn.slice(0, SubscriptionArn.lastIndexOf(':')) : undefined;
};

/** SNS in memory: topics, and subscriptions of functions and queues with filter policies. */
export const createSnsService = (dependencies: SnsDependencies): ServiceModule => {
  const { clock, environment, report, store: kept = createMemoryStore(), ...targets } = dependencies;
  const arnOf = (name: string) => `arn:aws:sns:${environment.region}:${environment.accountId}:${name}`;
  const store = createTopicStore(arnOf, kept);
  return {
    service: 'sns',
    operations: {
      ...createTopicOperations(store, environment),
      ...createSubscriptionOperations(store, environment),
      Publish: createPublish(store, clock, createDelivery(targets, report)),
    },
    resourcesOf: (operation, input) => {
      if (operation === 'CreateTopic' && typeof input['Name'] === 'string') return [arnOf(input['Name'])];
      return [topicArnOf(input) ?? '*'];
    },
  };
};
