import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wayThrough } from '../../../console/page/lit-states';
import { rolloutRequest } from '../../../console/page/rollout-request';
import { parseFlow } from '../../../console/server/asl-graph';
import { layoutFlow } from '../../../console/server/graph-layout';
import type { StackView } from '../../../console/shared/topics';

const graph = layoutFlow(
  parseFlow(readFileSync(join(__dirname, '../../../statemachines/firmware-upgrade.asl.json'), 'utf8')),
);
const START = ['ClaimExecution', 'GetDevice', 'GetDeviceConnectivity', 'Upgrade?', 'StartDownload'];
const WAITS = ['WaitForDeviceMessages', 'WaitForFirmwareTransferred', 'WaitForDownloadOperationResponse'];

describe('the way of a device through the state machine', () => {
  const linesOf = (entered: readonly string[]) =>
    wayThrough(graph, entered, false).taken.map(({ from, to, kind }) => `${from} ${kind} ${to}`);

  test('lights the state that it is in', () => {
    expect(wayThrough(graph, START, false)).toMatchObject({ lit: ['StartDownload'], passed: START.slice(0, -1) });
  });

  test('lights the frame and each of its branches', () => {
    expect(wayThrough(graph, [...START, ...WAITS], false)).toMatchObject({ lit: WAITS, passed: START });
    const { lit } = wayThrough(graph, [...START, ...WAITS, 'FirmwareTransferNotReported'], false);
    expect(lit).toEqual(['WaitForDeviceMessages', 'WaitForDownloadOperationResponse', 'FirmwareTransferNotReported']);
  });

  test('lights nothing when the execution is over', () => {
    expect(wayThrough(graph, START, true)).toMatchObject({ lit: [], passed: START });
  });

  test('shows the transitions that were taken: one into each state, errors where they led there', () => {
    expect(linesOf([...START, 'PublishFailureToStart'])).toEqual([
      'ClaimExecution next GetDevice',
      'GetDevice next GetDeviceConnectivity',
      'GetDeviceConnectivity next Upgrade?',
      'Upgrade? choice StartDownload',
      'StartDownload catch PublishFailureToStart',
    ]);
    expect(linesOf([...START, ...WAITS, 'FirmwareTransferNotReported']).slice(-1)).toEqual([
      'WaitForFirmwareTransferred catch FirmwareTransferNotReported',
    ]);
  });

  test('ignores states of another definition', () => {
    expect(wayThrough(graph, ['Gone', 'ClaimExecution'], false)).toMatchObject({ lit: ['ClaimExecution'], passed: [] });
  });
});

describe('the request for a roll-out', () => {
  const STACK: StackView = {
    ...{ stackName: 'wme', partition: 'aws-cn', region: 'cn-north-1', accountId: '123456789012', isLocal: false },
  };
  const requestOf = (fields: Readonly<Record<string, string>>) => {
    const form = new FormData();
    const defaults = { firmwareVersion: ' 1.2.3 ', targetKind: 'thinggroup', target: 'pilot', whenOffline: 'wait' };
    for (const [name, value] of Object.entries({ ...defaults, ...fields })) form.set(name, value);
    return rolloutRequest(form, STACK);
  };
  const BASE = { firmwareVersion: '1.2.3', targetArn: 'arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/pilot' };

  test.each([
    [{}, BASE],
    [
      { targetKind: 'thing', target: 'a' },
      { ...BASE, targetArn: 'arn:aws-cn:iot:cn-north-1:123456789012:thing/a' },
    ],
    [{ target: 'arn:aws:iot:x:1:thing/b' }, { ...BASE, targetArn: 'arn:aws:iot:x:1:thing/b' }],
    [{ whenOffline: 'fail' }, { ...BASE, whenOffline: 'fail' }],
    [
      { continuous: 'on', allowDowngrade: 'on' },
      { ...BASE, targetSelection: 'CONTINUOUS', allowDowngrade: true },
    ],
    [{ maximumPerMinute: '50' }, { ...BASE, rollout: { maximumPerMinute: 50 } }],
    [{ url: 'https://x/1' }, { ...BASE, firmware: { url: 'https://x/1' } }],
    [
      { windowStart: '02:00', windowEnd: '05:00' },
      { ...BASE, activation: { mode: 'WINDOW', window: { start: '02:00', end: '05:00' } } },
    ],
    [{ windowStart: '02:00' }, { ...BASE, activation: { mode: 'WINDOW', window: { start: '02:00', end: '' } } }],
    [
      { abortAfter: '20' },
      {
        ...BASE,
        abort: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', minNumberOfExecutedThings: 20 }] },
      },
    ],
    [
      { abortPercentage: '10', abortAfter: '20' },
      {
        ...BASE,
        abort: {
          criteriaList: [
            { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 10, minNumberOfExecutedThings: 20 },
          ],
        },
      },
    ],
  ])('for %j', (fields, expected) => {
    expect(requestOf(fields)).toEqual(expected);
  });
});
