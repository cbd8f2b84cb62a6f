import { ASSUMPTIONS } from '../bench/cost';
import type { LocalMetrics } from '../local/embedded-aws';
import type { QuotaName } from './quotas';

/** What a successful upgrade in one phase calls. A test holds it, but for writes, against the embedded AWS. */
export const CALLS_PER_UPGRADE = {
  'states:StartExecution': 1,
  'dynamodb:UpdateItem': 9,
  'dynamodb:GetItem': 3,
  'iot:DescribeThing': 1,
  'iot:GetThingConnectivityData': 1,
  'iot:UpdateThing': 1,
  'sns:Publish': 6,
  'lambda:Invoke': 3,
  'iotdata:Publish': 1,
  'states:SendTaskSuccess': 4,
  'iot-jobs-data:UpdateJobExecution': 2,
} as const satisfies Readonly<Record<string, number>>;

/** What an upgrade takes besides: the counts that `npm run bench` prints of its larger fleet. */
export const PER_UPGRADE = {
  stateTransitions: 14,
  lambdaInvocations: 15,
  /** MQTT messages of the device. */
  deviceMessages: 5,
  writeUnits: 17,
  readUnits: 2.5,
} as const;

/** IoT Jobs tells the device of the job, and the rule starts its workflow. */
const NOTIFICATIONS = 1;

/** How much of each quota one upgrade takes: per second of a rate, or seconds for which it holds one of a level. */
export const demandOf = (deviceSeconds: number): Readonly<Record<QuotaName, number>> => {
  const { stateTransitions, lambdaInvocations, deviceMessages, writeUnits, readUnits } = PER_UPGRADE;
  const calls = CALLS_PER_UPGRADE;
  return {
    'jobs-rollout': 1,
    'update-job-execution': calls['iot-jobs-data:UpdateJobExecution'],
    'start-execution': calls['states:StartExecution'],
    'state-transitions': stateTransitions,
    'send-task': calls['states:SendTaskSuccess'],
    'open-executions': deviceSeconds,
    'describe-thing': calls['iot:DescribeThing'],
    connectivity: calls['iot:GetThingConnectivityData'],
    'update-thing': calls['iot:UpdateThing'],
    'publish-in': deviceMessages + calls['iotdata:Publish'] + NOTIFICATIONS,
    'publish-out': calls['iotdata:Publish'] + NOTIFICATIONS,
    rules: deviceMessages + NOTIFICATIONS,
    'sns-publish': calls['sns:Publish'],
    'lambda-concurrency': (lambdaInvocations * ASSUMPTIONS.invocationMs) / 1000,
    'dynamodb-write': writeUnits,
    'dynamodb-read': readUnits,
  };
};

/** The metrics of one upgrade, for its cost. */
export const metricsOfOne = (): LocalMetrics => ({
  ...PER_UPGRADE,
  calls: CALLS_PER_UPGRADE,
  sdkCalls: Object.values(CALLS_PER_UPGRADE).reduce((sum, count) => sum + count, 0),
  ...{ deadLetters: 0, ruleFailures: 0 },
});
