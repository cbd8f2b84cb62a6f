import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { CurrentCommand } from '../../../functions/device-management/devices';
import { isOfAttempt } from '../../../operate/devices/records';
import { timelineOf } from '../../../operate/devices/timeline';

const command = (operationId: string, askedAt: number): CurrentCommand => ({
  ...{ operationId, command: 'download', requestId: `r${askedAt}`, firmwareVersion: '2', awaitsBoot: true },
  ...{ state: 'STARTED', askedAt, enteredAt: askedAt, startedAt: askedAt, tokens: [] },
});
const event = (type: HistoryEvent['type'], seconds: number, fields: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...{ id: seconds, type, timestamp: new Date(seconds * 1000), ...fields },
});

describe('the timeline of an attempt', () => {
  const facts = {
    operationId: 'j.1',
    execution: {
      ...{ jobId: 'j', status: 'FAILED' as const, executionNumber: 1, queuedAt: 1_000, startedAt: 3_500 },
      ...{ lastUpdatedAt: 9_000, details: {} },
    },
    events: [
      event('ExecutionStarted', 2),
      event('TaskStateEntered', 3, { stateEnteredEventDetails: { name: 'StartDownload' } }),
      event('TaskStarted', 3),
      event('ExecutionFailed', 8, { executionFailedEventDetails: { error: 'E', cause: 'C' } }),
    ],
    inbox: [
      {
        ...{ operationId: 'j.1', tokens: {}, boots: [] },
        events: {
          FIRMWARE_TRANSFERRED: { status: 'FAIL' as const, recordedAt: 5_000, faultCode: '7016' },
          DEVICE_REBOOTED: {
            status: 'FAIL' as const,
            recordedAt: 6_000,
            failed: 'ACTIVATION_FAILED',
            faultCode: '7022',
          },
        },
      },
      {
        operationId: 'j.2',
        tokens: {},
        boots: [],
        events: { FIRMWARE_TRANSFERRED: { status: 'SUCCESS' as const, recordedAt: 1 } },
      },
    ],
    commands: [command('j.1', 3_200), command('j.1.2', 7_000), command('j.10', 7_500)],
    device: {
      ...{ thingName: 'd', facts: {}, learntAt: {} },
      current: {
        ...command('j.1.2', 7_000),
        ...{
          boot: { operationId: '', firmwareUpdated: false, firmwareVersion: '1', receivedAt: 7_900 },
        },
      },
    },
  };

  test('joins job, workflow, commands and messages in the order in which they happened', () => {
    expect(timelineOf(facts).map(({ at, source, name }) => [at, source, name])).toEqual([
      [1_000, 'job', 'QUEUED'],
      [2_000, 'workflow', 'ExecutionStarted'],
      [3_000, 'workflow', 'StartDownload'],
      [3_200, 'command', 'r3200'],
      [3_500, 'job', 'IN_PROGRESS'],
      [5_000, 'device', 'FIRMWARE_TRANSFERRED'],
      [6_000, 'device', 'ACTIVATION_FAILED'],
      [7_000, 'command', 'r7000'],
      [7_900, 'device', 'Boot!'],
      [8_000, 'workflow', 'ExecutionFailed'],
      [9_000, 'job', 'FAILED'],
    ]);
  });

  test('has the reports that no record has, because only one task waited for them, and none twice', () => {
    const report = (seconds: number, output: string) =>
      event('TaskSucceeded', seconds, {
        taskSucceededEventDetails: { resourceType: 'lambda', resource: 'invoke.waitForTaskToken', output },
      });
    const of = (output: object) => JSON.stringify({ status: 'SUCCESS', token: 't', ...output });
    const events = [
      report(5, of({ event: 'FIRMWARE_TRANSFERRED' })),
      report(6, of({ event: 'DOWNLOAD_OPERATION_DONE' })),
      report(7, of({ event: 'LUNCH' })),
      report(8, 'no JSON'),
    ];
    const entries = timelineOf({ ...facts, events, commands: [] }).filter(({ source }) => source === 'device');
    expect(entries.map(({ at, name }) => [at, name])).toEqual([
      [5_000, 'FIRMWARE_TRANSFERRED'],
      [6_000, 'ACTIVATION_FAILED'],
      [6_000, 'DOWNLOAD_OPERATION_DONE'],
      [7_900, 'Boot!'],
    ]);
  });

  test('says everything in words', () => {
    const words = timelineOf(facts).map((entry) => entry.words);
    expect(words).toEqual(
      expect.arrayContaining([
        'The device reports that the transfer failed (TransferComplete!): fault 7016',
        'The device reports that the activation failed: fault 7022',
        'The device runs 1 after its boot (Boot!); it is not taken as the outcome yet',
        'The workflow failed: E: C',
        'The job execution is over: FAILED',
      ]),
    );
  });
});

test('an attempt has its own records and those that go on from it, not those of the tenth', () => {
  expect(['j.1', 'j.1.2', 'j.10', 'j', 'k.1'].map((operationId) => isOfAttempt({ operationId }, 'j.1'))).toEqual([
    ...[true, true, false, false, false],
  ]);
});
