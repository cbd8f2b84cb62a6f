import { callAs, type ResourceHandler } from './context';

/** AWS::DynamoDB::Table. Expiry is not emulated: items live as long as local mode does. */
export const createTable: ResourceHandler = async (context) => {
  const { logicalId, properties, generatedName, environment } = context;
  const TableName = properties.optionalText('TableName') ?? generatedName(logicalId);
  const input = {
    TableName,
    BillingMode: properties.optional('BillingMode'),
    AttributeDefinitions: properties.list('AttributeDefinitions'),
    KeySchema: properties.list('KeySchema'),
  };
  properties
    .meaningless(
      'TimeToLiveSpecification',
      'PointInTimeRecoverySpecification',
      'SSESpecification',
      'DeletionProtectionEnabled',
      'Tags',
    )
    .finish();
  await callAs(context, 'dynamodb', 'CreateTable', input);
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
