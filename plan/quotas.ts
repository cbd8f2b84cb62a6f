/**
 * What AWS limits, per account and Region. Defaults of the pages named here, of 2025; those that could not be read there are
 * `unconfirmed`: look at Service Quotas in the console before you rely on them.
 */

/** The large Regions have more than the others. */
export const REGION_KINDS = ['large', 'other'] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

const LARGE_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
export const kindOf = (region: string): RegionKind => (LARGE_REGIONS.includes(region) ? 'large' : 'other');

export const QUOTAS = [
  'jobs-rollout',
  'update-job-execution',
  'start-execution',
  'state-transitions',
  'send-task',
  'open-executions',
  'describe-thing',
  'connectivity',
  'update-thing',
  'publish-in',
  'publish-out',
  'rules',
  'sns-publish',
  'lambda-concurrency',
  'dynamodb-write',
  'dynamodb-read',
] as const;
export type QuotaName = (typeof QUOTAS)[number];

export interface Quota {
  /** As Service Quotas names it, as far as possible. */
  readonly what: string;
  /** Refill per second, or what may exist at a time (`level`), by kind of Region. */
  readonly limit: Readonly<Record<RegionKind, number>>;
  /** What a burst may take at once: of a token bucket; undefined for one second's worth. */
  readonly burst?: Readonly<Record<RegionKind, number>>;
  /** `rate` per second, or a number that may exist at a time. */
  readonly kind: 'rate' | 'level';
  readonly isAdjustable: boolean;
  readonly source: string;
  readonly isUnconfirmed?: true;
}

const GENERAL = 'https://docs.aws.amazon.com/general/latest/gr';
const SFN = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';
const both = (value: number) => ({ large: value, other: value });

export const QUOTA: Readonly<Record<QuotaName, Quota>> = {
  'jobs-rollout': {
    ...{ what: 'IoT Jobs: roll-out rate of one job (1,000 a minute)', limit: both(1000 / 60), kind: 'rate' },
    ...{ isAdjustable: false, source: `${GENERAL}/iot_device_management.html` },
  },
  'update-job-execution': {
    ...{ what: 'IoT Jobs: UpdateJobExecution', limit: both(200), kind: 'rate', isAdjustable: true },
    ...{ source: `${GENERAL}/iot_device_management.html`, isUnconfirmed: true },
  },
  'start-execution': {
    ...{ what: 'Step Functions: StartExecution', limit: { large: 300, other: 150 }, kind: 'rate' },
    ...{ burst: { large: 1300, other: 800 }, isAdjustable: true, source: SFN },
  },
  'state-transitions': {
    ...{ what: 'Step Functions: state transitions', limit: { large: 1500, other: 800 }, kind: 'rate' },
    ...{ burst: { large: 5000, other: 800 }, isAdjustable: true, source: SFN },
  },
  'send-task': {
    ...{ what: 'Step Functions: SendTaskSuccess and its siblings', limit: { large: 500, other: 300 }, kind: 'rate' },
    ...{ burst: { large: 3000, other: 1000 }, isAdjustable: true, source: SFN },
  },
  'open-executions': {
    ...{
      what: 'Step Functions: open executions',
      limit: both(1_000_000),
      kind: 'level',
      isAdjustable: true,
      source: SFN,
    },
  },
  'describe-thing': {
    ...{ what: 'IoT Core: DescribeThing', limit: both(350), kind: 'rate', isAdjustable: true },
    source: `${GENERAL}/iot-core.html`,
  },
  connectivity: {
    ...{ what: 'IoT: GetThingConnectivityData', limit: both(350), kind: 'rate', isAdjustable: true },
    source: `${GENERAL}/iot_device_management.html`,
  },
  'update-thing': {
    ...{ what: 'IoT Core: UpdateThing', limit: both(100), kind: 'rate', isAdjustable: true },
    ...{ source: `${GENERAL}/iot-core.html`, isUnconfirmed: true },
  },
  'publish-in': {
    ...{ what: 'IoT Core: inbound publishes', limit: { large: 20_000, other: 2000 }, kind: 'rate' },
    ...{ isAdjustable: true, source: `${GENERAL}/iot-core.html` },
  },
  'publish-out': {
    ...{ what: 'IoT Core: outbound publishes', limit: { large: 20_000, other: 2000 }, kind: 'rate' },
    ...{ isAdjustable: true, source: `${GENERAL}/iot-core.html`, isUnconfirmed: true },
  },
  rules: {
    ...{ what: 'IoT Core: rule evaluations', limit: { large: 20_000, other: 2000 }, kind: 'rate' },
    ...{ isAdjustable: true, source: `${GENERAL}/iot-core.html`, isUnconfirmed: true },
  },
  'sns-publish': {
    ...{ what: 'SNS: Publish', limit: { large: 9000, other: 300 }, kind: 'rate', isAdjustable: true },
    ...{ source: `${GENERAL}/sns.html`, isUnconfirmed: true },
  },
  'lambda-concurrency': {
    ...{ what: 'Lambda: concurrent executions', limit: both(1000), kind: 'level', isAdjustable: true },
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  'dynamodb-write': {
    ...{ what: 'DynamoDB: write units of a new on-demand table', limit: both(4000), kind: 'rate', isAdjustable: true },
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  },
  'dynamodb-read': {
    ...{ what: 'DynamoDB: read units of a new on-demand table', limit: both(12_000), kind: 'rate', isAdjustable: true },
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  },
};
