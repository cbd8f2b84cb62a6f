import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { drivenClock } from '../../../local/core/clock';
import { createDynamoDbService } from '../../../local/services/dynamodb/dynamodb-service';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const TableName = 'accounts';
const ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/accounts';

/** DynamoDB developer guide, "Amazon DynamoDB Transactions: How It Works"; API reference, TransactWriteItems. */
describe('DynamoDB transactions', () => {
  const clock = drivenClock();
  const dynamodb = createDynamoDbService({ clock, environment: { accountId: '000000000000', region: 'eu-west-1' } });
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
        ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    for (const [id, balance] of [
      ['a', '10'],
      ['b', '5'],
      ['text', undefined],
    ] as const)
      await client.send(
        new PutItemCommand({ TableName, Item: { id: { S: id }, balance: balance ? { N: balance } : { S: 'ten' } } }),
      );
    dynamodb.resetCounts();
  });
  afterEach(() => client.send(new DeleteTableCommand({ TableName })));

  const Key = (id: string) => ({ id: { S: id } });
  const add = (id: string, amount: number, least = 0): TransactWriteItem => ({
    Update: {
      TableName,
      Key: Key(id),
      UpdateExpression: 'SET balance = balance + :n',
      ConditionExpression: 'attribute_not_exists(balance) OR balance >= :least',
      ExpressionAttributeValues: { ':n': { N: String(amount) }, ':least': { N: String(least) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  });
  const put = (id: string): TransactWriteItem => ({
    Put: {
      TableName,
      Item: { ...Key(id), bytes: { B: Uint8Array.of(1, 255) } },
      ConditionExpression: 'attribute_not_exists(id)',
    },
  });
  const remove = (id: string): TransactWriteItem => ({ Delete: { TableName, Key: Key(id) } });
  const check = (id: string, ConditionExpression: string): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: Key(id), ConditionExpression },
  });
  const write = (TransactItems: TransactWriteItem[], more: Partial<TransactWriteItemsCommandInput> = {}) =>
    client.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
  const contents = async (): Promise<unknown> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    return Object.fromEntries(Items.map(({ id, balance }): [unknown, unknown] => [id?.S, balance?.N ?? balance?.S]));
  };
  const BEFORE = { a: '10', b: '5', text: 'ten' };

  test('all actions happen', async () => {
    await write([add('a', -3), put('new'), remove('b'), check('text', 'attribute_exists(id)')]);
    expect(await contents()).toEqual({ a: '7', new: undefined, text: 'ten' });
  });

  test('a condition that does not hold cancels all of them, and each has its reason', async () => {
    const call = write([add('a', -3), add('b', 1, 6), check('none', 'attribute_exists(id)'), put('a2')]);
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    await expect(call).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed, None]',
      CancellationReasons: [
        { Code: 'None' },
        { ...failed, Item: { ...Key('b'), balance: { N: '5' } } },
        failed,
        { Code: 'None' },
      ],
    });
    expect(await contents()).toEqual(BEFORE);
  });

  test('a failed condition shows no item unless it is asked to', async () => {
    const error: unknown = await write([put('a')]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] });
    expect(JSON.stringify(error)).not.toContain('"Item"');
  });

  test('an action that the item does not allow cancels what others have written before', async () => {
    const call = write([
      add('a', 1),
      put('new'),
      remove('b'),
      {
        Update: {
          ...add('text', 1).Update,
          ConditionExpression: 'attribute_exists(id)',
          ExpressionAttributeValues: { ':n': { N: '1' } },
          TableName,
          Key: Key('text'),
          UpdateExpression: 'SET balance = balance + :n',
        },
      },
    ]);
    await expect(call).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'None' },
        { Code: 'None' },
        { Code: 'ValidationError', Message: expect.stringContaining('incorrect data type') },
      ],
    });
    expect(await contents()).toEqual(BEFORE);
  });

  test('no other request sees a part of a transaction, or comes between its actions', async () => {
    const moves = Array.from({ length: 20 }, () => write([add('a', -1), add('b', 1)]));
    const sums = Array.from({ length: 20 }, async () => {
      const { Responses = [] } = await client.send(
        new TransactGetItemsCommand({ TransactItems: ['a', 'b'].map((id) => ({ Get: { TableName, Key: Key(id) } })) }),
      );
      return Responses.reduce((sum, { Item }) => sum + Number(Item?.['balance']?.N), 0);
    });
    expect(new Set(await Promise.all(sums))).toEqual(new Set([15]));
    const results = await Promise.allSettled(moves);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(11);
    expect(await contents()).toEqual({ a: '-1', b: '16', text: 'ten' });
  });

  test('a repetition with the same token changes nothing for ten minutes; with other actions it is refused', async () => {
    const ClientRequestToken = 'token-1';
    await write([add('a', -3)], { ClientRequestToken });
    await write([add('a', -3)], { ClientRequestToken });
    expect(await contents()).toMatchObject({ a: '7' });
    await expect(write([add('a', -4)], { ClientRequestToken })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    await clock.advance(600_001);
    await write([add('a', -3)], { ClientRequestToken });
    expect(await contents()).toMatchObject({ a: '4' });
  });

  test('each item is written twice: to prepare and to commit', async () => {
    const { ConsumedCapacity } = await write([add('a', 1), put('c'), check('b', 'attribute_exists(id)')], {
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
    expect(dynamodb.writeUnits()).toEqual({ accounts: 6 });
    expect(dynamodb.requests()).toEqual({ accounts: 1 });
  });

  test('TransactGetItems answers items in order, a missing one as nothing, and reads each twice', async () => {
    const ids = ['b', 'none', 'a'];
    const { Responses, ConsumedCapacity } = await client.send(
      new TransactGetItemsCommand({
        TransactItems: ids.map((id) => ({ Get: { TableName: ARN, Key: Key(id), ProjectionExpression: 'balance' } })),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(Responses).toEqual([{ Item: { balance: { N: '5' } } }, {}, { Item: { balance: { N: '10' } } }]);
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, ReadCapacityUnits: 6 }]);
    expect(dynamodb.readUnits()).toEqual({ accounts: 6 });
  });

  test.each<[string, TransactWriteItem[], string]>([
    [
      'two actions on one item',
      [add('a', 1), check('a', 'attribute_exists(id)')],
      'cannot include multiple operations on one item',
    ],
    ['no actions', [], 'at least 1'],
    ['101 actions', Array.from({ length: 101 }, (_, n) => put(`n${n}`)), 'at most 100'],
    ['an item without action', [{}], 'exactly one of ConditionCheck, Put, Update and Delete'],
    ['an item with two', [{ ...put('x'), ...remove('y') }], 'exactly one of ConditionCheck, Put, Update and Delete'],
    ['an expression that cannot be read', [put('x'), check('b', 'balance >')], 'ConditionExpression'],
    [
      'a key of another form',
      [put('x'), { Delete: { TableName, Key: { other: { S: 'a' } } } }],
      '[None, ValidationError]',
    ],
  ])('%s is refused, and nothing is written', async (_what, items, message) => {
    await expect(write(items)).rejects.toThrow(message);
    expect(await contents()).toEqual(BEFORE);
  });

  test('a missing table is a ResourceNotFoundException', async () => {
    const call = write([put('x'), { Delete: { TableName: 'nowhere', Key: Key('a') } }]);
    await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await client.send(new GetItemCommand({ TableName, Key: Key('x') }))).Item).toBeUndefined();
  });

  test('IAM sees the permission of each action on its table (Using IAM with DynamoDB Transactions)', () => {
    const TransactItems = [add('a', 1), put('n'), remove('b'), check('text', 'attribute_exists(id)')];
    expect(dynamodb.permissionsOf?.('TransactWriteItems', { TransactItems })).toEqual(
      ['UpdateItem', 'PutItem', 'DeleteItem', 'ConditionCheckItem'].map((name) => ({
        action: `dynamodb:${name}`,
        resources: [ARN],
      })),
    );
    const read = { TransactItems: [{ Get: { TableName, Key: Key('a') } }] };
    expect(dynamodb.permissionsOf?.('TransactGetItems', read)).toEqual([
      { action: 'dynamodb:GetItem', resources: [ARN] },
    ]);
    expect(dynamodb.permissionsOf?.('PutItem', { TableName })).toBeUndefined();
  });
});
