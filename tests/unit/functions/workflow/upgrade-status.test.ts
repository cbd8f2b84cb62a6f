import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  startWait,
  isWait,
  upgradeStatus,
  WAIT_NOT_REGISTERED,
} from '../../../../functions/workflow/upgrade-status/upgrade-status';
import { WAITS, type Wait } from '../../../../functions/workflow/upgrade-status/inbox';
import { ROOT } from '../../../support/template';
import { fakeInbox } from '../support/fake-inbox';
import { fakeLog, fakeTasks } from '../support/fakes';

const ID = 'job-1.1';
const OPERATION = { id: ID, operationId: ID, thingName: 'sim-1' };

const world = () => {
  const { tasks, settled } = fakeTasks();
  const { inbox, calls } = fakeInbox();
  let now = 0;
  const deps = { inbox, tasks, now: () => now++ };
  const { log, lines } = fakeLog();
  const handle = upgradeStatus(deps);
  const wait = startWait(deps, log);
  return {
    settled,
    calls,
    lines,
    deps,
    handle: (message: Parameters<typeof handle>[0]) => handle(message, log),
    wait: (name: Wait, token: string, operationId = ID) =>
      wait({ wait: { name, operationId, thingName: 'sim-1', token, executionArn: 'arn:e' } }),
  };
};

/** A machine that waits for transfer and operation, then for the boot, each with a token of its own. */
const waiting = async () => {
  const w = world();
  const downloads = ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE'] as const;
  for (const name of downloads) await w.wait(name, name);
  let isBootAwaited = false;
  const handle: typeof w.handle = async (message) => {
    await w.handle(message);
    const tokens = w.settled.map(({ token }) => token);
    if (isBootAwaited || !downloads.every((name) => tokens.includes(name))) return;
    isBootAwaited = true;
    await w.wait('DEVICE_REBOOTED', 'DEVICE_REBOOTED');
  };
  return { ...w, handle };
};

const TRANSFERRED = { name: 'FIRMWARE_TRANSFERRED', ...OPERATION, status: 'SUCCESS' } as const;
const DONE = { name: 'DOWNLOAD_OPERATION_DONE', ...OPERATION, status: 'SUCCESS' } as const;
const BOOT = { name: 'DEVICE_REBOOTED', ...OPERATION, status: 'SUCCESS', firmwareVersion: '1.2.3' } as const;

describe('UpgradeStatusReceivedFunction', () => {
  test('settles the waiting task with status, event and token', async () => {
    const { handle, wait, settled } = world();
    await wait('FIRMWARE_TRANSFERRED', 't');
    expect(settled).toEqual([]);
    await handle(TRANSFERRED);
    expect(settled).toEqual([{ token: 't', output: { status: 'SUCCESS', event: 'FIRMWARE_TRANSFERRED', token: 't' } }]);
  });

  test('fails the waiting task with the fault code', async () => {
    const { handle, wait, settled } = world();
    await wait('FIRMWARE_TRANSFERRED', 't');
    await handle({ ...TRANSFERRED, status: 'FAIL', faultCode: '7002', faultString: 'no file' });
    expect(settled).toEqual([{ token: 't', error: 'FIRMWARE_TRANSFERRED.7002', cause: '7002: no file' }]);
  });

  test('hands the version of a boot over, whatever its status: the state machine compares it (defect 3)', async () => {
    const { handle, wait, settled } = world();
    await wait('DEVICE_REBOOTED', 't');
    await handle({ ...BOOT, status: 'FAIL', firmwareVersion: '1.2.1' });
    expect(settled).toEqual([
      { token: 't', output: { status: 'FAIL', event: 'DEVICE_REBOOTED', token: 't', newFirmwareVersion: '1.2.1' } },
    ]);
  });

  test('keeps an event that came before its wait, and settles the wait with it at once (defect 2)', async () => {
    const { handle, wait, settled } = world();
    await handle(DONE);
    expect(settled).toEqual([]);
    await wait('DOWNLOAD_OPERATION_DONE', 'late');
    expect(settled).toEqual([
      { token: 'late', output: { status: 'SUCCESS', event: 'DOWNLOAD_OPERATION_DONE', token: 'late' } },
    ]);
  });

  test('answers a repeated event with what was recorded first', async () => {
    const { handle, wait, settled } = world();
    await handle(BOOT);
    await handle({ ...BOOT, status: 'FAIL', firmwareVersion: '9' });
    await wait('DEVICE_REBOOTED', 't');
    expect(settled).toMatchObject([{ output: { newFirmwareVersion: '1.2.3' } }]);
  });

  test('settles the newer of two tokens of one wait: Step Functions makes a new one for each retry', async () => {
    const { handle, wait, settled } = world();
    await wait('DEVICE_REBOOTED', 'first');
    await wait('DEVICE_REBOOTED', 'second');
    await handle(BOOT);
    expect(settled).toMatchObject([{ token: 'second' }]);
  });

  test('ends every wait with a boot, as the device will not report more of the download', async () => {
    const { handle, settled } = await waiting();
    await handle(BOOT);
    expect(settled).toMatchObject(
      WAITS.map((token) => ({ token, output: { event: 'DEVICE_REBOOTED', newFirmwareVersion: '1.2.3' } })),
    );
  });

  test('ends the wait for the transfer with an operation that succeeded, not with one that failed', async () => {
    const succeeds = await waiting();
    await succeeds.handle(DONE);
    expect(succeeds.settled).toMatchObject([{ token: 'FIRMWARE_TRANSFERRED' }, { token: 'DOWNLOAD_OPERATION_DONE' }]);
    const fails = await waiting();
    await fails.handle({ ...DONE, status: 'FAIL', faultCode: '7022' });
    expect(fails.settled).toMatchObject([{ token: 'DOWNLOAD_OPERATION_DONE', error: 'DOWNLOAD_OPERATION_DONE.7022' }]);
  });

  test.each([
    [TRANSFERRED, DONE, BOOT],
    [TRANSFERRED, BOOT, DONE],
    [DONE, TRANSFERRED, BOOT],
    [DONE, BOOT, TRANSFERRED],
    [BOOT, TRANSFERRED, DONE],
    [BOOT, DONE, TRANSFERRED],
  ])('settles each task once when events come as $name, $name, $name', async (...messages) => {
    const { handle, settled } = await waiting();
    for (const message of messages) await handle(message);
    expect([...new Set(settled.map(({ token }) => token))].sort()).toEqual([...WAITS].sort());
    // A boot that comes before the machine waits for it may settle a task again that went on without a record.
    expect(settled.length).toBeLessThanOrEqual(WAITS.length + 1);
  });

  test('takes one call to the table for each event that comes in its turn, and two records', async () => {
    const { handle, calls } = await waiting();
    const before = calls.length;
    for (const message of [{ ...TRANSFERRED, receivedAt: 1 }, { ...DONE, receivedAt: 2 }, BOOT]) await handle(message);
    expect(calls.slice(before)).toEqual(['UpdateItem', 'GetItem', 'UpdateItem', 'GetItem']);
  });

  /** The task timed out a moment before, and another one will ask. */
  test('records a boot whose task is closed', async () => {
    const { deps, handle, wait, settled } = world();
    await wait('DEVICE_REBOOTED', 'timed out');
    await deps.tasks.fail('timed out', 'States.Timeout', '', fakeLog().log);
    await handle(BOOT);
    await wait('DEVICE_REBOOTED', 'next');
    expect(settled.at(-1)).toMatchObject({ token: 'next', output: { newFirmwareVersion: '1.2.3' } });
  });

  test.each([
    ['the transfer', { ...TRANSFERRED, receivedAt: 100 }],
    ['the end of the operation', { ...DONE, receivedAt: 100 }],
  ])('takes a boot for that of the operation if it followed %s, in whatever order they come', async (_, download) => {
    const rollback = { ...BOOT, status: 'FAIL', firmwareVersion: '1.2.1' } as const;
    for (const [ifDownloadedBy, isTaken] of [
      [99, false],
      [100, true],
    ] as const)
      for (const messages of [
        [download, { ...rollback, ifDownloadedBy }],
        [{ ...rollback, ifDownloadedBy }, download],
      ]) {
        const { handle, wait, settled } = world();
        for (const message of messages) await handle(message);
        await wait('DEVICE_REBOOTED', 'boot');
        expect(settled).toMatchObject(isTaken ? [{ output: { newFirmwareVersion: '1.2.1' } }] : []);
      }
  });

  test('measures the seconds since the first wait', async () => {
    const { handle, lines } = await waiting();
    await handle({ ...TRANSFERRED, receivedAt: 9_000 });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'measure', fields: expect.objectContaining({ TransferSeconds: 9 }) }),
    );
  });

  test('settles again when an event is delivered again, because the first attempt may have died before it did', async () => {
    const { deps, handle, wait, settled } = world();
    await wait('FIRMWARE_TRANSFERRED', 't');
    const { succeed } = deps.tasks;
    deps.tasks.succeed = () => Promise.reject(new Error('throttled'));
    await expect(handle(TRANSFERRED)).rejects.toThrow('throttled');
    await handle(BOOT).catch(() => undefined);
    deps.tasks.succeed = succeed;
    await handle(TRANSFERRED);
    expect(settled).toMatchObject([{ token: 't', output: { event: 'FIRMWARE_TRANSFERRED' } }]);
  });

  test('keeps the events of two attempts apart', async () => {
    const { handle, wait, settled } = world();
    await wait('DEVICE_REBOOTED', 'of attempt 2', 'job-1.2');
    await handle(BOOT);
    expect(settled).toEqual([]);
  });

  test('fails a wait that it cannot register or settle with the one error that the state machine retries', async () => {
    const { deps, handle, wait, settled } = world();
    await handle(BOOT);
    const { succeed } = deps.tasks;
    deps.tasks.succeed = () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    await expect(wait('DEVICE_REBOOTED', 't')).rejects.toMatchObject({
      name: WAIT_NOT_REGISTERED,
      message: 'slow down',
    });
    deps.tasks.succeed = succeed;
    await wait('DEVICE_REBOOTED', 'next');
    expect(settled).toMatchObject([{ token: 'next' }]);
  });

  test('tells a wait from an event, and refuses a wait that is malformed', async () => {
    expect(isWait({ wait: {} })).toBe(true);
    expect(isWait({ Records: [] })).toBe(false);
    const { deps } = world();
    await expect(startWait(deps, fakeLog().log)({ wait: { name: 'LUNCH' } })).rejects.toMatchObject({
      name: WAIT_NOT_REGISTERED,
    });
  });
});

test('every wait of the state machine retries that error', () => {
  const text = readFileSync(join(ROOT, 'statemachines', 'firmware-upgrade.asl.json'), 'utf8');
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  expect(count(/"wait": \{/g)).toBe(5);
  expect(count(new RegExp(`"${WAIT_NOT_REGISTERED}"`, 'g'))).toBe(5);
});
