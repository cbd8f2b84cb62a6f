import { createAuthorizer } from '../../../local/services/iam/authorizer';
import { PropertyReader } from '../../../local/deploy/property-reader';
import { conditionsOf } from '../../../local/template/conditions';
import { withGlobals } from '../../../local/template/globals';
import { withImplicitRoles } from '../../../local/template/implicit-roles';
import { resolve, type Scope } from '../../../local/template/intrinsics';
import { parameterValues } from '../../../local/template/parameters';
import { parseTemplate } from '../../../local/template/parse-template';
import { creationOrder } from '../../../local/template/plan';

const scope = {
  ref: (name: string) => (name === 'Name' ? 'wme' : undefined),
  getAtt: (id: string, attribute: string) => (id === 'Topic' && attribute === 'Arn' ? 'arn:topic' : undefined),
};

describe('a template', () => {
  test('resolves Ref, GetAtt, Sub and Join', () => {
    const value = {
      a: { Ref: 'Name' },
      b: { 'Fn::GetAtt': 'Topic.Arn' },
      c: { 'Fn::Sub': '${Name}/${Topic.Arn}/${!literal}' },
      d: { 'Fn::Join': ['-', ['x', { Ref: 'Name' }]] },
    };
    expect(resolve(value, scope, 'R')).toEqual({ a: 'wme', b: 'arn:topic', c: 'wme/arn:topic/${literal}', d: 'x-wme' });
  });

  test.each([
    [{ p: { Ref: 'Nobody' } }, 'R.p: Nobody is neither a parameter nor a resource'],
    [{ p: [{ 'Fn::Sub': '${Topic.Nothing}' }] }, 'R.p[0]: Topic.Nothing'],
    [{ p: { 'Fn::ImportValue': 'x' } }, 'R.p: local mode does not know the intrinsic function Fn::ImportValue'],
  ])('names where %j cannot be resolved', (value, problem) => {
    expect(() => resolve(value, scope, 'R')).toThrow(problem);
  });

  test('creates resources after those they refer to, and names the ids of a cycle', () => {
    const of = (text: string) => creationOrder(parseTemplate(text));
    expect(of('Resources: {A: {Type: T, Properties: {x: !Ref B}}, B: {Type: T}}')).toEqual(['B', 'A']);
    expect(() => of('Resources: {A: {Type: T, Properties: {x: !Ref B}}, B: {Type: T, DependsOn: A}}')).toThrow(
      'A → B → A',
    );
  });

  test.each([
    ['{P: {Type: String}}', {}, 'Parameter P has no default'],
    ['{P: {Type: String, Default: a, AllowedValues: [a, b]}}', { P: 'c' }, 'Parameter P is "c": allowed are a, b'],
    ['{P: {Type: Number, Default: 1, MinValue: 1}}', { P: '0' }, 'Parameter P is "0": it must be at least 1'],
    ['{P: {Type: String, Default: a}}', { Q: 'x' }, 'Parameter Q: the template has P'],
  ])('refuses parameters %s with %j', (parameters, overrides, problem) => {
    const template = parseTemplate(`{Parameters: ${parameters}, Resources: {}}`);
    expect(() => parameterValues(template, overrides)).toThrow(problem);
  });

  test('a property that local mode cannot honour is refused with logical id and property', () => {
    const properties = new PropertyReader('Queue', { QueueName: 'q', FifoQueue: true });
    properties.text('QueueName');
    expect(() => properties.finish()).toThrow('Queue.FifoQueue: local mode cannot honour this property.');
  });
});

describe('roles', () => {
  const role = { kind: 'role', roleArn: 'arn:aws:iam::0:role/r' } as const;
  const authorizer = createAuthorizer();
  authorizer.setRolePolicies(role.roleArn, [
    {
      Statement: [
        { Effect: 'Allow', Action: ['sns:Publish', 'iot:*'], Resource: ['arn:topic', 'arn:thing/*'] },
        { Effect: 'Deny', Action: 'iot:DeleteThing', Resource: '*' },
      ],
    },
  ]);

  test.each([
    ['sns:Publish', 'arn:topic', true],
    ['SNS:publish', 'arn:topic', true],
    ['sns:Publish', 'arn:other', false],
    ['sns:Subscribe', 'arn:topic', false],
    ['iot:UpdateThing', 'arn:thing/sim-1', true],
    ['iot:DeleteThing', 'arn:thing/sim-1', false],
  ])('%s on %s: allowed %s', (action, resource, allowed) => {
    const authorize = () => authorizer.authorize(role, action, [resource]);
    if (allowed) expect(authorize).not.toThrow();
    else expect(authorize).toThrow(`is not authorized to perform: ${action} on resource: ${resource}`);
  });

  test('a role without policies may do nothing, the account everything', () => {
    expect(() => authorizer.authorize({ kind: 'role', roleArn: 'x' }, 'sns:Publish', ['arn:topic'])).toThrow(
      'not authorized',
    );
    expect(() => authorizer.authorize({ kind: 'account' }, 'sns:Publish', ['arn:topic'])).not.toThrow();
  });
});

describe('conditions', () => {
  const text = `
Parameters: { Topic: { Type: String, Default: "" } }
Conditions:
  None: !Equals [!Ref Topic, ""]
  Some: !Not [!Condition None]
  Both: !And [!Condition None, !Condition Some]
  Either: !Or [!Condition None, !Condition Some]
Resources: { R: { Type: T } }
`;
  const values = (topic: string) => {
    const template = parseTemplate(text);
    const scope: Scope = {
      ref: (name) => (name === 'Topic' ? topic : undefined),
      getAtt: () => undefined,
      condition: (name) => conditions(name),
    };
    const conditions = conditionsOf(template, scope);
    return { scope, conditions };
  };

  test('are evaluated with the parameters', () => {
    const { conditions } = values('arn');
    expect(['None', 'Some', 'Both', 'Either'].map(conditions)).toEqual([false, true, false, true]);
    expect(() => conditions('Other')).toThrow('Condition Other is not in the template');
  });

  test('choose values; AWS::NoValue leaves a property or an item out', () => {
    const value = { list: [{ 'Fn::If': ['Some', 'yes', { Ref: 'AWS::NoValue' }] }], p: { Ref: 'AWS::NoValue' } };
    expect(resolve(value, values('arn').scope, 'p')).toEqual({ list: ['yes'] });
    expect(resolve(value, values('').scope, 'p')).toEqual({ list: [] });
  });
});

test('globals are merged as SAM does: maps by key, lists one after the other, own values win', () => {
  const template = parseTemplate(`
Globals: { Function: { Timeout: 60, Layers: [a], Environment: { Variables: { A: "1", B: "2" } } } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Timeout: 5, Layers: [b], Environment: { Variables: { B: "3" } } } }
  T: { Type: AWS::SNS::Topic }
`);
  const { F, T } = template.Resources;
  expect(F && withGlobals(template, F)).toEqual({
    Timeout: 5,
    Layers: ['a', 'b'],
    Environment: { Variables: { A: '1', B: '3' } },
  });
  expect(T && withGlobals(template, T)).toEqual({});
});

describe('the role of a function', () => {
  const rolesOf = (globals: string, properties: string) => {
    const template = withImplicitRoles(
      parseTemplate(`
Globals: { Function: ${globals} }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  F: { Type: AWS::Serverless::Function, Condition: Wanted, Properties: ${properties} }
`),
    );
    return { template, role: template.Resources['FRole'], function: template.Resources['F'] };
  };

  // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
  test('is made of its policies as SAM makes it: with logs, traces and dead letters', () => {
    const {
      template,
      role,
      function: made,
    } = rolesOf(
      '{ Tracing: Active, DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Queue.Arn } }',
      '{ Policies: [{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sns:Publish", Resource: "arn:topic" }] }] }',
    );
    expect(role).toEqual({
      Type: 'AWS::IAM::Role',
      Condition: 'Wanted',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
          ],
        },
        ManagedPolicyArns: [
          { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
          { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AWSXrayWriteOnlyAccess' },
        ],
        Policies: [
          {
            PolicyName: 'DeadLetterQueuePolicy',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': 'Queue.Arn' } }],
            },
          },
          {
            PolicyName: 'FRolePolicy0',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: 'arn:topic' }],
            },
          },
        ],
      },
    });
    expect(made?.Properties).toEqual({ Role: { 'Fn::GetAtt': ['FRole', 'Arn'] } });
    expect(creationOrder(template)).toEqual(['Queue', 'FRole', 'F']);
  });

  test('has neither traces nor dead letters where the function has none, and its own role stays', () => {
    const { Policies, ManagedPolicyArns } = rolesOf('{}', '{}').role?.Properties ?? {};
    expect(Policies).toEqual([]);
    expect(ManagedPolicyArns).toHaveLength(1);
    const own = rolesOf('{}', '{ Role: "arn:role" }');
    expect([own.role, own.function?.Properties]).toEqual([undefined, { Role: 'arn:role' }]);
  });

  test.each([
    ['{ Policies: [AmazonSQSFullAccess] }', 'F.Policies[0]: write a document with a Statement'],
    ['{ Policies: [{ DynamoDBCrudPolicy: { TableName: t } }] }', 'F.Policies[0]: write a document with a Statement'],
    ['{ Role: "arn:role", Policies: [] }', 'F.Policies: SAM ignores policies of a function that has a Role'],
  ])('is refused for %s', (properties, problem) => {
    expect(() => rolesOf('{}', properties)).toThrow(problem);
  });
});
