import type { CurrentCommand } from '../../../functions/device-management/devices';
import { explanationOf, verdictOn } from '../../../operate/explain/explain';
import { isAbout } from '../../../operate/explain/dead-letters';
import type { Facts } from '../../../operate/explain/facts';
import type { RolloutWithDocument } from '../../../operate/rollouts/describe-rollout';
import type { JobExecution } from '../../../operate/rollouts/job-execution';
import type { Workflow } from '../../../operate/steps/read-workflow';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE = 60_000;
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:wme-FirmwareUpgrade:x';

const rollout = (changes: Partial<RolloutWithDocument> = {}): RolloutWithDocument => ({
  ...{ jobId: 'FirmwareUpgrade-a', status: 'IN_PROGRESS', targetSelection: 'SNAPSHOT', targets: ['arn:group'] },
  ...{ createdAt: NOW - 10 * MINUTE, lastUpdatedAt: NOW, nextWindows: [], isRollingOut: false, configs: {} },
  counts: { QUEUED: 1, IN_PROGRESS: 0, SUCCEEDED: 0, FAILED: 0, TIMED_OUT: 0, REJECTED: 0, CANCELED: 0, REMOVED: 0 },
  document: { firmwareVersion: '1.2.3' },
  ...changes,
});
const execution = (changes: Partial<JobExecution> = {}): JobExecution => ({
  ...{ jobId: 'FirmwareUpgrade-a', status: 'QUEUED', executionNumber: 1, queuedAt: NOW - 5 * MINUTE },
  ...{ lastUpdatedAt: NOW - MINUTE, details: {} },
  ...changes,
});
const running = (state: string, changes: Partial<Workflow> = {}): Pick<Facts, 'claim' | 'workflow'> => ({
  claim: { executionArn: ARN, startedAt: NOW - 4 * MINUTE },
  workflow: {
    ...{ executionArn: ARN, status: 'RUNNING', startedAt: NOW - 4 * MINUTE },
    current: { state, within: [], enteredAt: NOW - 3 * MINUTE },
    ...changes,
  },
});
const facts = (changes: Partial<Facts> = {}): Facts => ({
  ...{ now: NOW, thingName: 'd1', jobId: 'FirmwareUpgrade-a', pending: [], deadLetters: [] },
  thing: {
    thingName: 'd1',
    attributes: { firmwareVersion: '1.2.1' },
    connectivity: { isConnected: true, since: NOW - MINUTE },
  },
  records: { device: { thingName: 'd1', facts: {}, learntAt: {} }, commands: [], jobs: [], inbox: [] },
  rollout: rollout(),
  execution: execution(),
  ...changes,
});
const without = (name: 'jobId' | 'rollout' | 'execution', changes: Partial<Facts> = {}): Facts => {
  const { [name]: _, ...rest } = facts(changes);
  return rest;
};

describe('before the workflow', () => {
  test('no roll-out concerns the device', () => {
    expect(verdictOn(without('jobId')).sentence).toBe('No roll-out of this stack concerns d1.');
  });

  test('neither thing nor roll-out exists', () => {
    const { thing: _, ...nothing } = without('jobId');
    expect(verdictOn(nothing)).toMatchObject({ kind: 'none', sentence: expect.stringContaining('no thing d1') });
  });

  test('the roll-out does not exist', () => {
    const { execution: _, ...nothing } = without('rollout');
    expect(verdictOn(nothing).sentence).toMatch(/^There is no roll-out FirmwareUpgrade-a/);
  });

  test('the roll-out is scheduled', () => {
    const startTime = '2026-11-25T13:00';
    const scheduled = rollout({ status: 'SCHEDULED', configs: { schedule: { startTime } } });
    expect(verdictOn(without('execution', { rollout: scheduled }))).toMatchObject({
      ...{ kind: 'waiting', until: NOW + 60 * MINUTE },
      sentence: expect.stringContaining('scheduled for 2026-11-25 13:00:00 UTC'),
    });
  });

  test('the device is queued behind the rate', () => {
    const slow = rollout({ isRollingOut: true, configs: { rollout: { maximumPerMinute: 5 } } });
    expect(verdictOn(without('execution', { rollout: slow }))).toMatchObject({
      ...{
        kind: 'waiting',
        sentence: expect.stringContaining('behind the rate of the roll-out of 5 devices per minute'),
      },
    });
  });

  test('the maintenance window is closed', () => {
    const windows = rollout({ nextWindows: ['2026-11-25T14:00:00Z'] });
    expect(verdictOn(without('execution', { rollout: windows }))).toMatchObject({
      ...{ kind: 'waiting', until: NOW + 120 * MINUTE },
      sentence: expect.stringMatching(
        /maintenance windows only: the next one opens 2026-11-25 14:00:00 UTC, in 2 h\.$/,
      ),
    });
  });

  test('the roll-out was cancelled before it reached the device, or never concerned it', () => {
    expect(verdictOn(without('execution', { rollout: rollout({ status: 'CANCELED' }) })).sentence).toBe(
      'Roll-out FirmwareUpgrade-a is CANCELED and gave d1 nothing.',
    );
    expect(verdictOn(without('execution'))).toMatchObject({ help: expect.stringContaining('Its targets: arn:group.') });
  });

  test('another job of the device is first', () => {
    const other = { jobId: 'other', status: 'IN_PROGRESS' as const, queuedAt: NOW - 9 * MINUTE };
    expect(verdictOn(facts({ pending: [other] }))).toMatchObject({
      ...{ kind: 'waiting', sentence: expect.stringContaining('other is IN_PROGRESS') },
      help: 'wme explain --thing d1 --job other says what that one waits for.',
    });
  });

  test('the notification is a dead letter', () => {
    const subject = '$aws/things/d1/jobs/notify-next';
    const letter = { queue: 'rule-errors' as const, subject, cause: 'throttled', sentAt: NOW };
    expect(verdictOn(facts({ deadLetters: [letter] }))).toMatchObject({
      ...{ kind: 'stuck', sentence: 'The workflow of d1 could not be started: throttled.' },
      help: expect.stringContaining('wme redrive --queue rule-errors --apply'),
    });
  });

  test('the workflow is about to begin, or should have begun long ago', () => {
    expect(verdictOn(facts({ execution: execution({ queuedAt: NOW - 1_000 }) })).kind).toBe('waiting');
    expect(verdictOn(facts())).toMatchObject({
      ...{ kind: 'stuck', sentence: expect.stringContaining('5 min ago, and no workflow has begun') },
    });
    expect(verdictOn(facts({ execution: execution({ status: 'IN_PROGRESS' }) }))).toMatchObject({ kind: 'stuck' });
  });
});

describe('in the workflow', () => {
  test.each([
    ['ClaimExecution', 'claims the attempt'],
    ['GetDevice', 'reads the thing'],
    ['GetDeviceConnectivity', 'reads whether the device is connected'],
    ['Upgrade?', 'decides whether the device can be upgraded'],
    ['StartDownload', 'waits for the device to accept the command to download'],
    ['WaitForDeviceMessages', 'waits for the device to report that it has the firmware'],
    ['IsActivationScheduled?', 'decides when the device is to boot'],
    ['GetActivationWindow', 'computes when the window'],
    ['ActivateFirmware', 'waits for the device to accept the command to activate'],
    ['WaitForDeviceRebooted', 'waits for the device to boot and to report its version'],
    ['IsFirmwareUpdateCompleted', 'compares the version'],
    ['RecordOutcome', 'waits for the job execution to get its outcome'],
    ['UpdateThing', 'writes the verified version to the registry'],
    ['PublishFirmwareUpgrade', 'publishes the success'],
    ['PublishFirmwareUpgradeFailure', 'publishes the failure'],
    ['PublishFailureToStart', 'publishes that it could not start'],
  ])('%s', (state, words) => {
    const { kind, sentence, since } = verdictOn(facts(running(state)));
    expect(kind).toBe('waiting');
    expect(sentence).toContain(`The upgrade of d1 ${words}`);
    expect(sentence).toContain(', since 2026-11-25 11:57:00 UTC (3 min)');
    expect(since).toBe(NOW - 3 * MINUTE);
  });

  const offline = { thingName: 'd1', attributes: {}, connectivity: { isConnected: false, since: NOW - MINUTE } };

  test('the device is offline, and is waited for until a time', () => {
    const workflow = running('WaitForDeviceConnected', { waitsUntil: NOW + 60 * MINUTE });
    expect(verdictOn(facts({ ...workflow, thing: offline }))).toEqual({
      ...{ kind: 'waiting', since: NOW - 3 * MINUTE, until: NOW + 60 * MINUTE },
      sentence:
        'The upgrade of d1 waits for the device to connect, since 2026-11-25 11:57:00 UTC (3 min), until 2026-11-25 13:00:00 UTC at the latest (1 h).',
      help: expect.stringContaining('It is upgraded as soon as it connects'),
    });
    expect(verdictOn(facts(workflow)).sentence).toContain('waits for the device to connect, which is connected by now');
  });

  test('the device is gone while it boots', () => {
    expect(verdictOn(facts({ ...running('WaitForDeviceRebooted'), thing: offline }))).toMatchObject({
      ...{ sentence: expect.stringContaining('to report its version: the device is offline, since') },
      help: 'The device is offline: check its power and network.',
    });
  });

  test('the device is busy, and is asked again', () => {
    const lastFailure = { error: 'DEVICE_BUSY', cause: '', at: NOW };
    expect(verdictOn(facts(running('StartDownload', { lastFailure }))).sentence).toContain(
      ': the device is busy with another command, and is asked again',
    );
    const unknown = { error: 'NOT_INTRODUCED', cause: '', at: NOW };
    expect(verdictOn(facts(running('StartDownload', { lastFailure: unknown }))).sentence).toContain(
      'has not introduced itself yet',
    );
  });

  test('the window for the activation is waited for, whether the device is online or not', () => {
    const workflow = running('WaitForActivationWindow', { waitsUntil: NOW + 90 * MINUTE });
    expect(verdictOn(facts({ ...workflow, thing: offline }))).toMatchObject({
      ...{ kind: 'waiting', until: NOW + 90 * MINUTE },
      sentence: expect.stringMatching(/waits for the window .* \(1 h 30 min\)\.$/),
    });
  });

  test('the answer to the command is missing', () => {
    const command: CurrentCommand = {
      ...{ operationId: 'FirmwareUpgrade-a.1', requestId: 'r', firmwareVersion: '1.2.3' },
      ...{
        command: 'download',
        awaitsBoot: true,
        state: 'SENT',
        askedAt: NOW,
        enteredAt: NOW,
        startedAt: NOW,
        tokens: [],
      },
    };
    const sentenceWith = (...commands: readonly CurrentCommand[]) =>
      verdictOn(facts({ ...running('StartDownload'), records: { ...facts().records, commands } })).sentence;
    expect(sentenceWith(command)).toMatch(/ Download\(\) was sent, and the device has not answered\.$/);
    const repeated: CurrentCommand = {
      ...command,
      operationId: 'FirmwareUpgrade-a.1.2',
      state: 'STARTED',
      askedAt: NOW + 1,
    };
    const another: CurrentCommand = {
      ...command,
      operationId: 'FirmwareUpgrade-a.12',
      state: 'SENT',
      askedAt: NOW + 2,
    };
    expect(sentenceWith(command, repeated, another)).toMatch(/ The device accepted Download\(\)\.$/);
  });

  test('a dead letter about the device, or a time limit that is over, means that it is stuck', () => {
    const letter = { queue: 'dead-letters' as const, subject: 'DEVICE_REBOOTED d1', cause: 'throttled', sentAt: NOW };
    expect(verdictOn(facts({ ...running('WaitForDeviceRebooted'), deadLetters: [letter] }))).toMatchObject({
      ...{ kind: 'stuck', help: expect.stringContaining('(DEVICE_REBOOTED d1: throttled)') },
    });
    const earlier = { ...letter, sentAt: NOW - 60 * MINUTE };
    expect(verdictOn(facts({ ...running('WaitForDeviceRebooted'), deadLetters: [earlier] })).kind).toBe('waiting');
    expect(verdictOn(facts(running('WaitForDeviceRebooted', { waitsUntil: NOW - MINUTE })))).toMatchObject({
      ...{ kind: 'stuck', sentence: expect.stringContaining('and its time limit is over') },
    });
  });

  test('the workflow has ended, and the job execution does not know', () => {
    const ended = running('FirmwareUpdateSuccess', { status: 'SUCCEEDED', stoppedAt: NOW - 2 * MINUTE });
    expect(verdictOn(facts(ended))).toMatchObject({
      ...{ kind: 'stuck', sentence: expect.stringContaining('has ended (SUCCEEDED)') },
      help: expect.stringContaining('wme redrive --queue dead-letters'),
    });
    const subject = 'FIRMWARE_UPGRADE_SUCCESS d1 FirmwareUpgrade-a.1';
    const letter = { queue: 'dead-letters' as const, subject, cause: 'throttled', sentAt: NOW };
    expect(verdictOn(facts({ ...ended, deadLetters: [letter] })).help).toContain(
      'The message is a dead letter (throttled)',
    );
  });

  test('the workflow is not known any more', () => {
    const { claim } = running('StartDownload');
    expect(verdictOn(facts({ ...(claim && { claim }) }))).toMatchObject({ kind: 'stuck' });
  });
});

describe('after the end', () => {
  const ended = (status: JobExecution['status'], details: JobExecution['details'] = {}, changes: Partial<Facts> = {}) =>
    verdictOn(facts({ execution: execution({ status, details }), ...changes }));

  test('upgraded, with what the registry did not take', () => {
    expect(ended('SUCCEEDED')).toMatchObject({
      kind: 'succeeded',
      sentence: expect.stringContaining('upgraded to 1.2.3'),
    });
    expect(ended('SUCCEEDED', { registry: 'not updated: Iot.Throttling' }).help).toContain('not updated');
  });

  test('failed, with step, meaning, cause and what helps', () => {
    const details = {
      step: 'WaitForDeviceRebooted',
      error: 'ROLLED_BACK',
      cause: 'The device booted into 1.2.1 instead of 1.2.3.',
    };
    expect(ended('FAILED', details)).toMatchObject({
      sentence:
        'The upgrade of d1 failed at 2026-11-25 11:59:00 UTC in the step WaitForDeviceRebooted (rebooting): the device booted, but not into the new firmware (ROLLED_BACK): The device booted into 1.2.1 instead of 1.2.3.',
      help: expect.stringMatching(/Then: wme rollout retry-failed FirmwareUpgrade-a\.$/),
    });
    expect(ended('FAILED').sentence).toContain('no error is recorded');
  });

  test('cancelled, timed out, rejected, removed', () => {
    expect(ended('CANCELED', {}, { rollout: rollout({ comment: 'wrong version' }) }).sentence).toBe(
      'The upgrade of d1 was cancelled with roll-out FirmwareUpgrade-a (wrong version).',
    );
    const aborted = rollout({ reasonCode: 'JOB_ABORTED', configs: { abort: { criteriaList: [] } } });
    expect(ended('CANCELED', {}, { rollout: aborted })).toMatchObject({
      help: expect.stringContaining('abort criteria'),
    });
    const timed = rollout({ configs: { timeout: { inProgressTimeoutInMinutes: 60 } } });
    expect(ended('TIMED_OUT', {}, { rollout: timed }).sentence).toContain('longer than the 60 minutes');
    expect(ended('REJECTED').sentence).toContain('rejected the job execution itself');
    expect(ended('REMOVED').sentence).toContain('left the group');
  });
});

describe('evidence', () => {
  test('lists connection, versions, job, workflow, waits, events, commands and dead letters', () => {
    const { evidence } = explanationOf(
      facts({
        ...running('WaitForDeviceRebooted'),
        records: {
          device: {
            ...{ thingName: 'd1', facts: { firmwareVersion: '1.2.1' }, learntAt: { firmwareVersion: NOW - MINUTE } },
            awaited: { 'FirmwareUpgrade-a.1': { token: 't', until: NOW + MINUTE } },
          },
          ...{ commands: [], jobs: [] },
          inbox: [
            {
              // The end of the operation came: it is not recorded where only its task waits for it.
              ...{ operationId: 'FirmwareUpgrade-a.1', tokens: { DOWNLOAD_OPERATION_DONE: 'o', DEVICE_REBOOTED: 't' } },
              events: { FIRMWARE_TRANSFERRED: { status: 'SUCCESS', recordedAt: NOW - MINUTE } },
              boots: [],
            },
            { operationId: 'another.1', tokens: { DEVICE_REBOOTED: 't' }, events: {}, boots: [] },
          ],
        },
      }),
    );
    expect(evidence).toEqual([
      { label: 'Connection', text: 'connected, since 2026-11-25 11:59:00 UTC (1 min ago)' },
      {
        label: 'Versions',
        text: 'registry 1.2.1, last reported 1.2.1 2026-11-25 11:59:00 UTC (1 min ago), target 1.2.3',
      },
      { label: 'Roll-out', text: 'IN_PROGRESS, created 2026-11-25 11:50:00 UTC (10 min ago)' },
      { label: 'Job execution', text: 'QUEUED, attempt 1, updated 2026-11-25 11:59:00 UTC (1 min ago)' },
      { label: 'Workflow', text: 'RUNNING, state WaitForDeviceRebooted since 2026-11-25 11:57:00 UTC (3 min ago)' },
      { label: 'Execution', text: ARN },
      { label: 'Registered waits', text: 'DEVICE_REBOOTED' },
      { label: 'Reported', text: expect.stringContaining('has transferred the firmware') },
      { label: 'Awaited', text: 'its connection, until 2026-11-25 12:01:00 UTC (in 1 min)' },
      { label: 'Last message', text: 'told firmwareVersion 2026-11-25 11:59:00 UTC (1 min ago)' },
      { label: 'Dead letters', text: 'none about this device' },
    ]);
  });

  test('a text is about a thing that it names as a whole', () => {
    expect(isAbout('{"thingName":"d1"}', 'd1')).toBe(true);
    expect(isAbout('$aws/things/d1/jobs/notify-next', 'd1')).toBe(true);
    expect(isAbout('d10 and xd1, d1-a', 'd1')).toBe(false);
    expect(isAbout('d10, d1', 'd1')).toBe(true);
  });
});
