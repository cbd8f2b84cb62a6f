import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INDEX_DEADLINE_MS } from '../../functions/deployment/account-settings/account-settings';
import { SENDER_LIFETIME_MS } from '../../functions/device-management/command';
import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { readTemplate, resourcesOfType, ROOT } from '../support/template';

const template = readTemplate();
const globals = template.Globals.Function;
/** Properties that give a resource its name in the account; without one, CloudFormation makes the name. */
const NAMES = [
  'Name',
  'BucketName',
  'TableName',
  'TopicName',
  'QueueName',
  'RuleName',
  'RoleName',
  'FunctionName',
  'LogGroupName',
  'JobTemplateId',
  'DashboardName',
  'AlarmName',
  'StateMachineName',
  'ResourceGroupName',
  'PolicyName',
];
const functions = resourcesOfType(template, 'AWS::Serverless::Function');

describe('template.yaml', () => {
  test('functions that send commands are dead when a repetition takes over from them', () => {
    const senders = functions.filter(([id]) =>
      ['DMDownloadFirmwareFunction', 'DMActivateFirmwareFunction'].includes(id),
    );
    expect(senders.map(([, { Properties }]) => Properties['Timeout'])).toEqual([20, 20]);
    expect(SENDER_LIFETIME_MS).toBe(20_000);
  });

  test('has every resource of the original under its logical id', () => {
    expect(Object.keys(template.Resources)).toEqual(
      expect.arrayContaining([
        'EventsSNSTopic',
        'JobsCreateJob',
        'JobsUpdateStatus',
        'UpgradeStatusReceivedFunction',
        'OnDownloadStartACKFunction',
        'DMDownloadFirmwareFunction',
        'DeviceMessageHandlerFunction',
        'FirmwareUpgradeJobTemplate',
        'StartStateMachine',
        'StepFunctionInvoke',
        'FirmwareUpgradeStateMachine',
        'FirmwareUpgradeStateMachineRole',
        'StepFunctionsLogGroup',
        'FirmwareUpgradeTaskTokensDB',
        'ProtoBucket',
        'ProtoBucketPolicy',
        'ApplicationResourceGroup',
        'ApplicationInsightsMonitoring',
      ]),
    );
    expect(template.Parameters['StateMachineName']?.Default).toBe('FirmwareUpgrade');
  });

  test('names nothing that a second stack in the same account and region would collide with (defect 9)', () => {
    const namesIn = (stackName: string) => {
      const deployment = sampleDeployment(template, stackName);
      return new Map(
        Object.keys(template.Resources).flatMap((logicalId) =>
          NAMES.flatMap((property) => {
            const name = deployment.properties(logicalId)[property];
            return name === undefined ? [] : [[`${logicalId}.${property}`, name] as const];
          }),
        ),
      );
    };
    const [one, other] = [namesIn('one'), namesIn('other')];
    expect(one.size).toBeGreaterThan(10);
    for (const [property, name] of one) expect([property, name]).not.toEqual([property, other.get(property)]);
  });

  test('has names that AWS takes for stack names of up to 48 characters', () => {
    const { nameOf } = sampleDeployment(template, 's'.repeat(48));
    // https://docs.aws.amazon.com/iot/latest/apireference/API_CreateJobTemplate.html
    expect(nameOf('FirmwareUpgradeJobTemplate').length).toBeLessThanOrEqual(64);
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    expect(nameOf('FirmwareUpgradeStateMachine').length).toBeLessThanOrEqual(80);
  });

  test('runs every function on a current runtime, traced, with a dead-letter queue and 60 s (defect 10)', () => {
    expect(globals).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 60, Tracing: 'Active' });
    expect(globals['DeadLetterQueue']).toMatchObject({ Type: 'SQS' });
  });

  test.each(functions)(
    '%s has the esbuild options of the others, except that its bundle may hold more',
    (_, resource) => {
      const properties = (metadata: unknown) =>
        (metadata as { BuildProperties: { External: readonly string[] } }).BuildProperties;
      const { External, ...options } = properties(functions[0]![1].Metadata);
      const { External: own, ...ownOptions } = properties(resource.Metadata);
      expect(ownOptions).toEqual(options);
      expect(External).toEqual(expect.arrayContaining([...own]));
    },
  );

  test('keeps tables through updates: a change of these properties would replace them, and lose what they hold', () => {
    const keys = resourcesOfType(template, 'AWS::DynamoDB::Table').map(([logicalId, { Properties }]) => [
      logicalId,
      (Properties['KeySchema'] as readonly { AttributeName: string }[]).map(({ AttributeName }) => AttributeName),
      Properties['TableName'],
    ]);
    expect(keys).toEqual([
      ['FirmwareUpgradeTaskTokensDB', ['thingName', 'operationId'], undefined],
      ['UpgradeExecutionsTable', ['thingName', 'jobId'], undefined],
      ['DevicesTable', ['thingName', 'recordKey'], undefined],
    ]);
  });

  test('changes the job template never without its id: IoT Jobs has no update of one, so the update of a stack would fail', () => {
    const jobTemplate = (parameters: Readonly<Record<string, string>>) =>
      sampleDeployment(template, 'wme', parameters).properties('FirmwareUpgradeJobTemplate');
    // When this fails because you changed the template, give its id a suffix that is new.
    expect(jobTemplate({})).toEqual({
      JobTemplateId: 'wme-FirmwareUpgrade',
      Description: 'Firmware upgrade of a thing or a thing group by the state machine of the same name',
      Document: JSON.stringify({
        version: '1.0',
        stateMachineName: 'wme-FirmwareUpgrade',
        eventTopic: 'arn:aws:sns:eu-west-1:123456789012:wme-EventsSNSTopic',
      }),
    });
    const numbers = Object.entries(template.Parameters).filter(([, { Type }]) => Type === 'Number');
    expect(numbers.length).toBeGreaterThan(5);
    for (const [name] of numbers) expect(jobTemplate({ [name]: '7' })).toEqual(jobTemplate({}));
  });

  test('lets AccountSettings say why it failed: its function outlives the wait, and CloudFormation outlives the function', () => {
    const { Timeout } = sampleDeployment(template).properties('AccountSettingsFunction');
    const { ServiceTimeout } = sampleDeployment(template).properties('AccountSettings');
    expect(Number(Timeout)).toBeGreaterThanOrEqual(INDEX_DEADLINE_MS / 1000 + 30);
    expect(Number(ServiceTimeout)).toBeGreaterThanOrEqual(Number(Timeout) + 30);
  });

  test('deploys to every partition: no ARN is written out', () => {
    for (const file of ['template.yaml', 'statemachines/firmware-upgrade.asl.json'])
      expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(/arn:aws:/);
  });

  test('creates the rule that decodes only when it may read the descriptor', () => {
    expect(template.Resources['DeviceMessageRule']?.DependsOn).toBe('ProtoBucketPolicy');
  });

  test('encrypts at rest, keeps backups, and lets nobody in without TLS', () => {
    for (const [logicalId, { Properties }] of resourcesOfType(template, 'AWS::DynamoDB::Table'))
      expect([logicalId, Properties]).toMatchObject([
        logicalId,
        {
          SSESpecification: { SSEEnabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { Enabled: true },
        },
      ]);
    for (const [, { Properties }] of resourcesOfType(template, 'AWS::SQS::Queue'))
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    for (const [, { Properties }] of resourcesOfType(template, 'AWS::SNS::Topic'))
      expect(Properties['KmsMasterKeyId']).toBe('alias/aws/sns');
    for (const [, { Properties }] of resourcesOfType(template, 'AWS::S3::Bucket'))
      expect(Properties).toMatchObject({
        BucketEncryption: expect.anything(),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy'])
      for (const [, { Properties }] of resourcesOfType(template, type))
        expect((Properties['PolicyDocument'] as { Statement: unknown }).Statement).toContainEqual(
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        );
    const protectedBy = (type: string, property: string) =>
      resourcesOfType(template, type).flatMap(([, { Properties }]) => JSON.stringify(Properties[property]));
    expect(protectedBy('AWS::SQS::QueuePolicy', 'Queues').sort()).toEqual(
      resourcesOfType(template, 'AWS::SQS::Queue')
        .map(([logicalId]) => JSON.stringify([{ Ref: logicalId }]))
        .sort(),
    );
  });
});
