import { ACCOUNT_PRINCIPAL, type ServiceModule } from '../../../local/core/api';
import type { MqttMessage } from '../../../local/core/mqtt';
import { createDynamoDbService, type DynamoDbService } from '../../../local/services/dynamodb/dynamodb-service';
import { createEventsService } from '../../../local/services/events/events-service';
import { createAsynchronousInvocations } from '../../../local/services/lambda/asynchronous-invocations';
import type { InvocationResult } from '../../../local/services/lambda/function-worker';
import { createRulesEngine } from '../../../local/services/rules/rules-engine';
import { createS3Service } from '../../../local/services/s3/s3-service';
import { createSecretsService } from '../../../local/services/secretsmanager/secrets-service';
import { createSnsService } from '../../../local/services/sns/sns-service';
import { createSqsService } from '../../../local/services/sqs/sqs-service';
import { type Life, lives } from '../../support/lives';

const environment = { accountId: '000000000000', region: 'eu-west-1' };
const report = () => undefined;

type Output = Readonly<Record<string, unknown>>;

const caller =
  (service: ServiceModule) =>
  async (operation: string, input: object): Promise<Output> => {
    const context = { principal: ACCOUNT_PRINCIPAL, requestId: 'r' };
    const output: unknown = await service.operations[operation]?.(input as never, context);
    return output as Output;
  };

describe('services in a process that is killed', () => {
  let data: ReturnType<typeof lives>;
  let life: Life;
  beforeEach(() => {
    data = lives();
    life = data.begin();
  });
  afterEach(() => data.remove());
  /** Kills the process and begins the next one. */
  const kill = (downtime?: number) => {
    life.store.flush();
    life = data.begin(downtime);
  };

  test('S3 has its buckets and objects, with their bytes', async () => {
    const s3 = () => caller(createS3Service({ ...life, environment }));
    const before = s3();
    await before('CreateBucket', { Bucket: 'bucket' });
    await before('PutObject', { Bucket: 'bucket', Key: 'a/b', Body: Buffer.from([0, 255]), Metadata: { m: '1' } });
    await before('PutObject', { Bucket: 'bucket', Key: 'gone', Body: 'x' });
    await before('DeleteObject', { Bucket: 'bucket', Key: 'gone' });
    const found = await before('GetObject', { Bucket: 'bucket', Key: 'a/b' });
    kill();
    const later = s3();
    expect(await later('GetObject', { Bucket: 'bucket', Key: 'a/b' })).toEqual(found);
    expect(await later('ListObjectsV2', { Bucket: 'bucket' })).toMatchObject({ KeyCount: 1 });
  });

  test('SQS has its messages in their order, hidden for as long as they were to be', async () => {
    const sqs = () => caller(createSqsService({ ...life, environment, endpointUrl: () => 'http://x' }));
    const QueueUrl = 'http://x/000000000000/q';
    const before = sqs();
    await before('CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '60' } });
    for (const MessageBody of ['1', '2', '3']) await before('SendMessage', { QueueUrl, MessageBody });
    const { Messages = [] } = (await before('ReceiveMessage', { QueueUrl })) as {
      Messages?: { ReceiptHandle: string }[];
    };
    kill(30_000);
    const later = sqs();
    const bodies = async () => {
      const received = await later('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
      return ((received['Messages'] ?? []) as { Body: string }[]).map(({ Body }) => Body);
    };
    expect(await bodies()).toEqual(['2', '3']);
    await life.clock.advance(31_000);
    expect(await bodies()).toEqual(['1']);
    await later('DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
  });

  test('SQS forgets messages after their retention period', async () => {
    const call = caller(createSqsService({ ...life, environment, endpointUrl: () => 'http://x' }));
    const QueueUrl = 'http://x/000000000000/q';
    await call('CreateQueue', { QueueName: 'q', Attributes: { MessageRetentionPeriod: '60' } });
    await call('SendMessage', { QueueUrl, MessageBody: 'old' });
    await life.clock.advance(61_000);
    expect(await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: '0' },
    });
  });

  test('SNS has its subscriptions, with their filters', async () => {
    const delivered: unknown[] = [];
    const sns = () =>
      caller(
        createSnsService({
          ...life,
          environment,
          report,
          deliverToLambda: (_arn, event) => void delivered.push(event),
        }),
      );
    const before = sns();
    const { TopicArn } = await before('CreateTopic', { Name: 't' });
    const Attributes = { FilterPolicy: '{"name":["A"]}', FilterPolicyScope: 'MessageBody' };
    await before('Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: 'arn:aws:lambda:f', Attributes });
    kill();
    const later = sns();
    for (const name of ['A', 'B']) await later('Publish', { TopicArn, Message: JSON.stringify({ name }) });
    await life.clock.advance(0);
    expect(delivered).toHaveLength(1);
  });

  test('Secrets Manager has its secrets', async () => {
    const before = caller(createSecretsService({ ...life, environment }));
    await before('CreateSecret', { Name: 's', SecretString: 'old' });
    await before('PutSecretValue', { SecretId: 's', SecretString: 'new' });
    kill();
    const later = caller(createSecretsService({ ...life, environment }));
    expect(await later('GetSecretValue', { SecretId: 's' })).toMatchObject({ SecretString: 'new' });
  });

  test('EventBridge fires when it would have, and at once when that has passed', async () => {
    const fired: number[] = [];
    const begin = () => {
      const invokeLambda = () => void fired.push(life.clock.now());
      const events = createEventsService({ ...life, environment, report, invokeLambda, sendToQueue: report });
      events.createRule({ name: 'r', schedule: 'rate(10 minutes)', targets: [{ functionArn: 'arn:f' }] });
      life.store.start();
    };
    const start = life.clock.now();
    begin();
    await life.clock.advance(7 * 60_000);
    kill();
    begin();
    await life.clock.advance(3 * 60_000);
    expect(fired).toEqual([start + 10 * 60_000]);
    kill(60 * 60_000);
    begin();
    await life.clock.advance(0);
    expect(fired).toHaveLength(2);
  });

  describe('an asynchronous invocation', () => {
    const target = { definition: { functionName: 'f', roleArn: 'arn:role', timeoutSeconds: 20 } };
    let run: (event: string) => Promise<InvocationResult>;
    const attempts: { readonly at: number; readonly requestId: string; readonly event: string }[] = [];
    const deadLetters: string[] = [];
    const begin = () => {
      const start = life.clock.now();
      const invocations = createAsynchronousInvocations({
        ...life,
        api: { call: async () => ({}) },
        report,
        find: () => target,
        retryDelaysMs: [1_000, 2_000],
        run: (_target, requestId, event) => {
          attempts.push({ at: life.clock.now() - start, requestId, event });
          return run(event);
        },
        isClosed: () => false,
        onDeadLetter: () => deadLetters.push('x'),
      });
      life.store.start();
      return invocations;
    };
    const succeed = async (): Promise<InvocationResult> => ({ ok: true, payload: 'null' });
    const fail = async (): Promise<InvocationResult> => ({
      ...{ ok: false, error: { errorType: 'Error', errorMessage: 'busy' } },
    });
    beforeEach(() => {
      attempts.length = 0;
      deadLetters.length = 0;
    });

    test('that was running runs again, with the same id; one that has ended does not', async () => {
      run = succeed;
      const invocations = begin();
      invocations.invoke(target, '"done"');
      await life.clock.advance(0);
      run = () => new Promise(() => undefined);
      invocations.invoke(target, '"running"');
      await life.clock.advance(0);
      kill();
      run = succeed;
      begin();
      await life.clock.advance(60_000);
      expect(attempts.map(({ event }) => event)).toEqual(['"done"', '"running"', '"running"']);
      expect(attempts[2]?.requestId).toBe(attempts[1]?.requestId);
      kill();
      begin();
      await life.clock.advance(60_000);
      expect(attempts).toHaveLength(3);
    });

    test('that fails because the interrupted one may be at work is tried again when that has timed out', async () => {
      run = () => new Promise(() => undefined);
      begin().invoke(target, '1');
      await life.clock.advance(0);
      kill();
      run = async () => (attempts.at(-1)?.at === 20_000 ? succeed() : fail());
      begin();
      await life.clock.advance(60_000);
      expect(attempts.slice(1).map(({ at }) => at)).toEqual([0, 20_000]);
      expect(deadLetters).toEqual([]);
    });

    test('keeps its number of attempts, and when the next one is due', async () => {
      run = fail;
      begin().invoke(target, '1');
      await life.clock.advance(1_500);
      kill();
      begin();
      await life.clock.advance(1_400);
      expect(attempts).toHaveLength(2);
      await life.clock.advance(60_000);
      expect(deadLetters).toHaveLength(1);
      kill();
      begin();
      await life.clock.advance(60_000);
      expect(deadLetters).toHaveLength(1);
    });
  });

  test('a rule runs again for a message whose actions had not ended, as of when it was received', async () => {
    const calls: Output[] = [];
    let answer: () => Promise<unknown> = () => new Promise(() => undefined);
    let receive: (message: MqttMessage) => void = () => undefined;
    const begin = () => {
      const engine = createRulesEngine({
        ...life,
        ...{ environment, report, invokeLambda: report, loadObject: async () => Buffer.alloc(0) },
        api: {
          call: (_service, _operation, input) => {
            calls.push(input);
            return answer();
          },
        },
        bus: {
          publish: report,
          onMessage: (listener) => {
            receive = listener;
            return report;
          },
        },
      });
      life.store.start();
      return engine;
    };
    begin().createRule({
      ruleName: 'r',
      sql: "SELECT *, timestamp() AS at FROM 'a/+'",
      actions: [{ sqs: { queueUrl: 'q', roleArn: 'arn:role' } }],
    });
    receive({ topic: 'a/b', payload: Buffer.from('{"x":1}') });
    await life.clock.advance(0);
    const receivedAt = life.clock.now();
    kill(5_000);
    answer = async () => ({});
    begin();
    await life.clock.advance(0);
    const message = { QueueUrl: 'q', MessageBody: JSON.stringify({ x: 1, at: receivedAt }) };
    expect(calls).toEqual([message, message]);
    kill();
    begin();
    await life.clock.advance(0);
    expect(calls).toHaveLength(2);
  });

  describe('DynamoDB', () => {
    const open: DynamoDbService[] = [];
    const begin = () => {
      const service = createDynamoDbService({ ...life, environment });
      open.push(service);
      return caller(service);
    };
    /** LevelDB locks its directory for the process, so the service of before has to be closed first. */
    const killAll = async (downtime?: number) => {
      for (const service of open.splice(0)) await service.close();
      kill(downtime);
    };
    afterEach(async () => {
      for (const service of open.splice(0)) await service.close();
    });
    const key = (id: string) => ({ id: { S: id } });
    const createTable = (call: ReturnType<typeof caller>) =>
      call('CreateTable', {
        ...{ TableName: 'table', BillingMode: 'PAY_PER_REQUEST' },
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      });

    test('has its tables and items', async () => {
      const before = begin();
      await createTable(before);
      await before('PutItem', { TableName: 'table', Item: { ...key('a'), n: { N: '1' } } });
      await killAll();
      expect(await begin()('GetItem', { TableName: 'table', Key: key('a') })).toEqual({
        Item: { ...key('a'), n: { N: '1' } },
      });
    });

    test('deletes items after their time to live, and no others', async () => {
      const before = begin();
      await createTable(before);
      const TimeToLiveSpecification = { AttributeName: 'until', Enabled: true };
      await before('UpdateTimeToLive', { TableName: 'table', TimeToLiveSpecification });
      const seconds = life.clock.now() / 1000;
      const until = { old: seconds + 60, later: seconds + 86_400 };
      for (const [id, time] of Object.entries(until))
        await before('PutItem', { TableName: 'table', Item: { ...key(id), until: { N: String(time) } } });
      await before('PutItem', { TableName: 'table', Item: key('forever') });
      await killAll();
      const later = begin();
      await life.clock.advance(3_600_000);
      const ids = async () => {
        const { Items = [] } = (await later('Scan', { TableName: 'table' })) as { Items?: { id: { S: string } }[] };
        return Items.map(({ id }) => id.S).sort();
      };
      while ((await ids()).length > 2) await new Promise(setImmediate);
      expect(await ids()).toEqual(['forever', 'later']);
    });

    test('has not done half of a transaction that was interrupted', async () => {
      const before = begin();
      await createTable(before);
      await before('PutItem', { TableName: 'table', Item: { ...key('a'), n: { N: '1' } } });
      // As a process leaves it that is killed between the two writes.
      const undo = [
        { table: 'table', key: key('a'), before: { ...key('a'), n: { N: '1' } } },
        { table: 'table', key: key('b'), before: undefined },
      ];
      await before('PutItem', { TableName: 'table', Item: { ...key('a'), n: { N: '2' } } });
      await killAll();
      const torn = life.store.collection<unknown>('dynamodb-undo', () => undo);
      torn.changed('undo');
      kill();
      const later = begin();
      expect(
        await later('TransactGetItems', { TransactItems: [{ Get: { TableName: 'table', Key: key('a') } }] }),
      ).toEqual({
        Responses: [{ Item: { ...key('a'), n: { N: '1' } } }],
      });
      expect(await later('GetItem', { TableName: 'table', Key: key('b') })).toEqual({});
    });
  });
});
