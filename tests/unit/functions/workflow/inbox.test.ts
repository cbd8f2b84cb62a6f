import { dynamoInbox, type Inbox } from '../../../../functions/workflow/upgrade-status/inbox';
import { documentTables } from '../support/document-tables';
import { fakeInbox } from '../support/fake-inbox';

const KEY = { thingName: 'sim-1', operationId: 'job-1.1' };
const SUCCESS = { status: 'SUCCESS', recordedAt: 7, faultCode: '', faultString: '' } as const;

describe('the event inbox', () => {
  const createTable = documentTables('thingName', 'operationId');
  const inDynamo = async (): Promise<Inbox> => {
    const { dynamo, tableName } = await createTable();
    return dynamoInbox(dynamo, tableName);
  };

  describe.each<readonly [string, () => Promise<Inbox>]>([
    ['in DynamoDB', inDynamo],
    ['in memory', async () => fakeInbox().inbox],
  ])('%s', (_, create) => {
    test('shows token and event to whichever is written second', async () => {
      const inbox = await create();
      expect(await inbox.register(KEY, 'DEVICE_REBOOTED', 't', 1)).toEqual({
        ...{ tokens: { DEVICE_REBOOTED: 't' }, events: {}, boots: [], waitingSince: 1 },
      });
      const boot = { status: 'SUCCESS', recordedAt: 8, firmwareVersion: '1.2.3' } as const;
      const both = { tokens: { DEVICE_REBOOTED: 't' }, events: { DEVICE_REBOOTED: boot }, boots: [], waitingSince: 1 };
      expect(await inbox.record(KEY, 'DEVICE_REBOOTED', boot)).toEqual(both);
      expect(await inbox.read(KEY)).toEqual(both);
      expect(await inbox.register(KEY, 'FIRMWARE_TRANSFERRED', 'u', 2)).toEqual({
        ...both,
        tokens: { ...both.tokens, FIRMWARE_TRANSFERRED: 'u' },
      });
    });

    test('shows both to exactly one of two that are written at the same time', async () => {
      const inbox = await create();
      for (let n = 0; n < 20; n += 1) {
        const key = { ...KEY, operationId: `job-1.${n}` };
        const seen = await Promise.all([
          inbox.register(key, 'DOWNLOAD_OPERATION_DONE', 't', 1),
          inbox.record(key, 'DOWNLOAD_OPERATION_DONE', SUCCESS),
        ]);
        const both = seen.filter(
          ({ tokens, events }) => tokens.DOWNLOAD_OPERATION_DONE && events.DOWNLOAD_OPERATION_DONE,
        );
        expect(both).toHaveLength(1);
      }
    });

    test('keeps the first event and the latest token', async () => {
      const inbox = await create();
      await inbox.record(KEY, 'FIRMWARE_TRANSFERRED', SUCCESS);
      await inbox.record(KEY, 'FIRMWARE_TRANSFERRED', { ...SUCCESS, status: 'FAIL' });
      await inbox.register(KEY, 'FIRMWARE_TRANSFERRED', 'old', 1);
      expect(await inbox.register(KEY, 'FIRMWARE_TRANSFERRED', 'new', 2)).toEqual({
        ...{ tokens: { FIRMWARE_TRANSFERRED: 'new' }, events: { FIRMWARE_TRANSFERRED: SUCCESS } },
        ...{ boots: [], waitingSince: 1 },
      });
    });

    test('keeps boots that may be of the operation, the earliest first', async () => {
      const inbox = await create();
      for (const ifDownloadedBy of [1_000, 200]) await inbox.recordBoot(KEY, { ifDownloadedBy, event: SUCCESS });
      const { boots } = await inbox.recordBoot(KEY, { ifDownloadedBy: 200, event: { ...SUCCESS, status: 'FAIL' } });
      expect(boots).toEqual([
        { ifDownloadedBy: 200, event: SUCCESS },
        { ifDownloadedBy: 1_000, event: SUCCESS },
      ]);
    });
  });
});
