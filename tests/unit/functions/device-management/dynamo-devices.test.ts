import type { Devices, OperationStart } from '../../../../functions/device-management/devices';
import { dynamoDevices } from '../../../../functions/device-management/dynamo-devices';
import { documentTables } from '../support/document-tables';
import { fakeDevices } from '../support/fake-devices';

const START: OperationStart = {
  ...{ operationId: 'job-1.1', command: 'download', requestId: 'r-1', firmwareVersion: '1.2.3', awaitsBoot: true },
  ...{ token: 'first', executionArn: 'arn:e', now: 1_000, thingName: 'sim-1' },
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
      expect(await devices.takeOver('sim-1', operation, 9_000)).toBe(true);
      expect(await devices.takeOver('sim-1', operation, 9_001)).toBe(false);
    });

    test('know the current command and its progress, which a newer command replaces', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const device = await devices.makeCurrent('sim-1', operation);
      expect(device.current).toMatchObject({
        operationId: 'job-1.1',
        askedAt: 1_000,
        downloaded: false,
        booted: false,
      });
      await devices.markProgress('sim-1', 'job-1.0', 'booted');
      await devices.markProgress('sim-1', 'job-1.1', 'downloaded');
      expect((await devices.read('sim-1', true)).current).toMatchObject({ downloaded: true, booted: false });
      const next = await devices.begin({ ...START, operationId: 'job-1.2', command: 'activate' });
      expect((await devices.makeCurrent('sim-1', next.operation)).current).toMatchObject({
        ...{ operationId: 'job-1.2', downloaded: true, booted: false },
      });
    });

    test('record an answer that a later note of the sender does not overwrite', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      const { current } = await devices.makeCurrent('sim-1', operation);
      if (!current) throw new Error('no current command');
      expect(await devices.isUnanswered('sim-1', current)).toBe(true);
      const fault = { faultCode: '7022', faultString: 'busy' };
      expect(await devices.recordAnswer('sim-1', current, fault)).toMatchObject({
        ...{ state: 'REFUSED', fault, tokens: ['first'], firmwareVersion: '1.2.3' },
      });
      await devices.markSent('sim-1', operation);
      expect(await devices.isUnanswered('sim-1', current)).toBe(false);
      expect((await devices.begin(START)).operation.state).toBe('REFUSED');
    });

    test('remember that a request was sent', async () => {
      const devices = await create();
      const { operation } = await devices.begin(START);
      await devices.markSent('sim-1', operation);
      expect((await devices.begin(START)).operation.state).toBe('SENT');
    });

    test('have no answer to record of an operation that is deleted', async () => {
      const devices = await create();
      const { current } = await devices.makeCurrent('sim-1', { ...START, state: 'SENT', sendingSince: 1, tokens: [] });
      if (!current) throw new Error('no current command');
      expect(await devices.recordAnswer('sim-1', current, undefined)).toBeUndefined();
      expect(await devices.isUnanswered('sim-1', current)).toBe(false);
    });

    test('learn facts, and forget one with an empty text', async () => {
      const devices = await create();
      expect(await devices.read('sim-1', false)).toEqual({ thingName: 'sim-1', facts: {} });
      await devices.learn('sim-1', { endpointId: 'self::sim-1', firmwareVersion: '1' });
      expect((await devices.learn('sim-1', { firmwareVersion: '' })).facts).toEqual({ endpointId: 'self::sim-1' });
      expect((await devices.read('sim-1', true)).facts).toEqual({ endpointId: 'self::sim-1' });
    });
  });
});
