import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTimeToLiveCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeJobTemplateCommand, GetPolicyCommand, IoTClient, ListTopicRulesCommand } from '@aws-sdk/client-iot';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import type { LocalEvent } from '../../local/core/api';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';

const policy = (effect: string) => `{ Statement: [{ Effect: ${effect}, Action: 'iot:Connect', Resource: '*' }] }`;

const template = ({ effect = 'Allow', ttl = 'a', description = 'first', key = 'id', more = '' }) => `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: items
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: ${key}, AttributeType: S }]
      KeySchema: [{ AttributeName: ${key}, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: ${ttl}, Enabled: true }
  Policy:
    Type: AWS::IoT::Policy
    Properties: { PolicyName: policy, PolicyDocument: ${policy(effect)} }
  JobTemplate:
    Type: AWS::IoT::JobTemplate
    Properties: { JobTemplateId: jobs, Description: ${description}, Document: '{}' }
${more}`;

const BUCKET_AND_RULE = `
  Bucket:
    Type: AWS::S3::Bucket
    Properties: { BucketName: things-of-before }
  Rule:
    Type: AWS::IoT::TopicRule
    Properties: { RuleName: rule, TopicRulePayload: { Sql: "SELECT * FROM 'a'", Actions: [] } }
`;

/** As an update of the stack would: what is unchanged stays, what can be changed is changed, the rest is said. */
describe('a template that is deployed to the data of an earlier start', () => {
  let directory: string;
  let aws: EmbeddedAws | undefined;
  const reports: LocalEvent[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redeploy-'));
    reports.length = 0;
  });
  afterEach(async () => {
    await aws?.close();
    await rm(directory, { recursive: true });
  });
  const deploy = async (text: string) => {
    await aws?.close();
    aws = undefined;
    const templatePath = join(directory, 'template.yaml');
    await writeFile(templatePath, text);
    aws = await startEmbeddedAws({
      ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, templatePath, data: { directory: join(directory, 'data') } },
      report: (event) => event.level !== 'info' && reports.push(event),
    });
    return aws.clientConfig;
  };

  test('finds its tables with their items, policies, job templates, buckets and rules', async () => {
    const before = new DynamoDBClient(await deploy(template({ more: BUCKET_AND_RULE })));
    await before.send(new PutItemCommand({ TableName: 'items', Item: { id: { S: '1' } } }));
    const config = await deploy(template({ more: BUCKET_AND_RULE }));
    const { Item } = await new DynamoDBClient(config).send(
      new GetItemCommand({ TableName: 'items', Key: { id: { S: '1' } } }),
    );
    expect(Item).toEqual({ id: { S: '1' } });
    const iot = new IoTClient(config);
    expect((await iot.send(new ListTopicRulesCommand({}))).rules).toHaveLength(1);
    expect((await iot.send(new GetPolicyCommand({ policyName: 'policy' }))).defaultVersionId).toBe('1');
    expect(reports).toEqual([]);
  });

  test('changes policies, job templates and time to live', async () => {
    await deploy(template({}));
    const config = await deploy(template({ effect: 'Deny', ttl: 'b', description: 'second' }));
    const iot = new IoTClient(config);
    const { policyDocument, defaultVersionId } = await iot.send(new GetPolicyCommand({ policyName: 'policy' }));
    expect([policyDocument, defaultVersionId]).toEqual([expect.stringContaining('"Deny"'), '2']);
    const { description } = await iot.send(new DescribeJobTemplateCommand({ jobTemplateId: 'jobs' }));
    expect(description).toBe('second');
    expect(await new DynamoDBClient(config).send(new DescribeTimeToLiveCommand({ TableName: 'items' }))).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'b' },
    });
  });

  test('removes rules that are not in it any more, keeps what has data, and says so', async () => {
    await deploy(template({ more: BUCKET_AND_RULE }));
    const config = await deploy(template({}));
    expect((await new IoTClient(config).send(new ListTopicRulesCommand({}))).rules).toEqual([]);
    await new S3Client(config).send(new HeadBucketCommand({ Bucket: 'things-of-before' }));
    expect(reports.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Bucket \(AWS::S3::Bucket things-of-before\) is not in the template any more\./),
    ]);
    reports.length = 0;
    // It says so once.
    await deploy(template({}));
    expect(reports).toEqual([]);
  });

  test('that changes the keys of a table is refused with what to do, and the old one is deployed again', async () => {
    await deploy(template({}));
    await expect(deploy(template({ key: 'other' }))).rejects.toThrow(
      /^Table\.KeySchema: the table items is there with other keys.*--reset/,
    );
    await deploy(template({}));
  });

  test("the project's own template keeps its subscriptions, one of each", async () => {
    const start = async () => {
      const own = await startEmbeddedAws({
        ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, data: { directory: join(directory, 'data') } },
        report: (event) => event.level !== 'info' && reports.push(event),
      });
      const { Subscriptions = [] } = await new SNSClient(own.clientConfig).send(new ListSubscriptionsCommand({}));
      await own.close();
      return Subscriptions.map(({ SubscriptionArn }) => SubscriptionArn);
    };
    const before = await start();
    expect(before.length).toBeGreaterThan(3);
    expect(await start()).toEqual(before);
    expect(reports).toEqual([]);
  });
});
