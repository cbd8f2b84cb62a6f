import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { drivenClock } from '../../../local/core/clock';
import { createCloudFormationService } from '../../../local/services/cloudformation/cloudformation-service';
import { createIamService } from '../../../local/services/iam/iam-service';
import { type Harness, ROLE, startFrontEnd } from '../wire/wire-harness';

const environment = { accountId: '000000000000', region: 'us-east-1' };
const STACK_ID = 'arn:aws:cloudformation:us-east-1:000000000000:stack/wme/local';

describe('what a stack consists of', () => {
  const clock = drivenClock();
  const cloudFormation = createCloudFormationService({ clock });
  let started: Harness;
  let client: CloudFormationClient;
  beforeAll(async () => {
    const iam = createIamService({ clock, environment, hasRole: (arn) => arn === ROLE });
    started = await startFrontEnd([cloudFormation, iam]);
    client = new CloudFormationClient(started.config);
    cloudFormation.add({
      stackName: 'wme',
      stackId: STACK_ID,
      parameters: { RebootSeconds: '5' },
      outputs: { QueueUrl: 'http://127.0.0.1/q?a&b' },
      resources: Array.from({ length: 120 }, (_, n) => ({
        logicalId: `Function${n}`,
        physicalId: `wme-Function${n}`,
        type: 'AWS::Lambda::Function',
      })),
    });
  });
  afterAll(() => {
    client.destroy();
    return started.frontEnd.close();
  });

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
  test.each(['wme', STACK_ID])('DescribeStacks of %s has id, parameters and outputs', async (StackName) => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks).toEqual([
      {
        StackName: 'wme',
        StackId: STACK_ID,
        StackStatus: 'CREATE_COMPLETE',
        CreationTime: new Date(clock.now()),
        Parameters: [{ ParameterKey: 'RebootSeconds', ParameterValue: '5' }],
        Outputs: [{ OutputKey: 'QueueUrl', OutputValue: 'http://127.0.0.1/q?a&b' }],
      },
    ]);
  });

  test('an unknown stack is a ValidationError that names it', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'other' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id other does not exist',
    });
  });

  test('ListStackResources lists every resource once, in pages', async () => {
    const first = await client.send(new ListStackResourcesCommand({ StackName: 'wme' }));
    expect(first.StackResourceSummaries?.[0]).toEqual({
      LogicalResourceId: 'Function0',
      PhysicalResourceId: 'wme-Function0',
      ResourceType: 'AWS::Lambda::Function',
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date(clock.now()),
    });
    const ids: unknown[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: 'wme' }))
      ids.push(...(page.StackResourceSummaries ?? []).map(({ LogicalResourceId }) => LogicalResourceId));
    expect(first.StackResourceSummaries?.length).toBeLessThan(120);
    expect(ids).toEqual(Array.from({ length: 120 }, (_, n) => `Function${n}`));
  });

  /** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
  test('GetRole has the id that identifies the role as a sender', async () => {
    const iam = new IAMClient(started.config);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Caller' }));
    expect(Role).toMatchObject({ RoleName: 'Caller', Arn: ROLE, RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/) });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'Nobody' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name Nobody cannot be found.',
    });
    iam.destroy();
  });
});
