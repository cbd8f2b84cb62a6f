import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  type Action,
  CreateJobCommand,
  CreateThingCommand,
  GetTopicRuleCommand,
  IoTClient,
  ReplaceTopicRuleCommand,
} from '@aws-sdk/client-iot';
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import type { MessageInput } from '../../functions/shared/messages';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { requestFilter } from '../../proto/topics';
import { startFleet } from '../../simulator/fleet';
import { ROOT } from '../support/template';

jest.setTimeout(120_000);

/** What the tests read of `--json`. */
interface Answer {
  readonly handedBack: number;
  readonly stay: number;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

describe('npm run redrive on the embedded AWS', () => {
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let sns: SNSClient;
  let sqs: SQSClient;
  let dynamodb: DynamoDBClient;
  const resources = new Map<string, string>();
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    aws = await startEmbeddedAws({ stackName: 'wme', httpPort: 0, mqttPort: 0, report: () => undefined });
    iot = new IoTClient(aws.clientConfig);
    sns = new SNSClient(aws.clientConfig);
    sqs = new SQSClient(aws.clientConfig);
    dynamodb = new DynamoDBClient(aws.clientConfig);
    const client = new CloudFormationClient(aws.clientConfig);
    for await (const page of paginateListStackResources({ client }, { StackName: 'wme' }))
      for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? [])
        resources.set(LogicalResourceId, PhysicalResourceId);
    client.destroy();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    for (const output of ['DeadLetterQueueUrl', 'RuleErrorsQueueUrl'])
      await sqs.send(new PurgeQueueCommand({ QueueUrl: aws.output(output) }));
  });
  afterAll(async () => {
    for (const client of [iot, sns, sqs, dynamodb]) client.destroy();
    await aws.close();
  });

  const physicalId = (logicalId: string) => resources.get(logicalId) ?? '';
  const functionArn = (logicalId: string) =>
    `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${physicalId(logicalId)}`;

  /** The command itself, in a process of its own. */
  const command = (...args: readonly string[]) =>
    new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
      const env = { ...process.env, AWS_ENDPOINT_URL: aws.endpointUrl };
      const file = join(ROOT, 'node_modules', '.bin', 'tsx');
      execFile(file, ['cli/redrive.ts', ...args], { cwd: ROOT, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  const redrive = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await command(...args, '--json');
    if (stdout === '') throw new Error(stderr);
    const answer: Answer = JSON.parse(stdout);
    return { code, ...answer };
  };

  const createJob = async (thingName: string) => {
    const { thingArn = '' } = await iot.send(
      new CreateThingCommand({ thingName, attributePayload: { attributes: { firmwareVersion: '1.2.1' } } }),
    );
    return async () => {
      const document = { version: '1.0', firmwareVersion: '1.2.3', stateMachineName: 'wme-FirmwareUpgrade' };
      const jobId = `FirmwareUpgrade-${thingName}`;
      await iot.send(new CreateJobCommand({ jobId, targets: [thingArn], document: JSON.stringify(document) }));
    };
  };
  const ended = (thingName: string) =>
    new Promise<string>((resolve) => {
      const stop = aws.onJobExecutionChanged((change) => {
        if (change.thingName !== thingName || change.status === 'QUEUED' || change.status === 'IN_PROGRESS') return;
        stop();
        resolve(change.status);
      });
    });
  /** Resolves when the device has published a message of this type. */
  const connect = async (thingName: string, published: string) => {
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((settle) => (resolve = settle));
    const fleet = await startFleet({
      ...{ things: [{ thingName }], mqttUrl: aws.mqttUrl, firmwareVersion: '1.2.1', timeScale: 0.02 },
      onEvent: (_thing, { kind, detail }) => kind === 'published' && detail === published && resolve(),
    });
    closing.push(() => fleet.close());
    return { done };
  };

  /** Takes a table away; the result brings it back with its items. */
  const removeTable = async (TableName: string) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    const waiter = { client: dynamodb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
    await waitUntilTableNotExists(waiter, { TableName });
    return async () => {
      const { AttributeDefinitions, KeySchema } = Table ?? {};
      const BillingMode = 'PAY_PER_REQUEST' as const;
      await dynamodb.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }));
      await waitUntilTableExists(waiter, { TableName });
      for (const Item of Items) await dynamodb.send(new PutItemCommand({ TableName, Item }));
    };
  };

  test('events that functions failed to handle are shown with their cause, and complete when it is gone', async () => {
    const start = await createJob('upgraded');
    await (await connect('upgraded', 'GET_RESP')).done;
    await aws.idle();
    const restore = await removeTable(physicalId('DevicesTable'));
    const outcome = ended('upgraded');
    await start();
    const late = await connect('late', 'GET_RESP');
    await aws.idle();
    await sqs.send(new SendMessageCommand({ QueueUrl: aws.output('DeadLetterQueueUrl'), MessageBody: 'poison' }));

    const shown = await redrive('--queue', 'dead-letters');
    expect(shown.code).toBe(0);
    const lambda = { kind: 'lambda', handedBack: false, cause: expect.stringContaining('ResourceNotFoundException') };
    expect(shown.messages).toEqual(
      expect.arrayContaining([
        // Known by its subscription.
        expect.objectContaining({
          ...{ ...lambda, recipients: ['DMDownloadFirmwareFunction'] },
          subject: 'START_UPGRADE upgraded FirmwareUpgrade-upgraded.1',
        }),
        // Known by the role of the function.
        expect.objectContaining({ recipients: ['DeviceMessageHandlerFunction'], kind: 'lambda', handedBack: false }),
        expect.objectContaining({ kind: 'unknown', problem: 'its body is not JSON' }),
      ]),
    );

    await restore();
    const one = await redrive('--queue', 'dead-letters', '--apply', '--only', 'DMDownloadFirmwareFunction');
    expect(one).toMatchObject({ code: 0, handedBack: 1, stay: 0 });
    expect(await outcome).toBe('SUCCEEDED');

    const all = await redrive('--queue', 'dead-letters', '--apply');
    expect(all).toMatchObject({ code: 1, handedBack: shown.messages.length - 2, stay: 1 });
    await late.done;
    await aws.idle();

    const { code, stdout } = await command('--queue', 'dead-letters');
    expect(code).toBe(0);
    expect(stdout).toContain('Found 1 message in dead-letters of stack wme');
    expect(stdout).toContain('Cannot be handed back:\n  1 × its body is not JSON');
  });

  test('events that SNS and EventBridge could not deliver go to their functions', async () => {
    const TopicArn = aws.output('EventsTopicArn');
    const QueueUrl = aws.output('DeadLetterQueueUrl');
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const message: MessageInput = {
      ...{ name: 'START_UPGRADE', id: 'job.1', thingName: 'posted', firmwareVersion: '9', token: 't' },
      ...{ enteredAt: new Date().toISOString(), timeLimitSeconds: 60 },
    };

    // What the embedded AWS writes itself, for a function that does not exist.
    const deadLetterTargetArn = `arn:aws:sqs:${aws.region}:${aws.accountId}:${QueueUrl.split('/').at(-1) ?? ''}`;
    await sns.send(
      new SubscribeCommand({
        ...{ TopicArn, Protocol: 'lambda', Endpoint: `arn:aws:lambda:${aws.region}:${aws.accountId}:function:gone` },
        Attributes: {
          FilterPolicyScope: 'MessageBody',
          FilterPolicy: JSON.stringify({ name: ['TEST'] }),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn }),
        },
      }),
    );
    await sns.send(new PublishCommand({ TopicArn, Message: '{"name":"TEST"}' }));

    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const subscription = Subscriptions.find(({ Endpoint }) => Endpoint === functionArn('DMDownloadFirmwareFunction'));
    const notification = {
      ...{ Type: 'Notification', MessageId: 'm', TopicArn, Message: JSON.stringify(message), Timestamp: '2026-01-01' },
      UnsubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription?.SubscriptionArn}`,
    };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(notification) }));
    await sqs.send(
      new SendMessageCommand({
        ...{ QueueUrl, MessageBody: JSON.stringify({ 'detail-type': 'Scheduled Event', detail: {} }) },
        MessageAttributes: {
          RULE_ARN: text('arn:aws:events:us-east-1:000000000000:rule/schedule'),
          TARGET_ARN: text(functionArn('MeasureJobsFunction')),
          ERROR_CODE: text('THROTTLING'),
        },
      }),
    );
    const device = await connectAsync(aws.mqttUrl, { clientId: 'posted' });
    closing.push(() => device.endAsync());
    await device.subscribeAsync(requestFilter('posted'), { qos: 1 });
    const asked = new Promise((resolve) => device.once('message', resolve));
    aws.resetMetrics();

    const answer = await redrive('--queue', 'dead-letters', '--apply');
    expect(answer).toMatchObject({ code: 1, handedBack: 2, stay: 1 });
    expect(answer.messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'sns', recipients: ['DMDownloadFirmwareFunction'], handedBack: true }),
        expect.objectContaining({ kind: 'eventbridge', recipients: ['MeasureJobsFunction'], handedBack: true }),
        expect.objectContaining({
          ...{ kind: 'sns', subject: 'TEST', recipients: ['gone'], handedBack: false },
          problem: expect.stringContaining('Function not found'),
        }),
      ]),
    );
    await asked;
    await aws.idle();
    // Jobs in progress and scheduled ones, once each.
    expect(aws.metrics().calls['iot:ListJobs']).toBe(2);
  });

  /** Replaces the actions of a rule; the result puts the original ones back. */
  const replaceActions = async (ruleName: string, actions: Action[]) => {
    const { rule } = await iot.send(new GetTopicRuleCommand({ ruleName }));
    const replace = (changed: Action[] | undefined) => {
      const { sql, awsIotSqlVersion, errorAction } = rule ?? {};
      const topicRulePayload = { sql, actions: changed, awsIotSqlVersion, errorAction };
      return iot.send(new ReplaceTopicRuleCommand({ ruleName, topicRulePayload }));
    };
    await replace(actions);
    return () => replace(rule?.actions);
  };

  test('MQTT messages that a rule could not deliver go to its action', async () => {
    const start = await createJob('notified');
    await (await connect('notified', 'GET_RESP')).done;
    await aws.idle();
    const role = `arn:aws:iam::${aws.accountId}:role/${physicalId('StepFunctionInvoke')}`;
    const gone = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:gone`;
    const restore = [
      await replaceActions(physicalId('StartStateMachine'), [
        { stepFunctions: { stateMachineName: 'gone', roleArn: role } },
      ]),
      await replaceActions(physicalId('DeviceMessageRule'), [{ lambda: { functionArn: gone } }]),
    ];
    const outcome = ended('notified');
    await start();
    const decoded = await connect('decoded', 'GET_RESP');
    await aws.idle();

    const shown = await redrive('--queue', 'rule-errors', '--only', 'StartStateMachine');
    expect(shown).toMatchObject({ code: 0, handedBack: 0, stay: 1 });
    expect(shown.messages[0]).toMatchObject({
      ...{ kind: 'rule', rule: 'StartStateMachine', subject: '$aws/things/notified/jobs/notify-next' },
      cause: expect.stringContaining('StepFunctionsAction: '),
    });

    for (const put of restore) await put();
    const applied = await redrive('--queue', 'rule-errors', '--apply');
    expect(applied).toMatchObject({ code: 0, stay: 0 });
    const recipients = new Set(applied.messages.flatMap((message) => message['recipients']));
    expect(recipients).toEqual(new Set(['FirmwareUpgradeStateMachine', 'DeviceMessageHandlerFunction']));
    expect(await outcome).toBe('SUCCEEDED');
    await decoded.done;
    await aws.idle();
    expect(await redrive('--queue', 'rule-errors')).toMatchObject({ code: 0, messages: [] });
    expect(await redrive('--queue', 'dead-letters')).toMatchObject({ code: 0, messages: [] });
  });

  test('usage errors and failed calls say what is wrong and how to fix it', async () => {
    expect(await command('--queue', 'dlq')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--queue dlq: '),
    });
    expect(await command('--queue', 'dead-letters', '--stack', 'other')).toMatchObject({
      ...{ code: 1, stdout: '', stderr: expect.stringContaining('--stack other: no such stack') },
    });
    expect(await command('--queue', 'dead-letters', '--only', 'Nobody')).toMatchObject({ code: 2 });
    expect(await command('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--older-than') });
  });
});
