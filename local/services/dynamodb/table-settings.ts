import type {
  DescribeContinuousBackupsCommandInput,
  DescribeTimeToLiveCommandInput,
  TimeToLiveSpecification,
  UpdateContinuousBackupsCommandInput,
  UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/aws-error';

/**
 * Settings of tables that are stored but have no effect. Time to live: DynamoDB deletes expired items within a few days,
 * so nothing may rely on it sooner, and no local session lasts that long.
 * @param assertTable throws when there is no such table
 */
export const createTableSettings = (assertTable: (name: string | undefined) => Promise<void>) => {
  const timeToLive = new Map<string, TimeToLiveSpecification>();
  const recovery = new Map<string, boolean>();
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
      UpdateTimeToLive: async ({ TableName = '', TimeToLiveSpecification }: UpdateTimeToLiveCommandInput) => {
        await assertTable(TableName);
        const enabled = TimeToLiveSpecification?.Enabled ?? false;
        if (!TimeToLiveSpecification?.AttributeName)
          throw new AwsError('ValidationException', 'TimeToLiveSpecification.AttributeName is missing.');
        if ((timeToLive.get(TableName)?.Enabled ?? false) === enabled)
          throw new AwsError('ValidationException', `TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
        timeToLive.set(TableName, TimeToLiveSpecification);
        return { TimeToLiveSpecification };
      },
      DescribeTimeToLive: async ({ TableName = '' }: DescribeTimeToLiveCommandInput) => {
        await assertTable(TableName);
        const specification = timeToLive.get(TableName);
        if (!specification?.Enabled) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
        const { AttributeName } = specification;
        return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName } };
      },
      UpdateContinuousBackups: async (input: UpdateContinuousBackupsCommandInput) => {
        const { TableName = '', PointInTimeRecoverySpecification } = input;
        await assertTable(TableName);
        recovery.set(TableName, PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false);
        return backups(TableName);
      },
      DescribeContinuousBackups: async ({ TableName = '' }: DescribeContinuousBackupsCommandInput) => {
        await assertTable(TableName);
        return backups(TableName);
      },
    },
  };
};
