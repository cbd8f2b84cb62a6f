import { isRecord } from '../../wire/guards';
import { invalidParameter } from './errors';
import { compileFilterPolicy, type Filter, type FilterPolicyScope } from './filter-policy';

/** Where local mode can deliver. */
export type SubscriptionProtocol = 'lambda' | 'sqs';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: SubscriptionProtocol;
  /** ARN of the function or queue. */
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly scope: FilterPolicyScope;
  /** Absent: every message passes. */
  readonly filter: Filter | undefined;
  readonly rawDelivery: boolean;
  readonly deadLetterQueueArn: string | undefined;
}

const ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy'];

const scopeOf = (scope: string | undefined): FilterPolicyScope => {
  if (scope === undefined || scope === 'MessageAttributes') return 'MessageAttributes';
  if (scope === 'MessageBody') return scope;
  throw invalidParameter(`FilterPolicyScope: "${scope}" must be MessageAttributes or MessageBody`);
};

const deadLetterQueueOf = (policy: string | undefined): string | undefined => {
  if (!policy) return undefined;
  try {
    const parsed: unknown = JSON.parse(policy);
    const arn = isRecord(parsed) ? parsed['deadLetterTargetArn'] : undefined;
    if (typeof arn === 'string' && /^arn:[^:]+:sqs:/.test(arn)) return arn;
  } catch {
    // The error below explains what is expected.
  }
  throw invalidParameter(`RedrivePolicy: must be {"deadLetterTargetArn":"arn:aws:sqs:…"}, not ${policy}`);
};

/** @throws AwsError InvalidParameterException */
export const protocolOf = (protocol: string | undefined): SubscriptionProtocol => {
  if (protocol === 'lambda' || protocol === 'sqs') return protocol;
  throw invalidParameter(`Protocol: local mode delivers to lambda and sqs, not to "${protocol}"`);
};

/** Checks and compiles the attributes of a subscription. @throws AwsError InvalidParameterException */
export const createSubscription = (
  identity: Pick<Subscription, 'arn' | 'topicArn' | 'protocol' | 'endpoint'>,
  attributes: Readonly<Record<string, string>>,
): Subscription => {
  const unknown = Object.keys(attributes).find((name) => !ATTRIBUTES.includes(name));
  if (unknown) throw invalidParameter(`AttributeName: ${unknown}; local mode supports ${ATTRIBUTES.join(', ')}`);
  const scope = scopeOf(attributes['FilterPolicyScope']);
  const policy = attributes['FilterPolicy'];
  return {
    ...identity,
    attributes,
    scope,
    filter: policy ? compileFilterPolicy(policy, scope) : undefined,
    rawDelivery: attributes['RawMessageDelivery'] === 'true',
    deadLetterQueueArn: deadLetterQueueOf(attributes['RedrivePolicy']),
  };
};
