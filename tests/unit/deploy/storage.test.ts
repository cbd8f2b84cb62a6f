import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT_PRINCIPAL } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import { createApi } from '../../../local/core/create-api';
import { deployTemplate } from '../../../local/deploy/deploy-template';
import { createStackRecord } from '../../../local/deploy/stack-record';
import { createDynamoDbService } from '../../../local/services/dynamodb/dynamodb-service';
import { createMemoryStore } from '../../../local/store/store';

const environment = { accountId: '000000000000', region: 'eu-west-1' };

const table = (more: readonly string[]) =>
  [
    "AWSTemplateFormatVersion: '2010-09-09'",
    'Resources:',
    '  Sessions:',
    '    Type: AWS::DynamoDB::Table',
    '    Properties:',
    '      TableName: sessions',
    '      BillingMode: PAY_PER_REQUEST',
    '      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
    '      KeySchema: [{ AttributeName: id, KeyType: HASH }]',
    ...more.map((line) => `      ${line}`),
  ].join('\n');

const notInThisTemplate = () => {
  throw new Error('the template has a table only');
};

describe('a deployed table', () => {
  const dynamodb = createDynamoDbService({ clock: drivenClock(), environment });
  const api = createApi({ authorizer: { authorize: () => undefined } });
  api.register(dynamodb);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  });
  afterEach(() => api.call('dynamodb', 'DeleteTable', { TableName: 'sessions' }, ACCOUNT_PRINCIPAL));
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await dynamodb.close();
  });

  const deploy = async (...more: readonly string[]) => {
    const templatePath = join(folder, 'template.yaml');
    await writeFile(templatePath, table(more));
    await deployTemplate({
      templatePath,
      stackName: 'test',
      parameters: {},
      environment,
      buildDirectory: folder,
      targets: {
        api,
        createFunction: notInThisTemplate,
        createStateMachine: notInThisTemplate,
        createRule: notInThisTemplate,
        createEventRule: notInThisTemplate,
        record: createStackRecord(createMemoryStore()),
        report: () => undefined,
        setRolePolicies: notInThisTemplate,
        expectAnswer: notInThisTemplate,
      },
    });
  };
  const ask = (operation: string) => api.call('dynamodb', operation, { TableName: 'sessions' }, ACCOUNT_PRINCIPAL);

  test('has the time to live of its template (CloudFormation, AWS::DynamoDB::Table)', async () => {
    await deploy('TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }');
    expect(await ask('DescribeTimeToLive')).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
    });
  });

  test('has no time to live when its template switches it off', async () => {
    await deploy('TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: false }');
    expect(await ask('DescribeTimeToLive')).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } });
  });

  test('has the point-in-time recovery of its template', async () => {
    await deploy('PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }');
    expect(await ask('DescribeContinuousBackups')).toMatchObject({
      ContinuousBackupsDescription: {
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
      },
    });
  });
});
