import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { referencesIn } from '../../local/template/intrinsics';
import { CfnSchema } from '../support/cfn-schema';
import { readTemplate, resourcesOfType, ROOT } from '../support/template';

const template = readTemplate();
const globals = template.Globals.Function;
const functions = resourcesOfType(template, 'AWS::Serverless::Function');

describe('template.yaml', () => {
  const schema = new CfnSchema();

  test.each(Object.entries(template.Resources).filter(([, { Type }]) => !Type.startsWith('Custom::')))(
    '%s has only properties that CloudFormation knows, of the right type, and all required ones',
    (logicalId, resource) => {
      // The specification's union of SAM events predates FilterPolicyScope: events are checked as subscriptions below.
      const { Events: _events, ...properties } = resource.Properties;
      expect(schema.check(logicalId, resource.Type, properties)).toEqual([]);
    },
  );

  test.each(functions.filter(([, { Properties }]) => Properties['Events'] !== undefined))(
    'the SNS events of %s are valid subscriptions that keep what cannot be delivered',
    (logicalId, { Properties }) => {
      for (const event of Object.values(Properties['Events'] as Record<string, { Type: string; Properties: object }>)) {
        const { Topic, ...rest } = event.Properties as { Topic: unknown };
        expect(event.Type).toBe('SNS');
        expect(
          schema.check(logicalId, 'AWS::SNS::Subscription', { TopicArn: Topic, Protocol: 'lambda', ...rest }),
        ).toEqual([]);
        expect(rest).toMatchObject({ FilterPolicyScope: 'MessageBody', RedrivePolicy: expect.anything() });
      }
    },
  );

  test('the schema check finds an unknown property, a missing one and a wrong type', () => {
    expect(schema.check('Rule', 'AWS::IoT::TopicRule', { TopicRulePayload: { Sqll: 'x', Actions: 'none' } })).toEqual([
      'Rule.Properties.TopicRulePayload.Sqll: no such property',
      'Rule.Properties.TopicRulePayload.Sql: required property is missing',
      'Rule.Properties.TopicRulePayload.Actions: a list is expected',
    ]);
  });

  test('every reference names a parameter, a resource or a pseudo parameter', () => {
    const known = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
    const unknown = referencesIn([template.Resources, template.Outputs]).filter(
      (name) => !known.has(name) && !name.startsWith('AWS::'),
    );
    expect(unknown).toEqual([]);
  });

  test('has every resource of the reference under its logical id', () => {
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
    const fixed = Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties = {} }]) =>
      [
        'Name',
        'BucketName',
        'TableName',
        'TopicName',
        'QueueName',
        'RuleName',
        'RoleName',
        'FunctionName',
        'PolicyName',
        'LogGroupName',
        'JobTemplateId',
      ]
        .filter(
          (property) =>
            !Type.startsWith('AWS::Serverless::Function') &&
            property in Properties &&
            !JSON.stringify(Properties[property]).includes('"Ref"') &&
            !JSON.stringify(Properties[property]).includes('AWS::StackName'),
        )
        .map((property) => `${logicalId}.${property}`),
    );
    expect(fixed).toEqual([]);
  });

  test('runs every function on a current runtime, traced, with a dead-letter queue and 60 s (defect 10)', () => {
    expect(globals).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 60, Tracing: 'Active' });
    expect(globals['DeadLetterQueue']).toMatchObject({ Type: 'SQS' });
  });

  test.each(functions)('%s has a handler file and the esbuild options of the others', (_, resource) => {
    const handler = String(resource.Properties['Handler']);
    expect(existsSync(join(ROOT, 'functions', handler.replace(/\.handler$/, '.ts')))).toBe(true);
    expect(resource.Metadata).toEqual(functions[0]?.[1].Metadata);
  });

  test('every rule quotes its SQL version and has an error action (defect 10)', () => {
    for (const [logicalId, { Properties }] of resourcesOfType(template, 'AWS::IoT::TopicRule')) {
      const payload = Properties['TopicRulePayload'];
      expect([logicalId, payload]).toEqual([
        logicalId,
        expect.objectContaining({ AwsIotSqlVersion: '2016-03-23', ErrorAction: expect.anything() }),
      ]);
    }
  });

  test('no policy of a role has a wildcard action, nor a wildcard resource outside of the documented ones (defect 10)', () => {
    const statements = Object.entries(template.Resources).flatMap(([logicalId, { Properties = {} }]) =>
      policyStatements(Properties['Policies']).map((statement) => ({ logicalId, ...statement })),
    );
    expect(statements.length).toBeGreaterThan(10);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const wide = statements.filter(({ resources }) => resources.includes('*')).map(({ logicalId }) => logicalId);
    expect(wide).toEqual(['FirmwareUpgradeStateMachineRole', 'AccountSettingsFunction']);
  });
});

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const policyStatements = (policies: unknown) =>
  asList(policies ?? []).flatMap((policy) => {
    const document = (policy as { PolicyDocument?: unknown }).PolicyDocument ?? policy;
    return asList((document as { Statement: unknown }).Statement).map((statement) => {
      const { Action, Resource } = statement as { Action: unknown; Resource: unknown };
      return { actions: asList(Action).map(String), resources: asList(Resource) };
    });
  });
