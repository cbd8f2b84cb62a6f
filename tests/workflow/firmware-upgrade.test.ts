import { AwsError } from '../../local/core/aws-error';
import { MAX_ORDERS, ordersOf } from '../../functions/shared/orders';
import { executionEnded } from '../../functions/workflow/execution-ended/execution-ended';
import { fakeLog, fakeTopic } from '../unit/functions/support/fakes';
import { JOB, notification, OPERATION, SUBSTITUTIONS, TARGET, THING, workflowWorld } from '../support/workflow';

type World = ReturnType<typeof workflowWorld>;

const upgradeTo = async (world: World, version: string, input?: unknown) => {
  const executionArn = await world.startAndDownload(input);
  await world.deviceReports('FIRMWARE_TRANSFERRED');
  await world.deviceReports('DOWNLOAD_OPERATION_DONE');
  await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: version });
  return executionArn;
};

/** How long the workflow waits for a boot after a failure that the boot may overrule, and for the answer to ASK_VERSION. */
const GRACE = Number(SUBSTITUTIONS['RebootGraceSeconds']) * 1000;
const INTERRUPTED = { status: 'FAIL', faultCode: '7022', faultString: 'interrupted' };

const expectFailure = (world: World, details: Readonly<Record<string, unknown>>) => {
  expect(world.outcomes()).toEqual([
    {
      id: OPERATION,
      operationId: OPERATION,
      name: 'FIRMWARE_UPGRADE_FAIL',
      thingName: THING,
      executionArn: expect.stringContaining(':execution:'),
      details: expect.objectContaining(details),
    },
  ]);
};

describe('the firmware upgrade workflow', () => {
  test('upgrades a device in at most 14 transitions, updates the thing and reports to the jobs domain', async () => {
    const world = workflowWorld();
    const executionArn = await upgradeTo(world, TARGET);
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    expect(world.outcomes()).toEqual([
      {
        id: OPERATION,
        operationId: OPERATION,
        name: 'FIRMWARE_UPGRADE_SUCCESS',
        thingName: THING,
        executionArn,
        details: { firmwareVersion: TARGET, registry: '' },
      },
    ]);
    expect(world.updatedThings).toEqual([
      { thingName: THING, attributePayload: { attributes: { firmwareVersion: TARGET }, merge: true } },
    ]);
    const path = await world.path(executionArn);
    expect(path.length).toBeLessThanOrEqual(14);
    expect(path.slice(0, 6)).toEqual([
      'ClaimExecution',
      'GetDevice',
      'GetDeviceConnectivity',
      'Upgrade?',
      'StartDownload',
      'WaitForDeviceMessages',
    ]);
  });

  test('asks the device management domain with the fields of START_UPGRADE', async () => {
    const world = workflowWorld();
    const executionArn = await world.start();
    expect(world.published).toEqual([
      {
        id: OPERATION,
        name: 'START_UPGRADE',
        thingName: THING,
        firmwareVersion: TARGET,
        executionArn,
        startedAt: new Date(world.clock.now()).toISOString(),
        enteredAt: new Date(world.clock.now()).toISOString(),
        timeLimitSeconds: 120,
        order: 1,
        connected: true,
        connectedSince: 1,
        attributes: { firmwareVersion: '1.2.1' },
        thingTypeName: '',
        jobDocument: notification().execution.jobDocument,
        token: expect.any(String),
      },
    ]);
  });

  test('takes the messages of the device in any order', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    await world.deviceReports('DOWNLOAD_OPERATION_DONE');
    await world.deviceReports('FIRMWARE_TRANSFERRED');
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('needs neither transfer nor operation message once the device reports the target version', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    expect(world.outcomes()).toHaveLength(1);
  });

  test('goes on at once with events that came before their waits (defect 2)', async () => {
    const world = workflowWorld();
    const executionArn = await world.start();
    await world.deviceReports('FIRMWARE_TRANSFERRED');
    await world.deviceReports('DOWNLOAD_OPERATION_DONE');
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
    expect(world.waits).toEqual(['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED']);
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('registers a wait again when its function fails', async () => {
    const world = workflowWorld();
    world.failures.set('lambda:Invoke', { error: new AwsError('TooManyRequestsException', 'later', 429), times: 2 });
    const executionArn = await world.startAndDownload();
    await world.clock.advance(2_000);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('reports a rolled back device as failed and leaves its thing alone (defects 3 and 7)', async () => {
    const world = workflowWorld();
    const executionArn = await upgradeTo(world, '1.2.1');
    expect(await world.describe(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'FIRMWARE_UPGRADE_FAIL.ROLLED_BACK',
    });
    expectFailure(world, { error: 'ROLLED_BACK', cause: 'The device booted into 1.2.1 instead of 1.2.3.' });
    expect(world.updatedThings).toEqual([]);
  });

  test('fails when the device boots without reporting its version', async () => {
    const world = workflowWorld();
    await world.startAndDownload();
    await world.deviceReports('DEVICE_REBOOTED');
    expectFailure(world, { error: 'VERSION_UNKNOWN' });
  });

  test.each<readonly ['FIRMWARE_TRANSFERRED' | 'DOWNLOAD_OPERATION_DONE', string, string]>([
    ['FIRMWARE_TRANSFERRED', 'FIRMWARE_TRANSFERRED.7002', '7002: not found'],
    ['DOWNLOAD_OPERATION_DONE', 'DOWNLOAD_OPERATION_DONE.7003', '7003: no memory'],
  ])('ends at once with the fault when %s reports a failure', async (event, error, cause) => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    const [faultCode = '', faultString = ''] = cause.split(': ');
    await world.deviceReports(event, { status: 'FAIL', faultCode, faultString });
    expect(await world.describe(executionArn)).toMatchObject({
      status: 'FAILED',
      error: `FIRMWARE_UPGRADE_FAIL.${error}`,
      cause,
    });
    expectFailure(world, { step: 'WaitForDeviceMessages', error, cause });
    expect(world.updatedThings).toEqual([]);
  });

  test('lets a boot into the target version overrule an operation failure 7022 that came before it', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    await world.deviceReports('DOWNLOAD_OPERATION_DONE', INTERRUPTED);
    await world.clock.advance(59_000);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  describe('when the device reports its download as cut off, and does not run the target', () => {
    const orders = (world: World) => world.published.filter(({ name }) => name === 'START_UPGRADE');
    /** The device reports the failure of an order, and is silent after that. */
    const cutOff = async (world: World, order: string) => {
      await world.deviceReports('DOWNLOAD_OPERATION_DONE', INTERRUPTED, order);
      await world.clock.advance(GRACE);
      expect(world.published.at(-1)).toMatchObject({ name: 'ASK_VERSION', id: order });
      await world.clock.advance(GRACE - 1);
      expect(world.outcomes()).toEqual([]);
      await world.clock.advance(1);
    };
    const accept = (world: World) => world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });

    test.each([1, 2])('orders it again under an id of its own, in attempt %d of the job', async (executionNumber) => {
      const world = workflowWorld();
      const first = `${JOB}.${executionNumber}`;
      const executionArn = await world.startAndDownload(notification({ executionNumber }));
      await cutOff(world, first);
      expect(orders(world)).toMatchObject([
        { id: first, order: 1 },
        { id: `${first}.2`, order: 2, enteredAt: new Date(world.clock.now()).toISOString() },
      ]);
      await accept(world);
      // What comes late of the first order is about the first order.
      await world.deviceReports('FIRMWARE_TRANSFERRED', { status: 'FAIL', faultCode: '7002' }, first);
      await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: '1.2.1' }, first);
      expect(world.outcomes()).toEqual([]);
      await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET }, `${first}.2`);
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
      expect(world.outcomes()).toMatchObject([{ name: 'FIRMWARE_UPGRADE_SUCCESS', id: first, operationId: first }]);
    });

    test('orders it three times at most, and says so', async () => {
      const world = workflowWorld();
      await world.startAndDownload();
      const [, ...further] = ordersOf(OPERATION);
      let order = OPERATION;
      for (const next of further) {
        await cutOff(world, order);
        await accept(world);
        order = next;
      }
      await cutOff(world, order);
      expect(orders(world).map(({ id }) => id)).toEqual(ordersOf(OPERATION));
      expectFailure(world, {
        step: 'WaitForDeviceMessages',
        error: 'DOWNLOAD_OPERATION_DONE.7022',
        cause: `7022: interrupted (ordered ${MAX_ORDERS} times)`,
      });
    });

    test('fails with what the device reported when nothing interrupted it', async () => {
      const world = workflowWorld();
      await world.startAndDownload();
      await cutOff(world, OPERATION);
      await world.fail(world.tokenOf('START_UPGRADE'), 'NOT_INTERRUPTED', 'not connected again');
      expectFailure(world, {
        step: 'WaitForDeviceMessages',
        error: 'DOWNLOAD_OPERATION_DONE.7022',
        cause: '7022: interrupted',
      });
    });

    test('asks once more, too, for an order that is not answered', async () => {
      const world = workflowWorld();
      await world.start();
      await world.clock.advance(120_000);
      await accept(world);
      await cutOff(world, OPERATION);
      await world.clock.advance(120_000);
      expect(orders(world).map(({ id }) => id)).toEqual([OPERATION, OPERATION, `${OPERATION}.2`, `${OPERATION}.2`]);
      expect(world.outcomes()).toEqual([]);
      await world.clock.advance(120_000);
      expectFailure(world, { step: 'StartDownload', error: 'States.Timeout' });
    });

    test('activates what a further order has downloaded', async () => {
      const world = workflowWorld();
      const activation = { mode: 'WINDOW', window: { start: '02:00', end: '05:00' } };
      const jobDocument = { ...notification().execution.jobDocument, activation };
      const executionArn = await world.startAndDownload(notification({ jobDocument }));
      await cutOff(world, OPERATION);
      await accept(world);
      await world.deviceReports('DOWNLOAD_OPERATION_DONE', {}, `${OPERATION}.2`);
      expect(world.published.at(-1)).toMatchObject({ name: 'ACTIVATE_FIRMWARE', id: `${OPERATION}.2` });
      await world.succeed(world.tokenOf('ACTIVATE_FIRMWARE'), { status: 'SUCCESS' });
      await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET }, `${OPERATION}.2`);
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    });
  });

  test('fails to start with the reason when the download is refused', async () => {
    const world = workflowWorld();
    const executionArn = await world.start();
    await world.fail(world.tokenOf('START_UPGRADE'), 'DEVICE_STARTED_DOWNLOAD_FAIL', '7022: busy');
    expect((await world.path(executionArn)).at(-1)).toBe('CannotStartFirmwareUpgrade');
    expectFailure(world, { step: 'StartDownload', error: 'DEVICE_STARTED_DOWNLOAD_FAIL', cause: '7022: busy' });
  });

  // On AWS the error output of a time-out has an empty Cause: the state machine says what happened.
  test.each([
    ['StartDownload', 120 + 120, 'PublishFailureToStart', false],
    // The boot has its own time after that of the download: it decides. Then the device is asked.
    ['WaitForDeviceRebooted', 1800 + 2700 + 60, 'PublishFirmwareUpgradeFailureOnTimeouts', true],
  ])(
    'reports to the jobs domain, with a cause, when the device is silent in %s for %d s (defect 5)',
    async (step, seconds, state, started) => {
      const world = workflowWorld();
      const executionArn = await (started ? world.startAndDownload() : world.start());
      await world.clock.advance((seconds - 1) * 1000);
      expect(world.outcomes()).toEqual([]);
      await world.clock.advance(1000);
      const cause = 'The device was silent for longer than the time limit of this step.';
      expectFailure(world, { step, error: 'States.Timeout', cause });
      expect(await world.path(executionArn)).toContain(state);
      expect(await world.describe(executionArn)).toMatchObject({ status: 'FAILED', cause });
    },
  );

  test('asks a device that was silent for too long what it runs, and takes the target version as the success', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    await world.clock.advance(1_800_000 + 2_699_000);
    expect(world.published.map(({ name }) => name)).toEqual(['START_UPGRADE']);
    await world.clock.advance(1_000);
    expect(world.published.at(-1)).toEqual({
      id: OPERATION,
      name: 'ASK_VERSION',
      thingName: THING,
      firmwareVersion: TARGET,
      executionArn,
      enteredAt: new Date(world.clock.now()).toISOString(),
      timeLimitSeconds: 60,
      attributes: { firmwareVersion: '1.2.1' },
    });
    await world.clock.advance(GRACE - 1);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    expect(world.updatedThings).toHaveLength(1);
  });

  test('takes a boot into another version that is reported after the time limit as the outcome', async () => {
    const world = workflowWorld();
    await world.startAndDownload();
    await world.clock.advance(1_800_000 + 2_700_000);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: '1.2.1' });
    expectFailure(world, { error: 'ROLLED_BACK' });
  });

  test('reports the silence of the device also when it cannot be asked', async () => {
    const world = workflowWorld();
    await world.startAndDownload();
    await world.clock.advance(1_800_000 + 2_699_000);
    world.failures.set('sns:Publish', { error: new AwsError('InternalErrorException', 'no', 500), times: 7 });
    await world.clock.advance(1_000 + 64_000);
    expectFailure(world, { step: 'WaitForDeviceRebooted', error: 'States.Timeout' });
  });

  test('lets the boot decide when the device reported neither transfer nor end of the download in time', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    await world.clock.advance(1_800_000 + 2_699_000);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test.each([
    ['FIRMWARE_TRANSFERRED', { status: 'FAIL', faultCode: '7003' }],
    ['DOWNLOAD_OPERATION_DONE', { status: 'FAIL', faultCode: '7003' }],
  ] as const)('fails at once with %s, also when the other wait has timed out', async (name, fault) => {
    const world = workflowWorld();
    const jobDocument = {
      ...notification().execution.jobDocument,
      timeLimits: name === 'FIRMWARE_TRANSFERRED' ? { operationSeconds: 5 } : { transferSeconds: 5 },
    };
    await world.startAndDownload(notification({ jobDocument }));
    await world.clock.advance(6_000);
    expect(world.outcomes()).toEqual([]);
    await world.deviceReports(name, fault);
    expectFailure(world, { step: 'WaitForDeviceMessages', error: `${name}.7003` });
  });

  test('reports a device as rolled back that says so and cannot say its version', async () => {
    const world = workflowWorld();
    await world.startAndDownload();
    await world.deviceReports('DEVICE_REBOOTED', { status: 'FAIL' });
    expectFailure(world, { step: 'WaitForDeviceRebooted', error: 'ROLLED_BACK' });
  });

  test('takes time limits from the job document, and those that it does not have from the deployment', async () => {
    const { jobDocument } = notification().execution;
    const started = async (timeLimits: Readonly<Record<string, number>>) => {
      const world = workflowWorld();
      await world.start(notification({ jobDocument: { ...jobDocument, timeLimits } }));
      return world;
    };
    const hasLimit = await started({ startDownloadSeconds: 5 });
    await hasLimit.clock.advance(10_000);
    expectFailure(hasLimit, { step: 'StartDownload', error: 'States.Timeout' });
    const hasAnother = await started({ transferSeconds: 5 });
    await hasAnother.clock.advance(Number(SUBSTITUTIONS['StartDownloadSeconds']) * 1_000 - 1);
    expect(hasAnother.published).toHaveLength(1);
    await hasAnother.clock.advance(1 + Number(SUBSTITUTIONS['StartDownloadSeconds']) * 1_000);
    expectFailure(hasAnother, { step: 'StartDownload', error: 'States.Timeout' });
  });

  test.each([
    // The registry is asked for the thing itself, not searched for its name (defect 8).
    ['is not in the registry', undefined, 'DeviceNotFound'],
    [
      'has no version',
      { thingName: THING, attributes: {}, connectivity: { connected: true } },
      'FirmwareUpgradeNotPossible',
    ],
    ['has no attributes', { thingName: THING, connectivity: { connected: true } }, 'FirmwareUpgradeNotPossible'],
    [
      'is offline',
      { thingName: THING, attributes: { firmwareVersion: '1' }, connectivity: { connected: false } },
      'DeviceNotConnected',
    ],
    ['has no connectivity data', { thingName: THING, attributes: { firmwareVersion: '1' } }, 'DeviceNotConnected'],
  ])('fails to start with a reason when the thing %s (defect 5)', async (_, thing, error) => {
    const world = workflowWorld();
    world.setThing(thing);
    const jobDocument = { ...notification().execution.jobDocument, whenOffline: 'fail' };
    const executionArn = await world.start(notification({ jobDocument }));
    expectFailure(world, { error });
    expect(await world.describe(executionArn)).toMatchObject({
      status: 'FAILED',
      error: `FIRMWARE_UPGRADE_FAIL.${error}`,
    });
    expect(world.published.map(({ name }) => name)).not.toContain('START_UPGRADE');
  });

  test.each([true, false])(
    'asks the device management domain about a device that the registry has on the target version (connected: %s)',
    async (connected) => {
      const world = workflowWorld();
      world.setThing({ thingName: THING, attributes: { firmwareVersion: TARGET }, connectivity: { connected } });
      const jobDocument = { ...notification().execution.jobDocument, whenOffline: 'fail' };
      const executionArn = await world.start(notification({ jobDocument }));
      expect(world.published).toMatchObject([{ name: 'START_UPGRADE', connected }]);
      await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
      await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
      expect(world.outcomes()).toMatchObject([{ name: 'FIRMWARE_UPGRADE_SUCCESS' }]);
    },
  );

  test.each([
    ['DEVICE_BUSY', [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]],
    ['NOT_INTRODUCED', [2_000, 4_000]],
  ])('asks again, after pauses, a device that answers %s', async (error, pauses) => {
    const world = workflowWorld();
    const executionArn = await world.start();
    const asked = () => world.published.filter(({ name }) => name === 'START_UPGRADE');
    for (const [index, pause] of pauses.entries()) {
      await world.fail(world.tokenOf('START_UPGRADE'), error, 'later');
      await world.clock.advance(pause - 1);
      expect(asked()).toHaveLength(index + 1);
      await world.clock.advance(1);
      expect(asked()).toHaveLength(index + 2);
    }
    // The time limit is that of the state, however often it asks.
    expect(new Set(asked().map(({ enteredAt }) => enteredAt)).size).toBe(1);
    await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('asks once more, with the time limit of the step, for a download that the device has not answered', async () => {
    const world = workflowWorld();
    const executionArn = await world.start();
    await world.clock.advance(120_000);
    const asked = world.published.filter(({ name }) => name === 'START_UPGRADE');
    expect(asked).toMatchObject([
      { id: OPERATION, timeLimitSeconds: 120 },
      { id: OPERATION, timeLimitSeconds: 120, enteredAt: new Date(world.clock.now()).toISOString() },
    ]);
    // The device has shown that it does not have the command: it is asked again, in the same step.
    await world.fail(world.tokenOf('START_UPGRADE'), 'DEVICE_BUSY', 'NOT_RECEIVED: …');
    await world.clock.advance(5_000);
    await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  describe('of a continuous job', () => {
    const continuous = async () => {
      const world = workflowWorld();
      const jobDocument = { ...notification().execution.jobDocument, targetSelection: 'CONTINUOUS' };
      return { world, executionArn: await upgradeTo(world, TARGET, notification({ jobDocument })) };
    };

    test('records the outcome before the thing leaves its group, then updates the thing', async () => {
      const { world, executionArn } = await continuous();
      expect(world.outcomes()).toMatchObject([{ name: 'FIRMWARE_UPGRADE_SUCCESS', token: expect.any(String) }]);
      expect(world.updatedThings).toEqual([]);
      await world.succeed(world.tokenOf('FIRMWARE_UPGRADE_SUCCESS'), { status: 'SUCCESS' });
      expect(world.updatedThings).toHaveLength(1);
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    });

    test('updates the thing also when nobody says that the outcome is recorded', async () => {
      const { world, executionArn } = await continuous();
      await world.clock.advance(300_000);
      expect(world.updatedThings).toHaveLength(1);
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    });
  });

  describe('for an offline device', () => {
    const offline = async (jobDocument: object = {}) => {
      const world = workflowWorld();
      world.setThing({
        thingName: THING,
        attributes: { firmwareVersion: '1.2.1' },
        connectivity: { connected: false },
      });
      const document = { ...notification().execution.jobDocument, ...jobDocument };
      return { world, executionArn: await world.start(notification({ jobDocument: document })) };
    };

    test('waits until it has connected, then upgrades it', async () => {
      const { world, executionArn } = await offline();
      expect(world.published).toEqual([
        {
          id: OPERATION,
          name: 'AWAIT_CONNECTION',
          thingName: THING,
          firmwareVersion: TARGET,
          executionArn,
          enteredAt: new Date(world.clock.now()).toISOString(),
          timeLimitSeconds: Number(SUBSTITUTIONS['ConnectSeconds']),
          token: expect.any(String),
        },
      ]);
      await world.clock.advance(23 * 3_600_000);
      await world.succeed(world.tokenOf('AWAIT_CONNECTION'), { status: 'SUCCESS' });
      expect(world.published.at(-1)).toMatchObject({ name: 'START_UPGRADE', connected: true });
      await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
      await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
      expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    });

    test('reports to the jobs domain when it does not connect in time', async () => {
      const { world } = await offline({ timeLimits: { connectSeconds: 60 } });
      await world.clock.advance(59_000);
      expect(world.outcomes()).toEqual([]);
      await world.clock.advance(1_000);
      expectFailure(world, { step: 'WaitForDeviceConnected', error: 'DeviceNotConnected' });
      expect(world.published.map(({ name }) => name)).not.toContain('START_UPGRADE');
    });
  });

  test('fails to start with a reason when the job document has no firmwareVersion', async () => {
    const world = workflowWorld();
    await world.start(notification({ jobDocument: { stateMachineName: 'wme-FirmwareUpgrade' } }));
    expectFailure(world, { error: 'InvalidJobDocument' });
  });

  test('retries a failing search and reports to the jobs domain when it keeps failing (defect 5)', async () => {
    const world = workflowWorld();
    world.failures.set('iot:DescribeThing', {
      error: new AwsError('InternalFailureException', 'later', 500),
      times: 3,
    });
    await world.start();
    await world.clock.advance(4_000);
    expect(world.outcomes()).toEqual([]);
    await world.clock.advance(8_000);
    expectFailure(world, { step: 'GetDevice', error: 'Iot.InternalFailureException' });
  });

  test('gives the upgrade to one execution when the notification is repeated (defect 6)', async () => {
    const world = workflowWorld();
    await world.start();
    const second = await world.start();
    expect((await world.describe(second)).status).toBe('SUCCEEDED');
    expect(await world.path(second)).toEqual(['ClaimExecution', 'AnotherExecutionOwnsUpgrade']);
    expect(world.published.filter(({ name }) => name === 'START_UPGRADE')).toHaveLength(1);
    expect(world.outcomes()).toEqual([]);
  });

  test('upgrades again when IoT Jobs retries the job execution', async () => {
    const world = workflowWorld();
    await upgradeTo(world, '1.2.1');
    const second = await world.startAndDownload(notification({ executionNumber: 2 }));
    expect(world.published.filter(({ name }) => name === 'START_UPGRADE').map(({ id }) => id)).toEqual([
      `${JOB}.1`,
      `${JOB}.2`,
    ]);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET }, `${JOB}.2`);
    expect((await world.describe(second)).status).toBe('SUCCEEDED');
    expect(world.outcomes().map(({ id, name }) => `${String(id)} ${name}`)).toEqual([
      `${JOB}.1 FIRMWARE_UPGRADE_FAIL`,
      `${JOB}.2 FIRMWARE_UPGRADE_SUCCESS`,
    ]);
  });

  test('is not touched by what the device still reports of an older attempt', async () => {
    const world = workflowWorld();
    await world.startAndDownload();
    await world.deviceReports('DOWNLOAD_OPERATION_DONE', { status: 'FAIL', faultCode: '7003' });
    const second = await world.startAndDownload(notification({ executionNumber: 2 }));
    await world.deviceReports('FIRMWARE_TRANSFERRED', { status: 'FAIL', faultCode: '7002' });
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: '1.2.1' });
    expect((await world.describe(second)).status).toBe('RUNNING');
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET }, `${JOB}.2`);
    expect((await world.describe(second)).status).toBe('SUCCEEDED');
  });

  // https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateThing.html
  test.each(['InternalFailureException', 'ServiceUnavailableException', 'ThrottlingException'])(
    'writes the registry again after %s, which is temporary',
    async (error) => {
      const world = workflowWorld();
      world.failures.set('iot:UpdateThing', { error: new AwsError(error, 'later', 500), times: 2 });
      await upgradeTo(world, TARGET);
      await world.clock.advance(10_000);
      expect(world.updatedThings).toHaveLength(1);
      expect(world.outcomes()).toMatchObject([
        { name: 'FIRMWARE_UPGRADE_SUCCESS', details: { firmwareVersion: TARGET, registry: '' } },
      ]);
    },
  );

  test('reports a success also when the registry cannot be written, and says so', async () => {
    const world = workflowWorld();
    const failure = { error: new AwsError('InternalFailureException', 'no', 500), times: 99 };
    world.failures.set('iot:UpdateThing', failure);
    const executionArn = await upgradeTo(world, TARGET);
    await world.clock.advance(200_000);
    expect(failure.times).toBe(92);
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    expect(world.outcomes()).toMatchObject([
      { name: 'FIRMWARE_UPGRADE_SUCCESS', details: { registry: 'not updated: Iot.InternalFailureException' } },
    ]);
  });

  test.each(['InvalidRequestException', 'ResourceNotFoundException', 'UnauthorizedException'])(
    'writes the registry once when it answers %s: a repetition would not help',
    async (error) => {
      const world = workflowWorld();
      const failure = { error: new AwsError(error, 'no', 400), times: 99 };
      world.failures.set('iot:UpdateThing', failure);
      await upgradeTo(world, TARGET);
      expect(failure.times).toBe(98);
      expect(world.outcomes()).toMatchObject([
        {
          name: 'FIRMWARE_UPGRADE_SUCCESS',
          details: { firmwareVersion: TARGET, registry: `not updated: Iot.${error}` },
        },
      ]);
    },
  );
});

describe('the safety net below the firmware upgrade workflow', () => {
  /** What ExecutionEndedFunction publishes about an execution that has ended, of the event of EventBridge. */
  const publishedAfter = async (world: World, executionArn: string) => {
    const { status, error, cause } = await world.describe(executionArn);
    expect(status).toBe('FAILED');
    const topic = fakeTopic();
    const detail = { executionArn, status, error, cause, input: JSON.stringify(notification()) };
    await executionEnded(topic.publish, fakeLog().log)({ detail });
    return topic.published;
  };

  test('does not report again what the workflow has reported: a failure to start, and one after the start', async () => {
    const refused = workflowWorld();
    refused.setThing(undefined);
    const toStart = await refused.start();
    expectFailure(refused, { error: 'DeviceNotFound' });
    expect(await publishedAfter(refused, toStart)).toEqual([]);

    const rolledBack = workflowWorld();
    const started = await upgradeTo(rolledBack, '1.2.1');
    expectFailure(rolledBack, { error: 'ROLLED_BACK' });
    expect(await publishedAfter(rolledBack, started)).toEqual([]);
  });

  /** Whatever the reason, publishing an outcome is tried for up to five minutes, with growing pauses. */
  const RETRIES = 304_000;
  const failPublishing = (world: World) =>
    world.failures.set('sns:Publish', { error: new AwsError('AuthorizationErrorException', 'no', 403), times: 99 });
  const REPORT = [
    { name: 'FIRMWARE_UPGRADE_FAIL', id: OPERATION, details: { error: 'SNS.AuthorizationErrorException' } },
  ];

  test('reports a failure to start that the workflow could not publish', async () => {
    const world = workflowWorld();
    world.setThing(undefined);
    failPublishing(world);
    const executionArn = await world.start();
    await world.clock.advance(RETRIES);
    expect(world.outcomes()).toEqual([]);
    expect(await publishedAfter(world, executionArn)).toMatchObject(REPORT);
  });

  test('reports a failure after the start that the workflow could not publish', async () => {
    const world = workflowWorld();
    const executionArn = await world.startAndDownload();
    failPublishing(world);
    await world.deviceReports('FIRMWARE_TRANSFERRED', { status: 'FAIL', faultCode: '7002' });
    await world.clock.advance(RETRIES);
    expect(world.outcomes()).toEqual([]);
    expect(await publishedAfter(world, executionArn)).toMatchObject(REPORT);
  });
});

describe('the firmware upgrade workflow in two phases', () => {
  const HOUR = 3_600_000;
  const activation = { mode: 'WINDOW', window: { start: '02:00', end: '05:00' } };
  const jobDocument = { ...notification().execution.jobDocument, activation };

  const staged = async () => {
    const world = workflowWorld();
    world.openWindowAt(world.clock.now() + 3 * HOUR);
    const executionArn = await world.startAndDownload(notification({ jobDocument }));
    await world.deviceReports('DOWNLOAD_OPERATION_DONE');
    return { world, executionArn };
  };
  const activated = async () => {
    const { world, executionArn } = await staged();
    await world.clock.advance(3 * HOUR);
    await world.succeed(world.tokenOf('ACTIVATE_FIRMWARE'), { status: 'SUCCESS' });
    return { world, executionArn };
  };

  test('activates the downloaded firmware when the local window of the device opens, not before', async () => {
    const { world, executionArn } = await staged();
    expect(world.windowRequests).toMatchObject([
      { activation, attributes: { firmwareVersion: '1.2.1' }, thingName: THING },
    ]);
    await world.clock.advance(3 * HOUR - 1000);
    expect(world.published.map(({ name }) => name)).toEqual(['START_UPGRADE']);
    await world.clock.advance(1000);
    expect(world.published.at(-1)).toMatchObject({ name: 'ACTIVATE_FIRMWARE', id: OPERATION, firmwareVersion: TARGET });
    await world.succeed(world.tokenOf('ACTIVATE_FIRMWARE'), { status: 'SUCCESS' });
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
    expect(world.outcomes()).toMatchObject([{ name: 'FIRMWARE_UPGRADE_SUCCESS' }]);
    expect(world.updatedThings).toHaveLength(1);
  });

  test.each([
    ['boots into the old version', { firmwareVersion: '1.2.1' }, 'ROLLED_BACK'],
    ['boots without a version', {}, 'VERSION_UNKNOWN'],
  ])('fails when the device %s', async (_, fields, error) => {
    const { world } = await activated();
    await world.deviceReports('DEVICE_REBOOTED', fields);
    expectFailure(world, { step: 'WaitForDeviceRebooted', error });
    expect(world.updatedThings).toEqual([]);
  });

  test('fails with the fault of the device when the download or the activation fails', async () => {
    const download = workflowWorld();
    await download.startAndDownload(notification({ jobDocument }));
    await download.deviceReports('DOWNLOAD_OPERATION_DONE', { status: 'FAIL', faultCode: '7003' });
    expectFailure(download, { step: 'WaitForDeviceMessages', error: 'DOWNLOAD_OPERATION_DONE.7003' });
    const { world } = await activated();
    await world.deviceReports('ACTIVATION_FAILED', { faultCode: '7023', faultString: 'bad signature' });
    expectFailure(world, { step: 'WaitForDeviceRebooted', error: 'ACTIVATION_FAILED.7023' });
  });

  test('lets the boot decide when the answer to the activation is lost', async () => {
    const { world, executionArn } = await staged();
    await world.clock.advance(3 * HOUR + 120_000);
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('does not wait for the window when the device runs the firmware already', async () => {
    const world = workflowWorld();
    const executionArn = await world.start(notification({ jobDocument }));
    await world.deviceReports('DEVICE_REBOOTED', { firmwareVersion: TARGET });
    await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
    expect(world.windowRequests).toEqual([]);
    expect(world.published.map(({ name }) => name)).not.toContain('ACTIVATE_FIRMWARE');
    expect((await world.describe(executionArn)).status).toBe('SUCCEEDED');
  });

  test('does not activate what the device never reported to have', async () => {
    const world = workflowWorld();
    await world.startAndDownload(notification({ jobDocument }));
    await world.clock.advance(1_800_000);
    expect(world.published.at(-1)).toMatchObject({ name: 'ASK_VERSION' });
    await world.clock.advance(GRACE);
    expectFailure(world, { step: 'WaitForDeviceMessages', error: 'States.Timeout' });
    expect(world.windowRequests).toEqual([]);
  });

  test('activates after a transfer whose end of the operation was never reported', async () => {
    const world = workflowWorld();
    await world.startAndDownload(notification({ jobDocument }));
    await world.deviceReports('FIRMWARE_TRANSFERRED');
    await world.clock.advance(1_800_000);
    expect(world.outcomes()).toEqual([]);
    expect(world.windowRequests).toHaveLength(1);
  });

  test('takes an end of the download that came before its wait', async () => {
    const world = workflowWorld();
    await world.start(notification({ jobDocument }));
    await world.deviceReports('DOWNLOAD_OPERATION_DONE');
    await world.succeed(world.tokenOf('START_UPGRADE'), { status: 'SUCCESS' });
    expect(world.windowRequests).toHaveLength(1);
  });
});
