import type {
  DescribeContinuousBackupsCommandInput,
  DescribeTimeToLiveCommandInput,
  TimeToLiveSpecification,
  UpdateContinuousBackupsCommandInput,
  UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/aws-error';
import { tableNameOf } from './item-store';

/**
 * Settings of tables that are stored but have no effect. Time to live: DynamoDB deletes expired items within a few days,
 * so nothing may rely on it sooner, and no local session lasts that long.
 * @param assertTable throws when there is no such table
 */
export const createTableSettings = (assertTable: (name: string) => Promise<void>) => {
  const timeToLive = new Map<string, TimeToLiveSpecification>();
  const recovery = new Map<string, boolean>();
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
    forget: (table: string) => {
      timeToLive.delete(table);
      recovery.delete(table);
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
        return backups(table);
      },
      DescribeContinuousBackups: async ({ TableName }: DescribeContinuousBackupsCommandInput) =>
        backups(await tableOf(TableName)),
    },
  };
};
