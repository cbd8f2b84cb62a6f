import { asList, isRecord } from '../../cli/check-template/project';
import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { ACCOUNT_PRINCIPAL, type Principal } from '../../local/core/api';
import { managedPolicy } from '../../local/deploy/managed-policies';
import { createAuthorizer, type PolicyStatement } from '../../local/services/iam/authorizer';
import { withImplicitRoles } from '../../local/template/implicit-roles';
import { actionsInCode, actionsInStateMachine } from '../support/iam-calls';
import { readTemplate, resourcesOfType } from '../support/template';

const template = withImplicitRoles(readTemplate());
const SECRET = 'firmware/login';
const aws = sampleDeployment(template, 'wme', { FirmwareCredentialsSecret: SECRET });
const functions = resourcesOfType(template, 'AWS::Serverless::Function').map(([logicalId]) => logicalId);

/** One call: the action, and every resource that IAM checks for it. */
interface Call {
  readonly action: string;
  readonly resources: readonly string[];
}
const calls = (action: string, ...resources: readonly (string | readonly string[])[]): readonly Call[] =>
  resources.map((resource) => ({ action, resources: typeof resource === 'string' ? [resource] : resource }));

const thing = aws.arn('iot', 'thing/sim-1');
const job = aws.arn('iot', 'job/FirmwareUpgrade-abcdefghij');
const execution = aws.arn('states', `execution:${aws.nameOf('FirmwareUpgradeStateMachine')}:1`);
const topic = aws.arnOf('EventsSNSTopic');
const machine = aws.arnOf('FirmwareUpgradeStateMachine');
const bucketObject = `${aws.arnOf('ProtoBucket')}/usp.desc`;
const environment = (logicalId: string): Readonly<Record<string, unknown>> => {
  const { Environment } = aws.properties(logicalId);
  const variables = isRecord(Environment) ? Environment['Variables'] : undefined;
  return isRecord(variables) ? variables : {};
};

/** What the code of a function calls, with the resources that it names: its table by its environment, and so on. */
const callsOf = (logicalId: string, action: string): readonly Call[] => {
  const table = Object.entries(environment(logicalId)).find(([name]) => name.endsWith('_TABLE'))?.[1];
  switch (action) {
    case 'dynamodb:GetItem':
    case 'dynamodb:Query':
    case 'dynamodb:UpdateItem':
      return calls(action, aws.arn('dynamodb', `table/${String(table)}`));
    case 'sns:Publish':
      return calls(action, topic);
    case 'iot:Publish':
      return calls(
        action,
        aws.arn('iot', 'topic/agents/sim-1/usp/request'),
        aws.arn('iot', 'topic/agents/sim-1/usp/request/reply-to=controllers%2Fc%2Fagents%2Fsim-1%2Fresponse'),
      );
    case 'iot:DescribeThing':
    case 'iot:UpdateThing':
    case 'iotjobsdata:DescribeJobExecution':
    case 'iotjobsdata:UpdateJobExecution':
      return calls(action, thing);
    case 'iot:CreateJob':
      return calls(action, [job, thing], [job, aws.arn('iot', 'thinggroup/old')]);
    case 'iot:DescribeJobTemplate':
      return calls(action, aws.arn('iot', `jobtemplate/${aws.nameOf('FirmwareUpgradeJobTemplate')}`));
    case 'iot:DescribeJob':
    case 'iot:GetJobDocument':
      return calls(action, job);
    case 'states:SendTaskSuccess':
    case 'states:SendTaskFailure':
      return calls(action, machine);
    case 'states:StopExecution':
      return calls(action, execution);
    case 'secretsmanager:GetSecretValue':
      return calls(
        action,
        aws.arn('secretsmanager', `secret:${SECRET}-AbCdEf`),
        aws.arn('secretsmanager', 'secret:wme/firmware/fleet-a-AbCdEf'),
      );
    case 's3:PutObject':
    case 's3:DeleteObject':
      return calls(action, bucketObject);
    case 's3:ListBucket':
      return calls(action, aws.arnOf('ProtoBucket'));
    case 'iot:DescribeThingGroup':
      return calls(action, aws.arn('iot', 'thinggroup/old'));
    case 'iot:DescribeIndex':
    case 'iot:GetStatistics':
    case 'iot:SearchIndex':
      return calls(action, aws.arn('iot', 'index/AWS_Things'));
    case 'iot:ListJobs':
    case 'iot:GetIndexingConfiguration':
    case 'iot:UpdateIndexingConfiguration':
    case 'iot:UpdateEventConfigurations':
      return calls(action, '*');
    default:
      throw new Error(`${logicalId} calls ${action}: say here on what`);
  }
};

const logStream = aws.arnOf('FunctionsLogGroup').replace(/\*$/, 'log-stream:2026/11/24/wme-StopWorkflowFunction[1]');
/** What Lambda does in the name of every function: SAM allows it, the first two by managed policies. */
const LAMBDA_OWN: readonly Call[] = [
  ...calls('logs:CreateLogStream', logStream),
  ...calls('logs:PutLogEvents', logStream),
  ...calls('xray:PutTraceSegments', '*'),
  ...calls('xray:PutTelemetryRecords', '*'),
];
const DEAD_LETTERS = calls('sqs:SendMessage', aws.arnOf('DeadLetterQueue'));

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and …/concepts-xray-tracing.html */
const STEP_FUNCTIONS_OWN = [
  ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'],
  ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'],
].map((operation) => `logs:${operation}`);
const XRAY_OWN = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map(
  (operation) => `xray:${operation}`,
);

const machineCalls = (action: string): readonly Call[] => {
  switch (action) {
    case 'dynamodb:UpdateItem':
      return calls(action, aws.arnOf('UpgradeExecutionsTable'));
    case 'sns:Publish':
      return calls(action, topic);
    case 'lambda:InvokeFunction':
      return calls(action, aws.arnOf('UpgradeStatusReceivedFunction'), aws.arnOf('ActivationWindowFunction'));
    case 'iot:DescribeThing':
    case 'iot:GetThingConnectivityData':
    case 'iot:UpdateThing':
      return calls(action, thing);
    default:
      throw new Error(`the state machine calls ${action}: say here on what`);
  }
};

/** Every role of the template with the calls that are made in its name, less those of managed policies. */
const ROLES: Readonly<Record<string, readonly Call[]>> = {
  ...Object.fromEntries(
    functions.map((logicalId) => {
      const handler = String(template.Resources[logicalId]?.Properties['Handler']);
      const own = actionsInCode(handler).flatMap((action) => callsOf(logicalId, action));
      return [`${logicalId}Role`, [...own, ...DEAD_LETTERS]];
    }),
  ),
  FirmwareUpgradeStateMachineRole: [
    ...actionsInStateMachine('statemachines/firmware-upgrade.asl.json').flatMap(machineCalls),
    ...[...STEP_FUNCTIONS_OWN, ...XRAY_OWN].flatMap((action) => calls(action, '*')),
  ],
  StepFunctionInvoke: calls('states:StartExecution', machine),
  RuleErrorsRole: calls('sqs:SendMessage', aws.arnOf('RuleErrorsQueue')),
};

const texts = (value: unknown) => asList(value).map(String);

const statementsOf = (role: string): readonly PolicyStatement[] =>
  asList(aws.properties(role)['Policies']).flatMap((policy) => {
    const document = isRecord(policy) && isRecord(policy['PolicyDocument']) ? policy['PolicyDocument'] : {};
    return asList(document['Statement']).map((statement) => {
      const { Effect, Action, Resource } = isRecord(statement) ? statement : {};
      return { Effect: Effect === 'Allow' ? 'Allow' : 'Deny', Action: texts(Action), Resource: texts(Resource) };
    });
  });

const allows = (statements: readonly PolicyStatement[], { action, resources }: Call): boolean => {
  const authorizer = createAuthorizer();
  const principal: Principal = { kind: 'role', roleArn: 'role' };
  authorizer.setRolePolicies('role', [{ Statement: statements }]);
  try {
    authorizer.authorize(principal, action, resources);
    return true;
  } catch {
    return false;
  }
};

/** The statements with one action or one resource less, every way there is. */
const weakened = (statements: readonly PolicyStatement[]): readonly (readonly PolicyStatement[])[] =>
  statements.flatMap((statement, index) => {
    const without = (changed: PolicyStatement) => statements.map((other, at) => (at === index ? changed : other));
    const actions = texts(statement.Action);
    const resources = texts(statement.Resource);
    return [
      ...actions.map((dropped) => without({ ...statement, Action: actions.filter((action) => action !== dropped) })),
      ...resources.map((dropped) =>
        without({ ...statement, Resource: resources.filter((resource) => resource !== dropped) }),
      ),
    ];
  });

const ELSEWHERE: readonly Call[] = [
  ...calls('dynamodb:UpdateItem', aws.arn('dynamodb', 'table/other')),
  ...calls('dynamodb:Scan', aws.arnOf('DevicesTable')),
  ...calls('sns:Publish', aws.arn('sns', 'other')),
  ...calls('iot:Publish', aws.arn('iot', 'topic/$aws/things/sim-1/jobs/notify-next')),
  ...calls('iot:Publish', aws.arn('iot', 'topic/controllers/self::aws-dm-controller/agents/sim-1/response')),
  ...calls('iot:DeleteThing', thing),
  ...calls('iot:CreateJob', [aws.arn('iot', 'job/SomethingElse-1'), thing]),
  ...calls('states:StopExecution', aws.arn('states', 'execution:other:1')),
  ...calls('states:SendTaskSuccess', aws.arn('states', 'stateMachine:other')),
  ...calls('secretsmanager:GetSecretValue', aws.arn('secretsmanager', 'secret:database-AbCdEf')),
  ...calls('logs:PutLogEvents', aws.arn('logs', 'log-group:/aws/lambda/other:log-stream:1')),
  ...calls('s3:PutObject', 'arn:aws:s3:::other/x'),
  ...calls('iam:PassRole', 'arn:aws:iam::123456789012:role/admin'),
];

describe('the roles of the template', () => {
  test('are all looked at here, those that SAM makes too', () => {
    expect(
      resourcesOfType(template, 'AWS::IAM::Role')
        .map(([logicalId]) => logicalId)
        .sort(),
    ).toEqual(Object.keys(ROLES).sort());
  });

  describe.each(Object.entries(ROLES))('%s', (role, needed) => {
    const statements = statementsOf(role);

    test('allows every call that is made in its name', () => {
      expect(needed.filter((call) => !allows(statements, call))).toEqual([]);
    });

    test('names exactly the actions of these calls', () => {
      const named = new Set(statements.flatMap(({ Action }) => texts(Action)));
      expect([...named].sort()).toEqual([...new Set(needed.map(({ action }) => action))].sort());
    });

    test('holds nothing that could be left out: without any action or resource a call is denied', () => {
      const superfluous = weakened(statements).filter((fewer) => needed.every((call) => allows(fewer, call)));
      expect(superfluous).toEqual([]);
    });

    test('denies what the other roles may do, and the same on resources of others', () => {
      const mine = new Set(needed.map((call) => JSON.stringify(call)));
      const foreign = [...Object.values(ROLES).flat(), ...ELSEWHERE].filter((call) => !mine.has(JSON.stringify(call)));
      const allowed = foreign.filter((call) => allows(statements, call));
      // Of two functions with the same right, each has it by its own role.
      expect(allowed).toEqual([]);
    });
  });

  test.each(functions)('%s may log and trace, by nothing but the managed policies that SAM attaches', (logicalId) => {
    const attached = texts(aws.properties(`${logicalId}Role`)['ManagedPolicyArns']);
    // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
    expect(attached).toEqual([
      'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess',
    ]);
    const statements = attached.flatMap((policyArn) => managedPolicy(policyArn)?.Statement ?? []);
    expect(LAMBDA_OWN.filter((call) => !allows(statements, call))).toEqual([]);
    const elsewhere = [...Object.values(ROLES).flat(), ...ELSEWHERE].filter(
      ({ action }) => !/^(logs|xray):/.test(action),
    );
    expect(elsewhere.filter((call) => allows(statements, call))).toEqual([]);
  });

  test('bind roles only, not the person who deploys', () => {
    expect(() => createAuthorizer().authorize(ACCOUNT_PRINCIPAL, 'iot:DeleteThing', [thing])).not.toThrow();
  });
});
