import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { ROUTES } from '../../../functions/shared/messages';
import { definitionOf } from '../../../operate/steps/definition';
import { commandInWords, requestInWords } from '../../../operate/words/commands';
import { errorInWords } from '../../../operate/words/errors';
import { historyEventInWords } from '../../../operate/words/history-events';
import { messageInWords } from '../../../operate/words/messages';
import { knownStates, NOT_BEGUN_LABEL, stateInWords, STEP_LABELS } from '../../../operate/words/states';
import { span, utc, utcAndAgo } from '../../../operate/words/times';
import { ROOT } from '../../support/template';

const definition = definitionOf(readFileSync(join(ROOT, 'statemachines', 'firmware-upgrade.asl.json'), 'utf8'));

describe('the states of the state machine in words', () => {
  test('every state has words of its own', () => {
    expect([...definition.topLevelOf.keys()].filter((state) => !knownStates().includes(state))).toEqual([]);
  });

  test('a state that is not known is shown by its name', () => {
    expect(stateInWords('Reticulate')).toEqual({ label: 'Reticulate', doing: 'is in the state Reticulate' });
  });

  test('the steps begin before the workflow, and each is named once', () => {
    expect(STEP_LABELS[0]).toBe(NOT_BEGUN_LABEL);
    expect(new Set(STEP_LABELS).size).toBe(STEP_LABELS.length);
    expect(STEP_LABELS).toContain(stateInWords('WaitForDeviceRebooted').label);
  });
});

describe('the messages of the domains in words', () => {
  test('every message has words of its own', () => {
    expect(Object.keys(ROUTES).filter((name) => messageInWords(name) === `Message ${name}`)).toEqual([]);
  });

  test('a failure gives its fault, and a boot its version', () => {
    const fault = { status: 'FAIL', faultCode: '7016', faultString: '404 Not Found' };
    expect(messageInWords('FIRMWARE_TRANSFERRED', fault)).toBe(
      'The device reports that the transfer failed (TransferComplete!): fault 7016: 404 Not Found',
    );
    expect(messageInWords('DEVICE_STARTED_DOWNLOAD_FAIL')).toBe(
      'The device was not made to download: without a reason',
    );
    expect(messageInWords('DEVICE_REBOOTED', { status: 'SUCCESS', firmwareVersion: '1.2.3' })).toBe(
      'The device runs 1.2.3 after its boot (Boot!)',
    );
    expect(messageInWords('DEVICE_REBOOTED', { status: 'FAIL' })).toBe(
      'The device booted and reports no version (Boot!), and reports no firmware update',
    );
    expect(messageInWords('NEW_ONE')).toBe('Message NEW_ONE');
  });
});

describe('commands to a device in words', () => {
  const command = { command: 'download', requestId: 'FIRMWARE-DOWNLOAD@1' } as const;

  test('the request is named as in USP', () => {
    expect(requestInWords(command)).toBe('Operate Download() is sent to the device (request FIRMWARE-DOWNLOAD@1)');
  });

  test.each([
    ['SENDING', undefined, 'Download() was sent, and the device has not answered'],
    ['SENT', undefined, 'Download() was sent, and the device has not answered'],
    ['STARTED', undefined, 'The device accepted Download()'],
    [
      'REFUSED',
      { faultCode: '7005', faultString: 'busy', isTemporary: true },
      'The device refused Download(): fault 7005: busy; it is busy, and asked again',
    ],
  ] as const)('%s', (state, fault, words) => {
    expect(commandInWords({ ...command, state, fault })).toBe(words);
    expect(commandInWords({ ...command, state, fault, isOver: true })).toBe(
      'Download() is closed: its workflow is over',
    );
  });
});

describe('events of the history in words', () => {
  const event = (fields: Partial<HistoryEvent>): HistoryEvent => ({
    id: 1,
    type: undefined,
    timestamp: new Date(0),
    ...fields,
  });

  test('a state that is entered, a message that is sent, a failure and an end', () => {
    expect(
      historyEventInWords(event({ type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'StartDownload' } })),
    ).toBe('The workflow waits for the device to accept the command to download');
    const parameters = JSON.stringify({ Message: { name: 'START_UPGRADE', firmwareVersion: '2' } });
    const scheduled = { resourceType: 'sns', resource: 'publish', region: 'r', parameters };
    expect(historyEventInWords(event({ type: 'TaskScheduled', taskScheduledEventDetails: scheduled }))).toBe(
      'The workflow asks for the download of 2',
    );
    const failed = { resourceType: 'sns', resource: 'publish', error: 'DEVICE_BUSY', cause: 'later' };
    expect(historyEventInWords(event({ type: 'TaskFailed', taskFailedEventDetails: failed }))).toBe(
      'The step failed: DEVICE_BUSY: later',
    );
    expect(historyEventInWords(event({ type: 'ExecutionAborted' }))).toBe('The workflow was stopped: without a reason');
    expect(historyEventInWords(event({ type: 'TaskStarted' }))).toBeUndefined();
  });
});

describe('errors in words', () => {
  /** Errors that the state machine itself assigns. */
  const own = [...definition.text.matchAll(/"Error": "([^"]+)"/g)].map(([, error = '']) => error);

  test('every error that the state machine assigns is explained', () => {
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((error) => errorInWords(error) === undefined)).toEqual([]);
  });

  test('an error of a device is explained whatever its code, one of AWS is not', () => {
    expect(errorInWords('FIRMWARE_TRANSFERRED.7016')?.means).toBe('the transfer failed at the device');
    expect(errorInWords('Lambda.Unknown')).toBeUndefined();
  });
});

describe('times in words', () => {
  test('a span has its two largest units', () => {
    expect([0, 400, 59_600, 7_500_000, 90_061_000, -5_000].map(span)).toEqual([
      ...['0 s', '0 s', '1 min', '2 h 5 min', '1 d 1 h', '5 s'],
    ]);
  });

  test('a time is in UTC, with how long ago it was or will be', () => {
    expect(utc(0)).toBe('1970-01-01 00:00:00 UTC');
    expect(utcAndAgo(0, 60_000)).toBe('1970-01-01 00:00:00 UTC (1 min ago)');
    expect(utcAndAgo(60_000, 0)).toBe('1970-01-01 00:01:00 UTC (in 1 min)');
  });
});
