import {
  CancelJobCommand,
  DescribeJobCommand,
  GetJobDocumentCommand,
  IoTClient,
  ListJobsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createActions } from '../../../console/server/actions';
import { createTopics } from '../../../console/server/topics';
import { operator } from '../../support/operator';

const iot = mockClient(IoTClient);
const sfn = mockClient(SFNClient);
const lambda = mockClient(LambdaClient);

const OWN = 'FirmwareUpgrade-own';
const OTHER = 'FirmwareUpgrade-of-another-stack';
const UPDATED = new Date(5000);

beforeEach(() => {
  for (const mock of [iot, sfn, lambda]) mock.reset();
  iot.on(DescribeJobCommand).callsFake(async ({ jobId }: { jobId: string }) => ({
    job: { jobId, status: 'COMPLETED', lastUpdatedAt: UPDATED, jobProcessDetails: { numberOfSucceededThings: 3 } },
  }));
  iot.on(GetJobDocumentCommand).callsFake(async ({ jobId }: { jobId: string }) => {
    if (jobId === 'none') throw new ResourceNotFoundException({ message: 'no such job', $metadata: {} });
    const stateMachineName = jobId === OWN ? 'wme-FirmwareUpgrade' : 'other-FirmwareUpgrade';
    return { document: JSON.stringify({ firmwareVersion: '1.2.3', stateMachineName }) };
  });
  iot.on(ListJobsCommand).resolves({ jobs: [{ jobId: OWN, status: 'COMPLETED', lastUpdatedAt: UPDATED }] });
});

describe('topics', () => {
  const topics = () => createTopics(operator, { ...operator.resources, isLocal: false });

  test('are those that pages follow, and no others', () => {
    const topicOf = topics();
    expect(topicOf('fleet')).toBeDefined();
    for (const name of ['', 'toString', 'constructor', 'rollout/x', 'iot:ListThings'])
      expect(topicOf(name)).toBeUndefined();
  });

  test('tell of roll-outs of the stack only', async () => {
    const topicOf = topics();
    expect(await topicOf(`rollout?id=${OWN}`)?.load()).toMatchObject({
      value: { jobId: OWN, counts: { SUCCEEDED: 3 }, document: { firmwareVersion: '1.2.3' } },
      pauseMs: 10_000,
    });
    await expect(topicOf(`rollout?id=${OTHER}`)?.load()).rejects.toThrow('is no roll-out of stack wme');
    await expect(topicOf('rollout?id=none')?.load()).rejects.toThrow('There is no roll-out none');
    await expect(topicOf('rollout')?.load()).rejects.toThrow('needs id');
  });

  test('leave jobs of another stack out of a list', async () => {
    const jobs = [OTHER, OWN].map((jobId) => ({ jobId, status: 'COMPLETED' as const, lastUpdatedAt: UPDATED }));
    iot.on(ListJobsCommand).resolves({ jobs });
    expect(await topics()('rollouts')?.load()).toMatchObject({ value: { items: [{ jobId: OWN }] } });
  });

  test('ask for a finished roll-out of a list once', async () => {
    const topicOf = topics();
    for (let round = 0; round < 3; round += 1)
      expect(await topicOf('rollouts')?.load()).toMatchObject({
        value: { items: [{ jobId: OWN, firmwareVersion: '1.2.3' }] },
      });
    expect(iot.commandCalls(ListJobsCommand)).toHaveLength(3);
    // For its counts, and for its document with the check that it is of the stack.
    expect(iot.commandCalls(DescribeJobCommand).length).toBeLessThanOrEqual(2);
    expect(iot.commandCalls(GetJobDocumentCommand)).toHaveLength(1);
  });

  test('draw the state machine as it is deployed', async () => {
    sfn.on(DescribeStateMachineCommand).resolves({
      definition: JSON.stringify({ StartAt: 'Deployed', States: { Deployed: { Type: 'Succeed' } } }),
    });
    expect(await topics()('machine')?.load()).toMatchObject({
      value: { states: [{ name: 'Deployed', isStart: true }] },
    });
  });
});

describe('actions', () => {
  const refreshed: ((name: string) => boolean)[] = [];
  const actions = createActions(operator, { refresh: (isAffected) => refreshed.push(isAffected) });
  const act = (name: string, body: unknown) => actions.get(name)?.(body);
  beforeEach(() => refreshed.splice(0));

  test('are those that the console needs', () => {
    expect([...actions.keys()].toSorted()).toEqual([
      ...['rollouts/cancel', 'rollouts/create', 'rollouts/preview', 'rollouts/retry', 'rollouts/retry-preview'],
    ]);
  });

  test('cancel a roll-out of the stack, and show it at once', async () => {
    await act('rollouts/cancel', { jobId: OWN, force: true });
    expect(iot.commandCalls(CancelJobCommand).map(({ args }) => args[0].input)).toEqual([{ jobId: OWN, force: true }]);
    expect(refreshed.map((isAffected) => [isAffected(`rollout?id=${OWN}`), isAffected('fleet')])).toEqual([
      [true, false],
    ]);
  });

  test.each([
    ['of another stack', { jobId: OTHER }],
    ['that does not exist', { jobId: 'none' }],
    ['with a name that is none', { jobId: '../x' }],
    ['without a name', {}],
    ['with another kind of force', { jobId: OWN, force: 'yes' }],
    ['as a list', [OWN]],
  ])('cancel no job %s', async (_what, body) => {
    await expect(act('rollouts/cancel', body)).rejects.toThrow();
    expect(iot.commandCalls(CancelJobCommand)).toEqual([]);
    expect(refreshed).toEqual([]);
  });

  test('a preview never creates anything, whatever the request says', async () => {
    const preview = {
      dryRun: true,
      targets: [],
      devices: 0,
      offline: 0,
      alreadyOnTarget: 0,
      withoutVersion: 0,
      notFound: 0,
    };
    const Payload = Buffer.from(JSON.stringify({ ...preview, versions: {}, onOtherVersions: 0, samples: {} }));
    lambda.on(InvokeCommand).resolves({ Payload: Payload as never });
    await act('rollouts/preview', { firmwareVersion: '1.2.3', dryRun: false });
    const [call] = lambda.commandCalls(InvokeCommand);
    expect(JSON.parse(Buffer.from(call?.args[0].input.Payload as Uint8Array).toString())).toEqual({
      ...{ firmwareVersion: '1.2.3', dryRun: true },
    });
    expect(refreshed).toEqual([]);
  });
});
