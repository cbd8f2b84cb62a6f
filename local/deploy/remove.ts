import { ACCOUNT_PRINCIPAL, type AwsApi, type Report } from '../core/api';
import type { StackRecord } from './stack-record';

export const SUBSCRIPTION = 'AWS::SNS::Subscription';

/** What local mode removes when it leaves the template: what would still act. */
const REMOVALS: Readonly<Record<string, (api: AwsApi, ref: string) => Promise<unknown>>> = {
  'AWS::IoT::TopicRule': (api, ruleName) => api.call('iot', 'DeleteTopicRule', { ruleName }, ACCOUNT_PRINCIPAL),
  [SUBSCRIPTION]: (api, SubscriptionArn) => api.call('sns', 'Unsubscribe', { SubscriptionArn }, ACCOUNT_PRINCIPAL),
};

/** What holds data, and stays when it leaves the template. */
const KEPT = [
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::IoT::JobTemplate',
  'AWS::IoT::Policy',
];

/** Handles what the template had at the deployment before, and has no more. Functions, roles and machines are gone by themselves. */
export const removeLeft = async (record: StackRecord, api: AwsApi, report: Report): Promise<void> => {
  for (const [id, { type, ref }] of record.left()) {
    if (type.startsWith('Custom::') || KEPT.includes(type))
      report({
        level: 'warn',
        source: 'deploy',
        message: `${id} (${type} ${ref}) is not in the template any more. Local mode keeps it; --reset empties everything.`,
      });
    else await REMOVALS[type]?.(api, ref);
    record.forget(id);
  }
};
