import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbService } from '../../../local/services/dynamodb/dynamodb-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const TableName = 'tokens';
const ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/tokens';

describe('DynamoDB', () => {
  const dynamodb = createDynamoDbService({ environment: { accountId: '000000000000', region: 'eu-west-1' } });
  let started: Harness;
  let client: DynamoDBClient;
  beforeAll(async () => {
    started = await startFrontEnd([dynamodb]);
    client = new DynamoDBClient(started.config);
  });
  afterAll(async () => {
    await started.frontEnd.close();
    await dynamodb.close();
  });
  beforeEach(async () => {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'operationDevice', AttributeType: 'S' },
          { AttributeName: 'notificationKey', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'operationDevice', KeyType: 'HASH' },
          { AttributeName: 'notificationKey', KeyType: 'RANGE' },
        ],
      }),
    );
    dynamodb.resetCounts();
  });
  afterEach(() => client.send(new DeleteTableCommand({ TableName })));

  const key = (n: number) => ({ operationDevice: { S: 'op#sim-1' }, notificationKey: { S: `EVENT_${n}` } });

  test('a table is usable as soon as CreateTable has answered, in the region of the environment', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', TableArn: ARN });
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
  });

  test('attributes of every type come back as they were put', async () => {
    const Item = {
      ...key(1),
      bytes: { B: Uint8Array.from([0, 255]) },
      number: { N: '1.5' },
      map: { M: { list: { L: [{ BOOL: true }, { NULL: true as const }] }, set: { SS: ['a'] } } },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
    expect((await client.send(new GetItemCommand({ TableName, Key: key(1) }))).Item).toEqual(Item);
  });

  test('an update answers with all new attributes when asked', async () => {
    const update = (token: string) =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key(1),
          UpdateExpression: 'SET taskToken = if_not_exists(taskToken, :t)',
          ExpressionAttributeValues: { ':t': { S: token } },
          ReturnValues: 'ALL_NEW',
        }),
      );
    expect((await update('first')).Attributes).toEqual({ ...key(1), taskToken: { S: 'first' } });
    expect((await update('second')).Attributes).toEqual({ ...key(1), taskToken: { S: 'first' } });
  });

  test('a condition that does not hold is a ConditionalCheckFailedException and costs a write unit', async () => {
    const put = { TableName, Item: key(1), ConditionExpression: 'attribute_not_exists(operationDevice)' };
    await client.send(new PutItemCommand(put));
    await expect(client.send(new PutItemCommand(put))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    expect(dynamodb.writeUnits()).toEqual({ tokens: 2 });
  });

  test('counts read and write units and requests per table, and returns them only on request', async () => {
    const requests = [1, 2].map((n) => ({ PutRequest: { Item: key(n) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    const silent = await client.send(new GetItemCommand({ TableName, Key: key(1) }));
    expect(silent.ConsumedCapacity).toBeUndefined();
    const asked = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'operationDevice = :d',
        ExpressionAttributeValues: { ':d': { S: 'op#sim-1' } },
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(asked.Count).toBe(2);
    expect(asked.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1 });
    expect(dynamodb.writeUnits()).toEqual({ tokens: 2 });
    expect(dynamodb.readUnits()).toEqual({ tokens: 1.5 });
    expect(dynamodb.requests()).toEqual({ tokens: 3 });
  });

  test('a table can be named by its ARN', async () => {
    await client.send(new PutItemCommand({ TableName: ARN, Item: key(3) }));
    expect((await client.send(new GetItemCommand({ TableName, Key: key(3) }))).Item).toEqual(key(3));
    expect(dynamodb.requests()).toEqual({ tokens: 2 });
  });

  test('time to live and backups are accepted and shown', async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    const backups = await client.send(
      new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
    );
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe(
      'ENABLED',
    );
  });

  test('a setting that is not emulated is refused by name, not ignored', async () => {
    const put = { TableName, Item: key(1), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    await expect(client.send(new PutItemCommand(put))).rejects.toThrow('ReturnValuesOnConditionCheckFailure');
    const transaction = new TransactWriteItemsCommand({ TransactItems: [] });
    await expect(client.send(transaction)).rejects.toThrow('dynamodb:TransactWriteItems is not emulated');
  });

  test('a missing table is a ResourceNotFoundException', async () => {
    const get = new GetItemCommand({ TableName: 'nowhere', Key: key(1) });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('IAM sees the table, its index, or all tables of a batch', () => {
    expect(dynamodb.resourcesOf('PutItem', { TableName })).toEqual([ARN]);
    expect(dynamodb.resourcesOf('Query', { TableName, IndexName: 'byJob' })).toEqual([`${ARN}/index/byJob`]);
    expect(dynamodb.resourcesOf('BatchGetItem', { RequestItems: { tokens: {} } })).toEqual([ARN]);
    expect(dynamodb.resourcesOf('ListTables', {})).toEqual(['*']);
  });
});
