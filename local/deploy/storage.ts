import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../wire/guards';
import { callAs, callUnless, type ResourceContext, type ResourceHandler } from './context';
import type { PropertyReader } from './property-reader';

/** A specification as the API takes it; undefined unless it switches something on, since a table begins without. */
const switchedOn = (properties: PropertyReader, name: string, flag: string) => {
  const specification = properties.optionalObject(name);
  if (String(specification?.optional(flag)) !== 'true') return undefined;
  return { [name]: { ...properties.record(name), [flag]: true } };
};

/** @throws TemplateError when the table is there with other keys: its items could not stay */
const checkKeys = async (context: ResourceContext, TableName: string): Promise<void> => {
  const { Table } = await callAs(context, 'dynamodb', 'DescribeTable', { TableName });
  const found = isRecord(Table) ? Table['KeySchema'] : undefined;
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(found)), context.properties.list('KeySchema')))
    throw context.properties.problem(
      'KeySchema',
      `the table ${TableName} is there with other keys, and local mode cannot change them. Give back the old keys, or start with --reset.`,
    );
};

/** Gives a table the time to live of the template. */
const setTimeToLive = async (context: ResourceContext, TableName: string, wanted: unknown): Promise<void> => {
  const { TimeToLiveDescription: found } = await callAs(context, 'dynamodb', 'DescribeTimeToLive', { TableName });
  const attribute = isRecord(found) ? found['AttributeName'] : undefined;
  const wish = isRecord(wanted) ? wanted['AttributeName'] : undefined;
  if (attribute === wish) return;
  const set = (AttributeName: unknown, Enabled: boolean) => {
    const TimeToLiveSpecification = { AttributeName, Enabled };
    return callAs(context, 'dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
  };
  if (attribute !== undefined) await set(attribute, false);
  if (wish !== undefined) await set(wish, true);
};

/** AWS::DynamoDB::Table */
export const createTable: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName, environment } = context;
  const TableName = properties.optionalText('TableName') ?? generatedName(logicalId);
  const input = {
    TableName,
    BillingMode: properties.optional('BillingMode'),
    AttributeDefinitions: properties.list('AttributeDefinitions'),
    KeySchema: properties.list('KeySchema'),
  };
  const timeToLive = switchedOn(properties, 'TimeToLiveSpecification', 'Enabled');
  const recovery = switchedOn(properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled');
  properties.meaningless('SSESpecification', 'DeletionProtectionEnabled', 'Tags').finish();
  const created = await callUnless('ResourceInUseException', context, 'dynamodb', 'CreateTable', input);
  if (!created) await checkKeys(context, TableName);
  await setTimeToLive(context, TableName, timeToLive?.['TimeToLiveSpecification']);
  if (recovery) await callAs(context, 'dynamodb', 'UpdateContinuousBackups', { TableName, ...recovery });
  const Arn = `arn:aws:dynamodb:${environment.region}:${environment.accountId}:table/${TableName}`;
  return { ref: TableName, attributes: { Arn } };
};

/** AWS::S3::Bucket */
export const createBucket: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName } = context;
  const Bucket = properties.optionalText('BucketName') ?? generatedName(logicalId).toLowerCase();
  properties
    .meaningless(
      'BucketEncryption',
      'PublicAccessBlockConfiguration',
      'OwnershipControls',
      'VersioningConfiguration',
      'LifecycleConfiguration',
      'Tags',
    )
    .finish();
  await callUnless('BucketAlreadyOwnedByYou', context, 's3', 'CreateBucket', { Bucket });
  return { ref: Bucket, attributes: { Arn: `arn:aws:s3:::${Bucket}` } };
};
