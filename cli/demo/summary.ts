import type { LocalMetrics } from '../../local/embedded-aws';
import type { JobProgress } from './follow-job';

/** The configured fault of a simulated device. */
export type Fault = 'none' | 'download' | 'boot';

export interface DemoSummary {
  readonly devices: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Devices whose outcome does not match their fault. */
  readonly unexpected: readonly string[];
  readonly wallSeconds: number;
  readonly upgradeSeconds: number;
  readonly stateTransitionsPerUpgrade: number;
  /** AWS API calls by functions, rules and state machines, per device. */
  readonly sdkCallsPerUpgrade: number;
  /** DynamoDB read units per device event, all tables. */
  readonly readUnitsPerEvent: number;
  readonly writeUnitsPerUpgrade: number;
  readonly lambdaInvocationsPerUpgrade: number;
  readonly deadLetters: number;
  readonly ruleFailures: number;
}

/** A device sends TransferComplete!, OperationComplete and Boot!; after a failed download, only the first two. */
const eventsOf = (fault: Fault) => (fault === 'download' ? 2 : 3);

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** A device is as expected if its job execution and its thing match its fault. */
export const summarize = (measured: {
  faults: ReadonlyMap<string, Fault>;
  outcome: JobProgress;
  versions: ReadonlyMap<string, string>;
  fromVersion: string;
  toVersion: string;
  metrics: LocalMetrics;
  upgradeSeconds: number;
  wallSeconds: number;
}): DemoSummary => {
  const { faults, outcome, versions, metrics } = measured;
  const devices = faults.size;
  const events = [...faults.values()].reduce((sum, fault) => sum + eventsOf(fault), 0);
  const unexpected = [...faults].flatMap(([thingName, fault]) => {
    const healthy = fault === 'none';
    const status = outcome.statusOf.get(thingName);
    const version = versions.get(thingName);
    const asExpected =
      status === (healthy ? 'SUCCEEDED' : 'FAILED') &&
      version === (healthy ? measured.toVersion : measured.fromVersion);
    return asExpected ? [] : [`${thingName}: fault ${fault}, job execution ${status}, firmwareVersion ${version}`];
  });
  const succeeded = [...outcome.statusOf.values()].filter((status) => status === 'SUCCEEDED').length;
  return {
    devices,
    succeeded,
    failed: devices - succeeded,
    unexpected,
    wallSeconds: round(measured.wallSeconds, 1),
    upgradeSeconds: round(measured.upgradeSeconds, 1),
    stateTransitionsPerUpgrade: round(metrics.stateTransitions / devices),
    sdkCallsPerUpgrade: round(metrics.sdkCalls / devices),
    readUnitsPerEvent: round(metrics.readUnits / events),
    writeUnitsPerUpgrade: round(metrics.writeUnits / devices),
    lambdaInvocationsPerUpgrade: round(metrics.lambdaInvocations / devices),
    deadLetters: metrics.deadLetters,
    ruleFailures: metrics.ruleFailures,
  };
};

/** The summary as a table. */
export const summaryLines = (summary: DemoSummary): readonly string[] => [
  '',
  `Upgraded            ${summary.succeeded} of ${summary.devices} devices`,
  `Failed              ${summary.failed}`,
  `Unexpected outcomes ${summary.unexpected.length}`,
  ...summary.unexpected.slice(0, 20).map((line) => `  ${line}`),
  `Wall time           ${summary.wallSeconds} s, of which the upgrades ${summary.upgradeSeconds} s`,
  `Per upgrade         ${summary.stateTransitionsPerUpgrade} state transitions, ${summary.sdkCallsPerUpgrade} AWS calls, ${summary.lambdaInvocationsPerUpgrade} invocations, ${summary.writeUnitsPerUpgrade} write units`,
  `Per device event    ${summary.readUnitsPerEvent} read units`,
  `Dead letters        ${summary.deadLetters}, rule failures ${summary.ruleFailures}`,
];
