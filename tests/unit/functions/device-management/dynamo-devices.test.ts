import {
  type Device,
  type Devices,
  isUnanswered,
  NOT_RECEIVED,
  type Operation,
  type OperationStart,
} from '../../../../functions/device-management/devices';
import { dynamoDevices } from '../../../../functions/device-management/dynamo-devices';
import { documentTables } from '../support/document-tables';
import { fakeDevices } from '../support/fake-devices';

const START: OperationStart = {
  ...{ operationId: 'job-1.1', command: 'download', requestId: 'r-1', firmwareVersion: '1.2.3', awaitsBoot: true },
  ...{ token: 'first', executionArn: 'arn:e', now: 1_000, thingName: 'sim-1' },
};

/** Makes a command current that nothing forbids. */
const makeCurrent = async (devices: Devices, operation: Operation): Promise<Device> => {
  const device = await devices.makeCurrent('sim-1', operation);
  if (!device) throw new Error('another command is current');
  return device;
};

describe('devices', () => {
  const createTable = documentTables('thingName', 'recordKey');
  const inDynamo = async (): Promise<Devices> => {
    const { dynamo, tableName } = await createTable();
    return dynamoDevices(dynamo, tableName);
  };

  /** The fake that other tests use must behave as the table does. */
  describe.each<readonly [string, () => Promise<Devices>]>([
    ['in DynamoDB', inDynamo],
    ['in memory', async () => fakeDevices().port],
  ])('%s', (_, create) => {
    test('begin an operation once, and collect the tokens of every request', async () => {
      const devices = await create();
      const first = await devices.begin(START);
      expect(first).toMatchObject({
        created: true,
        operation: { state: 'SENDING', sendingSince: 1_000, awaitsBoot: true },
      });
      const second = await devices.begin({ ...START, token: 'second', now: 2_000, requestId: 'r-2' });
      expect(second).toMatchObject({ created: false, operation: { requestId: 'r-1', sendingSince: 1_000 } });
      expect([...second.operation.tokens].sort()).toEqual(['first', 'second']);
      expect(second.operation.executionArn).toBe('arn:e');
    });

    test('keep download and activation of an operation, and two attempts, apart', async () => {
      const devices = await create();
      for (const other of [{}, { command: 'activate' as const }, { operationId: 'job-1.2' }])
        expect((await devices.begin({ ...START, ...other })).created).toBe(true);
    });

    test('let one sender take over from a dead one', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const taken = await devices.takeOver('sim-1', operation, 9_000, 'r-1');
      expect(taken).toMatchObject({ state: 'SENDING', sendingSince: 9_000, requestId: 'r-1', tokens: ['first'] });
      expect(await devices.takeOver('sim-1', operation, 9_001, 'r-1')).toBeUndefined();
    });

    test('let one sender ask a device again that was busy', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const { current } = await makeCurrent(devices, operation);
      if (!current) throw new Error('no current command');
      const fault = { faultCode: '7005', faultString: 'is running', isTemporary: true };
      const refused = await devices.recordAnswer('sim-1', current, fault);
      expect(refused).toMatchObject({ state: 'REFUSED', fault });
      if (!refused) throw new Error('no operation');
      const taken = await devices.takeOver('sim-1', refused, 9_000, 'r-2');
      expect(taken).toMatchObject({ state: 'SENDING', sendingSince: 9_000, requestId: 'r-2' });
      expect(taken).not.toHaveProperty('fault');
      expect(await devices.takeOver('sim-1', refused, 9_001, 'r-3')).toBeUndefined();
    });

    test('know the current command and its progress, which a newer command replaces', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const device = await makeCurrent(devices, operation);
      expect(device.current).toMatchObject({
        operationId: 'job-1.1',
        askedAt: 1_000,
      });
      expect(device.current).not.toHaveProperty('downloadedAt');
      expect(device.current).not.toHaveProperty('boot');
      expect(await devices.markDownloaded('sim-1', 'job-1.0', 2_000)).toBeUndefined();
      expect((await devices.markDownloaded('sim-1', 'job-1.1', 2_000))?.current?.downloadedAt).toBe(2_000);
      expect((await devices.read('sim-1', true)).current).not.toHaveProperty('boot');
      const next = await devices.begin({ ...START, operationId: 'job-1.2', command: 'activate' });
      expect((await makeCurrent(devices, next.operation)).current).toMatchObject({
        ...{ operationId: 'job-1.2', downloadedAt: 1_000 },
      });
    });

    test('let no workflow command a device after one that began later', async () => {
      const devices = await create();
      const of = async (operationId: string, startedAt: number) =>
        (await devices.begin({ ...START, operationId, startedAt })).operation;
      const [older, newer] = [await of('job-1.1', 1), await of('job-2.1', 2)];
      expect((await makeCurrent(devices, older)).current).toMatchObject({ operationId: 'job-1.1' });
      expect((await makeCurrent(devices, newer)).current).toMatchObject({ operationId: 'job-2.1' });
      expect((await makeCurrent(devices, newer)).current).toMatchObject({ operationId: 'job-2.1' });
      expect(await devices.makeCurrent('sim-1', older)).toBeUndefined();
      await devices.close('sim-1', 'job-2.1', 5_000);
      expect(await devices.makeCurrent('sim-1', older)).toBeUndefined();
      expect((await devices.read('sim-1', true)).current).toMatchObject({ operationId: 'job-2.1', isOver: true });
    });

    test('keep the earliest report of a download and the latest boot, in whatever order they are handled', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      await makeCurrent(devices, operation);
      const current = async () => (await devices.read('sim-1', true)).current;
      const boot = (receivedAt: number) => ({ operationId: '', firmwareUpdated: false, receivedAt });
      for (const receivedAt of [3_000, 2_000, 4_000]) await devices.markDownloaded('sim-1', 'job-1.1', receivedAt);
      for (const receivedAt of [3_000, 5_000, 4_000]) await devices.keepBoot('sim-1', 'job-1.1', boot(receivedAt));
      expect(await current()).toMatchObject({ downloadedAt: 2_000, boot: boot(5_000) });
      expect(await devices.keepBoot('sim-1', 'job-1.1', boot(4_000))).toBeUndefined();
      expect(await devices.keepBoot('sim-1', 'job-1.0', boot(9_000))).toBeUndefined();
      const known = { ...boot(6_000), firmwareVersion: '1.2.1' };
      expect((await devices.keepBoot('sim-1', 'job-1.1', known))?.current?.boot).toEqual(known);
    });

    test('close the commands of an operation, begun or not, and no other', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      await makeCurrent(devices, operation);
      expect((await devices.close('sim-1', 'job-1.1', 5_000))?.current).toMatchObject({ isOver: true });
      for (const command of ['download', 'activate'] as const)
        expect(await devices.begin({ ...START, command })).toMatchObject({
          created: false,
          operation: { state: 'CLOSED' },
        });
      expect(await devices.takeOver('sim-1', operation, 9_000, 'r-1')).toBeUndefined();
      const next = await devices.begin({ ...START, operationId: 'job-1.2' });
      const { current } = await makeCurrent(devices, next.operation);
      expect(current).not.toHaveProperty('isOver');
      expect(await devices.close('sim-1', 'job-1.1', 6_000)).toBeUndefined();
    });

    test('close the commands of every order of an operation, and of no other operation', async () => {
      const devices = await create();
      const { operation } = await devices.begin({ ...START, operationId: 'job-1.1.2' });
      await makeCurrent(devices, operation);
      expect((await devices.close('sim-1', 'job-1.1', 5_000))?.current).toMatchObject({
        ...{ operationId: 'job-1.1.2', isOver: true },
      });
      for (const operationId of ['job-1.1', 'job-1.1.2', 'job-1.1.3'])
        expect(await devices.begin({ ...START, operationId })).toMatchObject({ operation: { state: 'CLOSED' } });
      for (const operationId of ['job-1.2', 'job-1.12', 'job-1.2.2'])
        expect(await devices.begin({ ...START, operationId })).toMatchObject({ operation: { state: 'SENDING' } });
    });

    test('record an answer that a later note of the sender does not overwrite', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const { current } = await makeCurrent(devices, operation);
      if (!current) throw new Error('no current command');
      expect(isUnanswered(await devices.readCommand('sim-1', current, true))).toBe(true);
      const fault = { faultCode: '7022', faultString: 'busy' };
      expect(await devices.recordAnswer('sim-1', current, fault)).toMatchObject({
        ...{ state: 'REFUSED', fault, tokens: ['first'], firmwareVersion: '1.2.3' },
      });
      await devices.markSent('sim-1', operation);
      expect(isUnanswered(await devices.readCommand('sim-1', current, true))).toBe(false);
      expect((await devices.begin(START)).operation.state).toBe('REFUSED');
    });

    test('take a command for lost only if it has not been answered or taken over since', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const { current } = await makeCurrent(devices, operation);
      if (!current) throw new Error('no current command');
      const fault = { faultCode: NOT_RECEIVED, faultString: 'lost', isTemporary: true };
      const stateAfter = async (known: Operation) => {
        await devices.markLost('sim-1', known, fault);
        return devices.readCommand('sim-1', current, true);
      };
      expect(await stateAfter(operation)).toMatchObject({ state: 'SENDING' });
      await devices.markSent('sim-1', operation);
      expect(await stateAfter({ ...operation, sendingSince: 999 })).toMatchObject({ state: 'SENT' });
      const lost = await stateAfter(operation);
      expect(lost).toMatchObject({ state: 'REFUSED', fault, tokens: ['first'] });
      expect(isUnanswered(lost)).toBe(true);
    });

    test('forget that a command was taken for lost when its answer comes, and are not refused what has begun', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const { current } = await makeCurrent(devices, operation);
      if (!current) throw new Error('no current command');
      const fault = { faultCode: NOT_RECEIVED, faultString: 'lost', isTemporary: true };
      await devices.markSent('sim-1', operation);
      await devices.markLost('sim-1', operation, fault);
      const begun = await devices.recordAnswer('sim-1', current, undefined);
      expect(begun).toMatchObject({ state: 'STARTED' });
      expect(begun?.fault).toBeUndefined();
      expect(await devices.recordAnswer('sim-1', current, { faultCode: '7005', faultString: 'busy' })).toBeUndefined();
      await devices.markLost('sim-1', operation, fault);
      expect(await devices.readCommand('sim-1', current, true)).toMatchObject({ state: 'STARTED' });
    });

    test.each([undefined, { faultCode: '7005', faultString: 'busy', isTemporary: true }])(
      'keep a command closed that is answered afterwards: %o',
      async (fault) => {
        const devices = await create();
        const { operation } = await devices.begin(START);
        const { current } = await makeCurrent(devices, operation);
        if (!current) throw new Error('no current command');
        await devices.close('sim-1', 'job-1.1', 2_000);
        expect(await devices.recordAnswer('sim-1', current, fault)).toBeUndefined();
        expect((await devices.begin(START)).operation.state).toBe('CLOSED');
      },
    );

    /** A request that reaches the device twice is accepted and then refused. */
    test('are not refused a command that has begun, in whatever order the two answers come', async () => {
      const fault = { faultCode: '7005', faultString: 'busy', isTemporary: true };
      for (const answers of [
        [undefined, fault],
        [fault, undefined],
      ]) {
        const devices = await create();
        const { operation } = await devices.begin(START);
        const { current } = await makeCurrent(devices, operation);
        if (!current) throw new Error('no current command');
        for (const answer of answers) await devices.recordAnswer('sim-1', current, answer);
        const known = (await devices.begin(START)).operation;
        expect([known.state, known.fault]).toEqual(['STARTED', undefined]);
      }
    });

    test('remember that a request was sent', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      await devices.markSent('sim-1', operation);
      expect((await devices.begin(START)).operation.state).toBe('SENT');
    });

    test('have no answer to record of an operation that is deleted', async () => {
      const devices = await create();
      const { current } = await makeCurrent(devices, { ...START, state: 'SENT', sendingSince: 1, tokens: [] });
      if (!current) throw new Error('no current command');
      expect(await devices.recordAnswer('sim-1', current, undefined)).toBeUndefined();
      expect(isUnanswered(await devices.readCommand('sim-1', current, true))).toBe(false);
    });

    test('keep the waits for a connection by operation, until they are forgotten', async () => {
      const devices = await create();
      const wait = (token: string) => ({ token, until: 5_000 });
      await devices.awaitConnection('sim-1', 'job-1.1', wait('old'));
      await devices.awaitConnection('sim-1', 'job-1.1', wait('new'));
      const both = await devices.awaitConnection('sim-1', 'job-2.1', { ...wait('other'), executionArn: 'arn:e' });
      expect(both.awaited).toEqual({ 'job-1.1': wait('new'), 'job-2.1': { ...wait('other'), executionArn: 'arn:e' } });
      await devices.forgetAwaited('sim-1', ['job-1.1', 'job-0.1']);
      expect(Object.keys((await devices.read('sim-1', true)).awaited ?? {})).toEqual(['job-2.1']);
      await devices.forgetAwaited('sim-1', ['job-2.1']);
      expect(await devices.read('sim-1', true)).not.toHaveProperty('awaited');
    });

    test('remember when a known device was present, and no other client', async () => {
      const devices = await create();
      expect(await devices.notePresence('sim-1', 1_000)).toBeUndefined();
      await devices.learn('sim-1', { endpointId: 'self::sim-1' }, 1_000);
      expect((await devices.notePresence('sim-1', 2_000))?.learntAt).toEqual({ endpointId: 1_000, presence: 2_000 });
    });

    test('learn facts, and forget one with an empty text', async () => {
      const devices = await create();
      expect(await devices.read('sim-1', false)).toEqual({ thingName: 'sim-1', facts: {}, learntAt: {} });
      await devices.learn('sim-1', { endpointId: 'self::sim-1', firmwareVersion: '1' }, 1_000);
      expect((await devices.learn('sim-1', { firmwareVersion: '' }, 2_000)).facts).toEqual({
        endpointId: 'self::sim-1',
      });
      expect(await devices.read('sim-1', true)).toEqual({
        ...{ thingName: 'sim-1', facts: { endpointId: 'self::sim-1' } },
        learntAt: { endpointId: 1_000, firmwareVersion: 2_000 },
      });
    });

    test('believe the message that the broker received last, not the one that was handled last', async () => {
      const devices = await create();
      await devices.learn('sim-1', { firmwareVersion: '1.2.3', bootReport: 'second' }, 2_000);
      const old = { firmwareVersion: '1.2.1', bootReport: 'first' };
      expect((await devices.learn('sim-1', old, 1_000)).facts).toEqual({
        firmwareVersion: '1.2.3',
        bootReport: 'second',
      });
      const mixed = await devices.learn('sim-1', { ...old, endpointId: 'self::sim-1' }, 1_000);
      expect(mixed.facts).toEqual({ firmwareVersion: '1.2.3', bootReport: 'second', endpointId: 'self::sim-1' });
      expect(mixed.learntAt).toEqual({ firmwareVersion: 2_000, bootReport: 2_000, endpointId: 1_000 });
      const other = await devices.learn('sim-1', { stagedImage: 'Device.DeviceInfo.FirmwareImage.2.' }, 1_000);
      expect(other.facts).toMatchObject({ stagedImage: 'Device.DeviceInfo.FirmwareImage.2.', bootReport: 'second' });
    });
  });
});
