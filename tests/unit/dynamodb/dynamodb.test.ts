import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { drivenClock } from '../../../local/core/clock';
import { createDynamoDbService } from '../../../local/services/dynamodb/dynamodb-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const TableName = 'tokens';
const ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/tokens';

describe('DynamoDB', () => {
  const dynamodb = createDynamoDbService({
    clock: drivenClock(),
    environment: { accountId: '000000000000', region: 'eu-west-1' },
  });
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

  test("time to live is the table's, by name or ARN, and is not switched on twice (API reference, UpdateTimeToLive)", async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
    const enable = (name: string) =>
      client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
    await enable(ARN);
    await expect(enable(TableName)).rejects.toThrow('TimeToLive is already enabled');
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: ARN }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  });

  const Item = { ...key(1), state: { S: 'old' }, bytes: { B: Uint8Array.of(0, 255) } };
  const condition = { ConditionExpression: 'attribute_not_exists(operationDevice)' };
  const [Key, update] = [key(1), { UpdateExpression: 'REMOVE bytes' }];
  const allOld = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  test.each<[string, () => Promise<unknown>, object | undefined]>([
    ['PutItem', () => client.send(new PutItemCommand({ TableName, Item: Key, ...condition, ...allOld })), Item],
    [
      'UpdateItem',
      () => client.send(new UpdateItemCommand({ TableName, Key, ...update, ...condition, ...allOld })),
      Item,
    ],
    ['DeleteItem', () => client.send(new DeleteItemCommand({ TableName, Key, ...condition, ...allOld })), Item],
    [
      'PutItem without the parameter',
      () => client.send(new PutItemCommand({ TableName, Item: Key, ...condition })),
      undefined,
    ],
  ])(
    'the item for which a condition failed is in the error of %s (ReturnValuesOnConditionCheckFailure)',
    async (_what, call, item) => {
      await client.send(new PutItemCommand({ TableName, Item }));
      const error: unknown = await call().catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        name: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
      });
      expect(error).toHaveProperty('Item', item);
    },
  );

  test('a failed condition on an item that does not exist has no item', async () => {
    const call = client.send(
      new DeleteItemCommand({ TableName, Key, ConditionExpression: 'attribute_exists(bytes)', ...allOld }),
    );
    const error: unknown = await call.catch((caught: unknown) => caught);
    expect(error).toHaveProperty('Item', undefined);
  });

  test('a failed condition costs the larger of the old and the new item (developer guide, read and write operations)', async () => {
    const sized = (kilobytes: number) => ({ ...Key, text: { S: 'x'.repeat(kilobytes * 1024 - 100) } });
    await client.send(new PutItemCommand({ TableName, Item: sized(3) }));
    dynamodb.resetCounts();
    const smaller = new PutItemCommand({ TableName, Item: sized(1), ...condition });
    await expect(client.send(smaller)).rejects.toThrow('conditional');
    expect(dynamodb.writeUnits()).toEqual({ tokens: 3 });
    const larger = new PutItemCommand({ TableName, Item: sized(5), ...condition });
    await expect(client.send(larger)).rejects.toThrow('conditional');
    expect(dynamodb.writeUnits()).toEqual({ tokens: 8 });
  });

  test('a setting that is not emulated is refused by name, not ignored', async () => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' as const };
    const change = new UpdateTableCommand({ TableName, StreamSpecification });
    await expect(client.send(change)).rejects.toThrow('StreamSpecification is not emulated by local mode');
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
