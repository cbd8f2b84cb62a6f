import { summarize } from '../../cli/demo/summary';
import { timeLimitsFor } from '../../cli/demo/time-limits';
import { FAULTS, type FaultName } from '../../simulator/agent/faults';

const METRICS = {
  ...{ stateTransitions: 13, sdkCalls: 40, readUnits: 9, writeUnits: 20, lambdaInvocations: 16, deviceMessages: 5 },
  ...{ deadLetters: 0, ruleFailures: 0, calls: {} },
};

/** The summary of one device. */
const summaryOf = (fault: FaultName, status: string, version: string, events = 3) =>
  summarize({
    faults: new Map([['sim-1', fault]]),
    events,
    outcome: { statusOf: new Map([['sim-1', status]]) },
    versions: new Map([['sim-1', version]]),
    ...{ fromVersion: '1', toVersion: '2', upgradeSeconds: 1, wallSeconds: 2 },
    metrics: METRICS,
  });

describe('the summary of the demo', () => {
  test.each(Object.keys(FAULTS) as FaultName[])('takes an upgrade with fault %s as the catalogue says', (fault) => {
    const { expected } = FAULTS[fault];
    expect(summaryOf(fault, 'SUCCEEDED', '2').unexpected).toHaveLength(expected === 'fails' ? 1 : 0);
    expect(summaryOf(fault, 'FAILED', '1').unexpected).toHaveLength(expected === 'succeeds' ? 1 : 0);
    // Whatever is expected: a thing that is not on the version of its job execution is wrong.
    expect(summaryOf(fault, 'SUCCEEDED', '1').unexpected).toHaveLength(1);
    expect(summaryOf(fault, 'FAILED', '2').unexpected).toStrictEqual([
      `sim-1: fault ${fault}, job execution FAILED, firmwareVersion 2`,
    ]);
  });

  test('counts reads per event, also when there was none', () => {
    expect(summaryOf('none', 'SUCCEEDED', '2').readUnitsPerEvent).toBe(3);
    expect(summaryOf('silent', 'FAILED', '1', 0).readUnitsPerEvent).toBe(9);
  });
});

test('the time limits of the demo leave slow devices enough time', () => {
  expect(timeLimitsFor(20, 0.1)).toStrictEqual({
    ...{
      startDownloadSeconds: 12,
      transferSeconds: 22,
      operationSeconds: 27,
      rebootSeconds: 32,
      rebootGraceSeconds: 17,
    },
  });
});
