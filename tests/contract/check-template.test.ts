import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckName, checkProject } from '../../cli/check-template/checks';
import { type Project, readProject } from '../../cli/check-template/project';
import { ROOT } from '../support/template';

const TEXT = readFileSync(join(ROOT, 'template.yaml'), 'utf8');

const problemsOf = async (project: Project, ...names: readonly CheckName[]) =>
  Object.entries(await checkProject(project, names.length > 0 ? names : undefined)).flatMap(([name, found]) =>
    found.map((problem) => `${name}: ${problem}`),
  );

/** The template with one text replaced, which must be there. */
const mutated = (from: string | RegExp, to: string) => {
  const text = TEXT.replace(from, to);
  if (text === TEXT) throw new Error(`the template has no ${String(from)}`);
  return readProject(ROOT, text);
};

test('the template has no problems', async () => {
  expect(await problemsOf(await readProject(ROOT))).toEqual([]);
});

describe('npm run check finds', () => {
  test.each<readonly [CheckName, string, string | RegExp, string, string]>([
    [
      'schemas',
      'a misspelt property',
      'KmsMasterKeyId',
      'KmsMasterKey',
      'EventsSNSTopic.Properties.KmsMasterKey: no such property',
    ],
    [
      'schemas',
      'a missing property',
      /      Queue(s): \[!Ref RuleErrorsQueue\]\n/,
      '',
      'RuleErrorsQueuePolicy.Properties.Queues: required',
    ],
    [
      'schemas',
      'a wrong type',
      'Properties:\n      Topics: [!Ref EventsSNSTopic]',
      'Properties:\n      Topics: none',
      'Topics: a list is expected',
    ],
    [
      'schemas',
      'an unknown resource type',
      'AWS::SNS::TopicPolicy',
      'AWS::SNS::TopicsPolicy',
      'unknown resource type AWS::SNS::TopicsPolicy',
    ],
    [
      'schemas',
      'a misspelt property of a subscription',
      'FilterPolicyScope',
      'FilterScope',
      'FilterScope: no such property',
    ],
    [
      'schemas',
      'a misspelt setting of logs',
      'LogGroup: !Ref FunctionsLogGroup',
      'LogsGroup: !Ref FunctionsLogGroup',
      'LogsGroup: no such property',
    ],
    [
      'references',
      'a Ref to nothing',
      '!Ref EventsSNSTopic',
      '!Ref EventTopic',
      'EventTopic is neither a parameter nor a resource',
    ],
    [
      'references',
      'a GetAtt to nothing',
      '!GetAtt DeadLetterQueue.Arn',
      '!GetAtt DeadLetters.Arn',
      'DeadLetters is neither',
    ],
    [
      'references',
      'a GetAtt of no attribute',
      '!GetAtt DeadLetterQueue.Arn',
      '!GetAtt DeadLetterQueue.Name',
      'has no attribute Name',
    ],
    [
      'references',
      'a Sub of nothing',
      '${Descriptor.DescriptorKey}',
      '${Description.DescriptorKey}',
      'Description is neither',
    ],
    [
      'references',
      'an If of no condition',
      /\[\s*HasAlarmTopic/,
      '[HasTopic',
      'condition HasTopic is not in the template',
    ],
    [
      'references',
      'a parameter that nothing uses',
      '!Ref FirmwareUrlTemplate',
      'https://example.com',
      'FirmwareUrlTemplate: nothing uses it',
    ],
    [
      'permissions',
      'an action that IAM does not know',
      'iot:DescribeJobTemplate\n',
      'iot:MakeJob\n',
      'iot:MakeJob: IAM knows no such action',
    ],
    [
      'permissions',
      'a service that IAM does not know',
      'iotjobsdata:',
      'iotjobdata:',
      'IAM knows no service iotjobdata',
    ],
    [
      'permissions',
      'a wildcard action',
      'Action: sns:Publish\n                Resource: !Ref',
      'Action: sns:*\n                Resource: !Ref',
      'sns:* is a wildcard',
    ],
    [
      'permissions',
      'a resource that is too wide',
      'Resource: !GetAtt DevicesTable.Arn',
      'Resource: "*"',
      'dynamodb:GetItem on "*"',
    ],
    [
      'permissions',
      'a wide resource without its reason',
      / +# Account-wide settings have[^\n]*\n[^\n]*\n/,
      '',
      'needs a comment above its statement',
    ],
    [
      'permissions',
      'a wide resource without its reason, on one line',
      'Action: s3:ListBucket, Resource: !GetAtt ProtoBucket.Arn',
      'Action: s3:ListAllMyBuckets, Resource: "*"',
      'needs a comment above its statement',
    ],
    [
      'permissions',
      'an ARN where AWS checks none',
      /Action: iot:ListJobs\n(\s+)Resource: "\*"/,
      'Action: iot:ListJobs\n$1Resource: !GetAtt DevicesTable.Arn',
      'iot:ListJobs has no resource-level permissions',
    ],
    [
      'permissions',
      'a managed policy instead of statements',
      /Policies:\n        - Version[^\n]*\n          Statement:\n            - [^\n]*\n[^\n]*\n[^\n]*UpgradeExecutionsTable[^\n]*\n/,
      'Policies:\n        - AmazonDynamoDBFullAccess\n        - Version: "2012-10-17"\n          Statement:\n',
      'StopWorkflowFunction.Policies[0]: write a document with a Statement',
    ],
    [
      'permissions',
      'a role for a function that SAM makes by itself',
      'Service: states.amazonaws.com',
      'Service: lambda.amazonaws.com',
      'FirmwareUpgradeStateMachineRole: write Policies on the function instead',
    ],
    [
      'permissions',
      'a confused deputy in a trust policy',
      /              StringEquals: { aws:SourceAccount: !Ref AWS::AccountId }\n              ArnLike:\n                aws:SourceArn: [^\n]*rule\/\*\n/,
      '              Bool: { aws:SecureTransport: "true" }\n',
      'iot.amazonaws.com may act for any account',
    ],
    [
      'permissions',
      'a confused deputy in a permission',
      /      SourceArn: !GetAtt MeasureJobsSchedule.Arn\n/,
      '',
      'MeasureJobsPermission: SourceArn is missing',
    ],
    [
      'permissions',
      'a service that may write where it may only read',
      'Action: s3:Get*',
      'Action: s3:*',
      'ProtoBucketPolicy: iot.amazonaws.com may act for any account',
    ],
    [
      'functions',
      'a function without dead-letter queue',
      /    DeadLetterQueue:\n      Type: SQS\n[^\n]*\n/,
      '',
      'JobsCreateJob.DeadLetterQueue: failed events would be lost',
    ],
    [
      'functions',
      'a function whose errors nobody sees',
      /  JobsCreateJobAlarm:[\s\S]*?\n\n/,
      '',
      'JobsCreateJob.nothing in the template invokes it',
    ],
    [
      'functions',
      'an alarm on something else than the errors',
      'MetricName: Errors',
      'MetricName: Duration',
      'JobsCreateJob.nothing in the template invokes it',
    ],
    [
      'functions',
      'a function that nothing invokes any more',
      /      Events:\n        JobExecutionEnded:[\s\S]*?RedrivePolicy: [^\n]*\n/,
      '',
      'StopWorkflowFunction.nothing in the template invokes it',
    ],
    [
      'functions',
      'a function that the dashboard does not show',
      ' ["...", "${StopWorkflowFunction}"],',
      '',
      'StopWorkflowFunction.no dashboard shows its errors',
    ],
    [
      'functions',
      'functions without log group',
      /    LoggingConfig:\n      LogGroup: !Ref FunctionsLogGroup\n/,
      '',
      'StopWorkflowFunction.LoggingConfig.LogGroup',
    ],
    [
      'functions',
      'a function that logs elsewhere',
      'Handler: workflow/stop/handler.handler\n',
      'Handler: workflow/stop/handler.handler\n      LoggingConfig: { LogGroup: !Ref StepFunctionsLogGroup }\n',
      'StopWorkflowFunction.LoggingConfig.LogGroup: one query reads all functions',
    ],
    [
      'functions',
      'a function with the role of another',
      'Handler: workflow/stop/handler.handler\n',
      'Handler: workflow/stop/handler.handler\n      Role: !GetAtt JobsCreateJobRole.Arn\n',
      'StopWorkflowFunction.Role: write Policies',
    ],
    [
      'functions',
      'a function without its file',
      'jobs/create-job/handler.handler',
      'jobs/creates-job/handler.handler',
      'does not exist',
    ],
    [
      'functions',
      'a subscription that loses events',
      /            RedrivePolicy: [^\n]*\n/,
      '',
      'without RedrivePolicy',
    ],
    [
      'operations',
      'a target that loses events',
      /          DeadLetterConfig: [^\n]*\n/,
      '',
      'without DeadLetterConfig',
    ],
    [
      'operations',
      'a queue without alarm',
      /  RuleErrorsQueueAlarm:[\s\S]*?\n\n/,
      '',
      'RuleErrorsQueue: no alarm watches it',
    ],
    [
      'operations',
      'logs that are kept for ever',
      /\n      RetentionInDays: !Ref LogRetentionDays/,
      '',
      'logs would be kept',
    ],
    [
      'operations',
      'an alarm without runbook',
      'WorkflowsStuckAlarm',
      'WorkflowsHangAlarm',
      'WorkflowsHangAlarm: docs/operations.md has no runbook',
    ],
    [
      'operations',
      'an alarm on a metric that nobody records',
      'MetricName: DevicesInProgress',
      'MetricName: DevicesBusy',
      'DevicesBusy: no function records it',
    ],
    [
      'operations',
      'a widget on a metric that nobody records',
      '[".", "DevicesInProgress", ".", "."]',
      '[".", "DevicesBusy", ".", "."]',
      'DevicesBusy: no function records it',
    ],
    [
      'operations',
      'throttling that nobody sees',
      'MetricName: Throttles\n',
      'MetricName: Throttles\n      Dimensions: [{ Name: FunctionName, Value: !Ref JobsCreateJob }]\n',
      'no alarm watches the throttles of all functions',
    ],
    ['operations', 'a dashboard that is not JSON', '"widgets": [', '"widgets": ', 'operations: '],
    [
      'state machines',
      'a substitution that is missing',
      /        EventsTopicArn: !Ref EventsSNSTopic\n/,
      '',
      'wants a value for EventsTopicArn',
    ],
    [
      'state machines',
      'a substitution that is not used',
      '        EventsTopicArn: !Ref',
      '        Unused: x\n        EventsTopicArn: !Ref',
      'does not use Unused',
    ],
    [
      'rules',
      'rule SQL that does not parse',
      'SELECT *, topic(3) AS thingName, concat(',
      'SELECT *, topic(3) AS concat(',
      'StartStateMachine.Properties.TopicRulePayload.Sql',
    ],
    [
      'rules',
      'a rule without error action',
      /        ErrorAction:\n          Sqs: [^\n]*\n/,
      '',
      'JobExecutionEnded.Properties.TopicRulePayload.ErrorAction',
    ],
    [
      'rules',
      'an SQL version that YAML reads as a date',
      'AwsIotSqlVersion: "2016-03-23"',
      'AwsIotSqlVersion: 2015-10-08',
      'AwsIotSqlVersion',
    ],
    [
      'descriptor',
      "a descriptor that is not the schema's",
      /usp-1-4-[0-9a-f]+\.desc/,
      'usp-1-4-000000000000.desc',
      "the schema's",
    ],
  ])('%s: %s', async (check, _, from, to, problem) => {
    expect((await problemsOf(await mutated(from, to), check)).join('\n')).toContain(problem);
  });

  test.each([
    ['a state that does not exist', '"Next": "GetDevice"', '"Next": "GetDevices"'],
    ['a definition that is not JSON', '"StartAt"', 'StartAt'],
  ])('%s in a state machine', async (_, from, to) => {
    const project = await readProject(ROOT);
    const definitions = new Map([...project.definitions].map(([file, text]) => [file, text.replace(from, to)]));
    const problems = await problemsOf({ ...project, definitions }, 'state machines');
    expect(problems.join('\n')).toContain('state machines: statemachines/firmware-upgrade.asl.json');
  });
});
