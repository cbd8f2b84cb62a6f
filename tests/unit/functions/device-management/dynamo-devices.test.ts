import { PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Begun,
  type CommandStart,
  type CurrentCommand,
  type Devices,
  isUnanswered,
  NOT_RECEIVED,
} from '../../../../functions/device-management/devices';
import { dynamoDevices } from '../../../../functions/device-management/dynamo-devices';
import { documentTables } from '../support/document-tables';
import { fakeDevices } from '../support/fake-devices';

const START: CommandStart = {
  ...{ operationId: 'job-1.1', command: 'download', requestId: 'r-1', firmwareVersion: '1.2.3', awaitsBoot: true },
  ...{ token: 'first', executionArn: 'arn:e', askedAt: 1_000, enteredAt: 990, startedAt: 900, thingName: 'sim-1' },
};
const BUSY = { faultCode: '7005', faultString: 'is running', isTemporary: true };
const LOST = { faultCode: NOT_RECEIVED, faultString: 'lost', isTemporary: true };

const commandOf = (begun: Begun): CurrentCommand => {
  if (begun.kind === 'over' || begun.kind === 'superseded') throw new Error(begun.kind);
  return begun.current;
};
const currentOf = async (devices: Devices): Promise<CurrentCommand | undefined> =>
  (await devices.read('sim-1', true)).current;

describe('devices', () => {
  const createTable = documentTables('thingName', 'recordKey');
  const inDynamo = async (): Promise<Devices> => {
    const { dynamo, tableName } = await createTable();
    return dynamoDevices(dynamo, tableName);
  };

  /** The tables in memory that other tests use must behave as the table does. */
  describe.each<readonly [string, () => Promise<Devices>]>([
    ['in DynamoDB', inDynamo],
    ['in memory', async () => fakeDevices().port],
  ])('%s', (_, create) => {
    test('begin a command once, and collect the tokens of every request', async () => {
      const devices = await create();
      const first = await devices.begin(START);
      expect(first).toMatchObject({ kind: 'created', current: { state: 'SENDING', askedAt: 1_000, awaitsBoot: true } });
      const again = { ...START, token: 'second', enteredAt: 1_990, askedAt: 2_000, requestId: 'r-2' };
      const second = await devices.begin(again);
      expect(second).toMatchObject({
        kind: 'repeated',
        current: { requestId: 'r-1', askedAt: 1_000, enteredAt: 1_990 },
      });
      await devices.begin(again);
      expect(await currentOf(devices)).toMatchObject({ tokens: ['first', 'second'], executionArn: 'arn:e' });
    });

    test('keep download and activation of an operation, and two attempts, apart', async () => {
      const devices = await create();
      for (const other of [{}, { command: 'activate' as const }, { operationId: 'job-1.2' }])
        expect((await devices.begin({ ...START, ...other })).kind).toBe('created');
    });

    test('let one sender take over from a dead one', async () => {
      const devices = await create();
      const known = commandOf(await devices.begin(START));
      const taken = (await devices.takeOver('sim-1', known, 9_000, 'r-1'))?.current;
      expect(taken).toMatchObject({ state: 'SENDING', askedAt: 9_000, requestId: 'r-1', tokens: ['first'] });
      expect(await devices.takeOver('sim-1', known, 9_001, 'r-1')).toBeUndefined();
    });

    test('let one sender ask a device again that was busy', async () => {
      const devices = await create();
      await devices.begin(START);
      const { isDone, device } = await devices.recordAnswer('sim-1', 'r-1', BUSY);
      expect(isDone).toBe(true);
      expect(device.current).toMatchObject({ state: 'REFUSED', fault: BUSY });
      const known = device.current ?? commandOf(await devices.begin(START));
      const taken = (await devices.takeOver('sim-1', known, 9_000, 'r-2'))?.current;
      expect(taken).toMatchObject({ state: 'SENDING', askedAt: 9_000, requestId: 'r-2' });
      expect(taken).not.toHaveProperty('fault');
      expect(await devices.takeOver('sim-1', known, 9_001, 'r-3')).toBeUndefined();
    });

    test('know the current command, and the operation of the one that it replaced', async () => {
      const devices = await create();
      expect(commandOf(await devices.begin(START))).not.toHaveProperty('boot');
      expect(await devices.read('sim-1', true)).toMatchObject({ previousOperationId: '' });
      await devices.begin({ ...START, operationId: 'job-1.2', command: 'activate' });
      expect(await devices.read('sim-1', true)).toMatchObject({
        ...{ current: { operationId: 'job-1.2' }, previousOperationId: 'job-1.1' },
      });
    });

    test('do not begin for a workflow, or a task, that began before the current one', async () => {
      const devices = await create();
      const begin = async (operationId: string, startedAt: number, enteredAt: number) =>
        (await devices.begin({ ...START, operationId, startedAt, enteredAt })).kind;
      expect(await begin('job-1.1', 1, 10)).toBe('created');
      expect(await begin('job-2.1', 2, 20)).toBe('created');
      expect(await begin('job-1.1', 1, 30)).toBe('superseded');
      expect(await begin('job-2.1.2', 2, 40)).toBe('created');
      expect(await begin('job-2.1', 2, 20)).toBe('superseded');
      await devices.close('sim-1', 'job-2.1', 5_000);
      expect(await begin('job-1.1', 1, 50)).toBe('superseded');
      expect(await currentOf(devices)).toMatchObject({ operationId: 'job-2.1.2', isOver: true });
    });

    test('keep the latest boot, in whatever order they are handled', async () => {
      const devices = await create();
      await devices.begin(START);
      const boot = (receivedAt: number) => ({ operationId: '', firmwareUpdated: false, receivedAt });
      for (const receivedAt of [3_000, 5_000, 4_000]) await devices.keepBoot('sim-1', 'job-1.1', boot(receivedAt));
      expect(await currentOf(devices)).toMatchObject({ boot: boot(5_000) });
      expect(await devices.keepBoot('sim-1', 'job-1.1', boot(4_000))).toBeUndefined();
      expect(await devices.keepBoot('sim-1', 'job-1.0', boot(9_000))).toBeUndefined();
      const known = { ...boot(6_000), firmwareVersion: '1.2.1' };
      expect((await devices.keepBoot('sim-1', 'job-1.1', known))?.current?.boot).toEqual(known);
    });

    describe('that report the target', () => {
      const report = (about: object = {}) => ({
        ...{ thingName: 'sim-1', firmwareVersion: '1.2.3', receivedAt: 2_000, asOf: 2_000, id: 'boot@2000' },
        ...{ facts: { firmwareVersion: '1.2.3', bootReport: 'b' }, operationId: '' },
        ...about,
      });

      test('reach it with the first report, and with that again', async () => {
        const devices = await create();
        await devices.begin(START);
        const first = await devices.reach(report());
        expect(first).toMatchObject({
          isDone: true,
          device: {
            facts: { firmwareVersion: '1.2.3', bootReport: 'b' },
            current: { reached: { at: 2_000, by: 'boot@2000' } },
          },
        });
        expect((await devices.reach(report({ id: 'version@2000' }))).isDone).toBe(false);
        expect((await devices.reach(report({ facts: {} }))).isDone).toBe(true);
      });

      test.each<readonly [string, object, (devices: Devices) => Promise<unknown>]>([
        ['another version', { firmwareVersion: '1.2.4' }, async () => undefined],
        ['it as of before they were asked', { asOf: 999 }, async () => undefined],
        ['it after the workflow', {}, (devices) => devices.close('sim-1', 'job-1.1', 1_500)],
        ['it before a later version', {}, (devices) => devices.learn('sim-1', { firmwareVersion: '2' }, 2_001)],
        [
          'it under another name',
          { sender: { fact: 'endpointId', name: 'self::other' } },
          (devices) => devices.learn('sim-1', { endpointId: 'self::sim-1' }, 1),
        ],
        [
          'it for the operation before',
          { operationId: 'job-1.1' },
          (devices) => devices.begin({ ...START, operationId: 'job-1.2' }),
        ],
      ])('do not reach it when they report %s', async (_what, about, happens) => {
        const devices = await create();
        await devices.begin(START);
        await happens(devices);
        const { isDone, device } = await devices.reach(report(about));
        expect(isDone).toBe(false);
        expect(device).toEqual(await devices.read('sim-1', true));
        expect(device.current).not.toHaveProperty('reached');
      });
    });

    test('begin no command of an operation that is over, begun or not, and close no other', async () => {
      const devices = await create();
      await devices.begin(START);
      expect((await devices.close('sim-1', 'job-1.1', 5_000)).current).toMatchObject({ isOver: true });
      for (const command of ['download', 'activate'] as const)
        expect(await devices.begin({ ...START, command })).toEqual({ kind: 'over' });
      const known = await currentOf(devices);
      expect(known && (await devices.takeOver('sim-1', known, 9_000, 'r-1'))).toBeUndefined();
      expect(commandOf(await devices.begin({ ...START, operationId: 'job-1.2' }))).not.toHaveProperty('isOver');
      expect((await devices.close('sim-1', 'job-1.1', 6_000)).current).not.toHaveProperty('isOver');
    });

    test('close every order of an operation, and no other operation; forget it when nobody can ask any more', async () => {
      const devices = await create();
      await devices.begin({ ...START, operationId: 'job-1.1.2' });
      expect((await devices.close('sim-1', 'job-1.1', 5_000)).current).toMatchObject({
        ...{ operationId: 'job-1.1.2', isOver: true },
      });
      for (const operationId of ['job-1.1', 'job-1.1.2', 'job-1.1.3'])
        expect(await devices.begin({ ...START, operationId })).toEqual({ kind: 'over' });
      for (const operationId of ['job-1.2', 'job-1.12', 'job-1.2.2'])
        expect(await devices.begin({ ...START, operationId })).toMatchObject({ kind: 'created' });
      await devices.close('sim-1', 'job-2.1', 5_000 + 16 * 86_400_000);
      expect(Object.keys((await devices.read('sim-1', true)).over ?? {})).toEqual([
        'job-2.1',
        'job-2.1.2',
        'job-2.1.3',
      ]);
    });

    test('record an answer that a later note of the sender does not overwrite', async () => {
      const devices = await create();
      const known = commandOf(await devices.begin(START));
      expect(isUnanswered(known)).toBe(true);
      const fault = { faultCode: '7022', faultString: 'busy' };
      const { device } = await devices.recordAnswer('sim-1', 'r-1', fault);
      expect(device.current).toMatchObject({ state: 'REFUSED', fault, tokens: ['first'], firmwareVersion: '1.2.3' });
      await devices.markSent('sim-1', known);
      const after = commandOf(await devices.begin(START));
      expect([after.state, isUnanswered(after)]).toEqual(['REFUSED', false]);
    });

    test('record no answer to another request, and none under another name', async () => {
      const devices = await create();
      await devices.begin(START);
      await devices.learn('sim-1', { endpointId: 'self::sim-1' }, 1);
      const sender = (name: string) => ({ fact: 'endpointId', name });
      expect((await devices.recordAnswer('sim-1', 'r-2', undefined)).isDone).toBe(false);
      expect((await devices.recordAnswer('sim-1', 'r-1', undefined, sender('self::other'))).isDone).toBe(false);
      expect((await devices.recordAnswer('sim-1', 'r-1', undefined, sender('self::sim-1'))).isDone).toBe(true);
      expect((await devices.recordAnswer('sim-2', 'r-1', undefined)).isDone).toBe(false);
    });

    test('take a command for lost only if it has not been answered or taken over since', async () => {
      const devices = await create();
      const sending = commandOf(await devices.begin(START));
      await devices.markSent('sim-1', sending);
      await devices.markLost('sim-1', sending, LOST);
      expect(await currentOf(devices)).toMatchObject({ state: 'SENT' });
      const sent = { ...sending, state: 'SENT' } as const;
      await devices.markLost('sim-1', { ...sent, askedAt: 999 }, LOST);
      expect(await currentOf(devices)).toMatchObject({ state: 'SENT' });
      await devices.markLost('sim-1', sent, LOST);
      const lost = commandOf(await devices.begin(START));
      expect(lost).toMatchObject({ state: 'REFUSED', fault: LOST, tokens: ['first'] });
      expect(isUnanswered(lost)).toBe(true);
    });

    test('forget that a command was taken for lost when its answer comes, and are not refused what has begun', async () => {
      const devices = await create();
      const known = commandOf(await devices.begin(START));
      await devices.markLost('sim-1', known, LOST);
      const begun = (await devices.recordAnswer('sim-1', 'r-1', undefined)).device.current;
      expect(begun?.state).toBe('STARTED');
      expect(begun?.fault).toBeUndefined();
      expect((await devices.recordAnswer('sim-1', 'r-1', BUSY)).isDone).toBe(false);
      await devices.markLost('sim-1', known, LOST);
      expect(await currentOf(devices)).toMatchObject({ state: 'STARTED' });
    });

    test.each([undefined, BUSY])('record no answer for a workflow that is over: %o', async (fault) => {
      const devices = await create();
      await devices.begin(START);
      await devices.close('sim-1', 'job-1.1', 2_000);
      expect((await devices.recordAnswer('sim-1', 'r-1', fault)).isDone).toBe(false);
      expect(await devices.begin(START)).toEqual({ kind: 'over' });
    });

    /** A request that reaches the device twice is accepted and then refused. */
    test('are not refused a command that has begun, in whatever order the two answers come', async () => {
      for (const answers of [
        [undefined, BUSY],
        [BUSY, undefined],
      ]) {
        const devices = await create();
        await devices.begin(START);
        for (const fault of answers) await devices.recordAnswer('sim-1', 'r-1', fault);
        const known = commandOf(await devices.begin(START));
        expect([known.state, known.fault]).toEqual(['STARTED', undefined]);
      }
    });

    test('do not know a command that a former version of the application wrote', async () => {
      const { dynamo, tableName } = await createTable();
      const current = { operationId: 'job-0.1', command: 'download', askedAt: 1 };
      await dynamo.send(
        new PutCommand({ TableName: tableName, Item: { thingName: 'sim-1', recordKey: 'device', current } }),
      );
      const devices = dynamoDevices(dynamo, tableName);
      expect(await currentOf(devices)).toBeUndefined();
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
