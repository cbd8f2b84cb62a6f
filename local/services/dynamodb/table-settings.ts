import type {
  DescribeContinuousBackupsCommandInput,
  DescribeTimeToLiveCommandInput,
  TimeToLiveSpecification,
  UpdateContinuousBackupsCommandInput,
  UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/aws-error';
import type { Store } from '../../store/store';
import { tableNameOf } from './item-store';

/**
 * Settings of tables. Only time to live has an effect: see time-to-live.ts.
 * @param assertTable throws when there is no such table
 */
export const createTableSettings = (store: Store, assertTable: (name: string) => Promise<void>) => {
  const timeToLive = new Map<string, TimeToLiveSpecification>();
  const recovery = new Map<string, boolean>();
  const keptTimeToLive = store.collection('dynamodb-time-to-live', (table) => timeToLive.get(table));
  const keptRecovery = store.collection('dynamodb-recovery', (table) => recovery.get(table));
  for (const [table, specification] of keptTimeToLive.saved) timeToLive.set(table, specification);
  for (const [table, isOn] of keptRecovery.saved) recovery.set(table, isOn);
  const tableOf = async (nameOrArn: string | undefined): Promise<string> => {
    const name = tableNameOf(nameOrArn);
    await assertTable(name);
    return name;
  };
  const backups = (table: string) => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recovery.get(table) ? 'ENABLED' : 'DISABLED' },
    },
  });
  return {
    /** Tables whose items expire, with the attribute that says when. */
    expiring: () =>
      [...timeToLive].flatMap(([table, { Enabled, AttributeName }]) =>
        Enabled && AttributeName !== undefined ? [{ table, attribute: AttributeName }] : [],
      ),
    forget: (table: string) => {
      timeToLive.delete(table);
      recovery.delete(table);
      keptTimeToLive.changed(table);
      keptRecovery.changed(table);
    },
    operations: {
      UpdateTimeToLive: async ({ TableName, TimeToLiveSpecification }: UpdateTimeToLiveCommandInput) => {
        const table = await tableOf(TableName);
        const enabled = TimeToLiveSpecification?.Enabled ?? false;
        if (!TimeToLiveSpecification?.AttributeName)
          throw new AwsError('ValidationException', 'TimeToLiveSpecification.AttributeName is missing.');
        if ((timeToLive.get(table)?.Enabled ?? false) === enabled)
          throw new AwsError('ValidationException', `TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
        timeToLive.set(table, TimeToLiveSpecification);
        keptTimeToLive.changed(table);
        return { TimeToLiveSpecification };
      },
      DescribeTimeToLive: async ({ TableName }: DescribeTimeToLiveCommandInput) => {
        const specification = timeToLive.get(await tableOf(TableName));
        if (!specification?.Enabled) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
        const { AttributeName } = specification;
        return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName } };
      },
      UpdateContinuousBackups: async (input: UpdateContinuousBackupsCommandInput) => {
        const table = await tableOf(input.TableName);
        recovery.set(table, input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false);
        keptRecovery.changed(table);
        return backups(table);
      },
      DescribeContinuousBackups: async ({ TableName }: DescribeContinuousBackupsCommandInput) =>
        backups(await tableOf(TableName)),
    },
  };
};
