import type { LocalMetrics } from '../local/embedded-aws';
import { PRICES } from './prices';

/** Values that cannot be measured locally; the report prints them. */
export const ASSUMPTIONS = {
  /** Billed duration of a warm invocation, milliseconds; memory of the functions, GB. */
  invocationMs: 60,
  memoryGb: 0.25,
  /** Log bytes per invocation (3 lines by Lambda, 1 to 2 by the function), and per state transition at level ALL. */
  bytesPerInvocation: 900,
  bytesPerTransition: 3500,
  /** X-Ray traces one request per second and 5 % of the rest: at fleet scale 5 %. */
  tracedShare: 0.05,
} as const;

export interface CostLine {
  readonly what: string;
  /** Per upgrade. */
  readonly count: number;
  /** USD per 1,000 upgrades. */
  readonly usd: number;
}

/** Cost of upgrades, from the metrics recorded while they ran. @param devices number of upgrades in the metrics */
export const costOf = (metrics: LocalMetrics, devices: number): readonly CostLine[] => {
  const calls = (name: string) => (metrics.calls[name] ?? 0) / devices;
  const per = (what: string, count: number, price: number): CostLine => ({ what, count, usd: count * price * 1000 });
  const invocations = metrics.lambdaInvocations / devices;
  const transitions = metrics.stateTransitions / devices;
  const toDevice = calls('iotdata:Publish');
  // Each device message triggers the device message rule once, and the rule invokes its function.
  const fromDevice = metrics.deviceMessages / devices;
  const rules = fromDevice + 1;
  const logGigabytes =
    (invocations * ASSUMPTIONS.bytesPerInvocation + transitions * ASSUMPTIONS.bytesPerTransition) / 1e9;
  return [
    per('IoT Jobs: job executions', 1, PRICES.jobExecution),
    per('Step Functions: state transitions', transitions, PRICES.transition),
    per('Lambda: invocations', invocations, PRICES.invocation),
    per(
      'Lambda: GB-seconds',
      (invocations * ASSUMPTIONS.invocationMs * ASSUMPTIONS.memoryGb) / 1000,
      PRICES.gigabyteSecond,
    ),
    per('DynamoDB: write units', metrics.writeUnits / devices, PRICES.writeUnit),
    per('DynamoDB: read units', metrics.readUnits / devices, PRICES.readUnit),
    per('SNS: publishes', calls('sns:Publish'), PRICES.publish),
    // A message from the cloud is billed twice: inbound and outbound.
    per('IoT Core: messages', fromDevice + 2 * toDevice, PRICES.message),
    per('IoT Core: rules triggered', rules, PRICES.ruleTriggered),
    per('IoT Core: rule actions', rules, PRICES.ruleAction),
    per(
      'IoT Core: registry operations',
      calls('iot:UpdateThing') + calls('iot:DescribeThing'),
      PRICES.registryOperation,
    ),
    // UpdateThing, plus a disconnect and a connect.
    per('Fleet indexing: updates', calls('iot:UpdateThing') + 2, PRICES.indexUpdate),
    per('Fleet indexing: queries', calls('iot:GetThingConnectivityData'), PRICES.indexQuery),
    per('CloudWatch: GB of logs', logGigabytes, PRICES.logGigabyte),
    per('X-Ray: traces', (fromDevice + 1) * ASSUMPTIONS.tracedShare, PRICES.trace),
  ];
};
