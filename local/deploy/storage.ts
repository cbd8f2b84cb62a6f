import { callAs, type ResourceHandler } from './context';
import type { PropertyReader } from './property-reader';

/** A specification as the API takes it; undefined unless it switches something on, since a table begins without. */
const switchedOn = (properties: PropertyReader, name: string, flag: string) => {
  const specification = properties.optionalObject(name);
  if (String(specification?.optional(flag)) !== 'true') return undefined;
  return { [name]: { ...properties.record(name), [flag]: true } };
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
  await callAs(context, 'dynamodb', 'CreateTable', input);
  if (timeToLive) await callAs(context, 'dynamodb', 'UpdateTimeToLive', { TableName, ...timeToLive });
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
  await callAs(context, 's3', 'CreateBucket', { Bucket });
  return { ref: Bucket, attributes: { Arn: `arn:aws:s3:::${Bucket}` } };
};
