import type { LocalMetrics } from '../../local/embedded-aws';
import { type FaultName, faultNamed } from '../../simulator/agent/faults';
import type { JobProgress } from './follow-job';

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

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** How a job execution may end with a fault. */
const expectedStatuses = (fault: FaultName): readonly string[] => {
  const { expected } = faultNamed(fault);
  return [...(expected === 'fails' ? [] : ['SUCCEEDED']), ...(expected === 'succeeds' ? [] : ['FAILED'])];
};

/** A device is as expected if its job execution matches its fault, and its thing matches its job execution. */
export const summarize = (measured: {
  faults: ReadonlyMap<string, FaultName>;
  /** How many events of upgrades the devices sent. */
  events: number;
  outcome: JobProgress;
  versions: ReadonlyMap<string, string>;
  fromVersion: string;
  toVersion: string;
  metrics: LocalMetrics;
  upgradeSeconds: number;
  wallSeconds: number;
}): DemoSummary => {
  const { faults, events, outcome, versions, metrics } = measured;
  const devices = faults.size;
  const unexpected = [...faults].flatMap(([thingName, fault]) => {
    const status = outcome.statusOf.get(thingName) ?? '';
    const version = versions.get(thingName);
    const asExpected =
      expectedStatuses(fault).includes(status) &&
      version === (status === 'SUCCEEDED' ? measured.toVersion : measured.fromVersion);
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
    readUnitsPerEvent: round(metrics.readUnits / Math.max(1, events)),
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
