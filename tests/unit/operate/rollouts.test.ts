import {
  DescribeJobCommand,
  DescribeJobExecutionCommand,
  GetJobDocumentCommand,
  IoTClient,
  ListJobExecutionsForJobCommand,
  type ListJobExecutionsForJobCommandInput,
  ListJobsCommand,
} from '@aws-sdk/client-iot';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { jobRecords } from '../../../operate/devices/records';
import { queryOf } from '../../../operate/devices/search-devices';
import { rolloutWithDocument } from '../../../operate/rollouts/describe-rollout';
import { type Failure, groupFailures, rolloutFailures } from '../../../operate/rollouts/failures';
import { listRollouts } from '../../../operate/rollouts/list-rollouts';
import { planRetry } from '../../../operate/rollouts/retry-failed';
import { createStepsCrawler } from '../../../operate/steps/crawler';
import { operator } from '../../support/operator';

const iot = mockClient(IoTClient);
const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  iot.reset();
  dynamo.reset();
});

const document = (fields: object = {}) =>
  JSON.stringify({ firmwareVersion: '1.2.3', stateMachineName: 'wme-FirmwareUpgrade', ...fields });
const thing = (index: number) => ({
  thingArn: `arn:aws:iot:eu-west-1:123456789012:thing/t${index}`,
  jobExecutionSummary: { executionNumber: 1 },
});
const things = (count: number) => Array.from({ length: count }, (_, index) => thing(index));

describe('the list of roll-outs', () => {
  test('skips the jobs of others, over pages', async () => {
    iot
      .on(ListJobsCommand)
      .resolvesOnce({ jobs: [{ jobId: 'other' }, { jobId: 'FirmwareUpgrade-b', status: 'COMPLETED' }], nextToken: 'n' })
      .resolves({ jobs: [{ jobId: 'FirmwareUpgradeX' }, { jobId: 'FirmwareUpgrade-a' }], nextToken: 'm' });
    const page = await listRollouts(operator, { limit: 2 });
    expect(page.items.map(({ jobId }) => jobId)).toEqual(['FirmwareUpgrade-b', 'FirmwareUpgrade-a']);
    expect(page.nextToken).toBe('m');
    expect(iot.commandCalls(ListJobsCommand).map(({ args }) => args[0].input)).toEqual([
      { maxResults: 2 },
      { maxResults: 1, nextToken: 'n' },
    ]);
  });

  test('ends after ten calls in an account that is full of the jobs of others', async () => {
    iot.on(ListJobsCommand).resolves({ jobs: [{ jobId: 'other' }], nextToken: 'n' });
    expect(await listRollouts(operator)).toEqual({ items: [], nextToken: 'n' });
    expect(iot.calls()).toHaveLength(10);
  });
});

describe('one roll-out', () => {
  test('of another stack with the same prefix is not shown', async () => {
    iot.on(DescribeJobCommand).resolves({ job: { jobId: 'FirmwareUpgrade-x' } });
    iot.on(GetJobDocumentCommand).resolves({ document: document({ stateMachineName: 'b-FirmwareUpgrade' }) });
    await expect(rolloutWithDocument(operator, 'FirmwareUpgrade-x')).rejects.toThrow(
      'Job FirmwareUpgrade-x is no roll-out of stack wme: its document names b-FirmwareUpgrade, not wme-FirmwareUpgrade.',
    );
    iot.on(GetJobDocumentCommand).resolves({ document: 'no JSON' });
    await expect(rolloutWithDocument(operator, 'FirmwareUpgrade-x')).rejects.toThrow('names no state machine');
  });
});

describe('failures', () => {
  const failure = (thingName: string, error: string, cause: string): Failure => ({
    ...{ thingName, execution: { status: 'FAILED', details: { step: 'S', error, cause } } },
  });

  test('are grouped by step and error, the largest group first, with the most frequent cause', () => {
    const failures = [failure('a', 'E', 'x'), failure('b', 'F', 'y'), failure('c', 'F', 'z'), failure('d', 'F', 'z')];
    expect(groupFailures(failures)).toEqual([
      { status: 'FAILED', step: 'S', error: 'F', cause: 'z', devices: 3, samples: ['b', 'c', 'd'] },
      { status: 'FAILED', step: 'S', error: 'E', cause: 'x', devices: 1, samples: ['a'] },
    ]);
    expect(groupFailures([])).toEqual([]);
  });

  test('of a large roll-out cost a bounded number of calls, and those that IoT Jobs timed out none each', async () => {
    iot
      .on(ListJobExecutionsForJobCommand)
      .callsFake(({ maxResults = 0, status }: ListJobExecutionsForJobCommandInput) => ({
        executionSummaries: things(maxResults).map((summary) => ({
          ...summary,
          jobExecutionSummary: { ...summary.jobExecutionSummary, status },
        })),
        nextToken: 'n',
      }));
    const details = { detailsMap: { step: 'S', error: 'E', cause: 'C' } };
    iot
      .on(DescribeJobExecutionCommand)
      .resolves({ execution: { status: 'FAILED', executionNumber: 1, statusDetails: details } });
    const counts = { FAILED: 9_000, TIMED_OUT: 1_000, REJECTED: 0 };
    expect(await rolloutFailures(operator, 'j', counts, { limit: 20 })).toMatchObject({
      ...{ looked: 40, failed: 10_000 },
      groups: [
        { status: 'FAILED', error: 'E', devices: 20 },
        { status: 'TIMED_OUT', devices: 20 },
      ],
    });
    expect(iot.calls()).toHaveLength(22);
  });
});

describe('a retry of the failed devices', () => {
  const rolloutOf = (failed: number, configs: object = {}) => {
    iot.on(DescribeJobCommand).resolves({
      job: { jobId: 'FirmwareUpgrade-x', jobProcessDetails: { numberOfFailedThings: failed }, ...configs },
    });
    iot
      .on(GetJobDocumentCommand)
      .resolves({ document: document({ upgradeTrigger: 'night', allowDowngrade: true, version: '1.0' }) });
    iot
      .on(ListJobExecutionsForJobCommand)
      .callsFake(({ maxResults = 0, nextToken = '0' }: ListJobExecutionsForJobCommandInput) => ({
        executionSummaries: things(failed).slice(Number(nextToken), Number(nextToken) + maxResults),
        ...(Number(nextToken) + maxResults < failed && { nextToken: String(Number(nextToken) + maxResults) }),
      }));
  };

  test('has one roll-out per hundred, with the settings of the first', async () => {
    const settings = { abortConfig: { criteriaList: [] }, schedulingConfig: { startTime: 'yesterday' } };
    rolloutOf(250, settings);
    const { things: failed, requests } = await planRetry(operator, 'FirmwareUpgrade-x');
    expect(failed).toHaveLength(250);
    expect(requests.map(({ targetArns }) => (targetArns as unknown[]).length)).toEqual([100, 100, 50]);
    expect(requests[0]).toEqual({
      ...{ firmwareVersion: '1.2.3', upgradeTrigger: 'night', allowDowngrade: true, abort: { criteriaList: [] } },
      targetArns: expect.arrayContaining(['arn:aws:iot:eu-west-1:123456789012:thing/t0']),
    });
  });

  test('is refused when nothing failed, and for more than a thousand', async () => {
    rolloutOf(0);
    await expect(planRetry(operator, 'FirmwareUpgrade-x')).rejects.toThrow('there is nothing to retry');
    rolloutOf(1_001);
    await expect(planRetry(operator, 'FirmwareUpgrade-x')).rejects.toThrow(/1001 devices .* the same thing group/);
  });
});

describe('where the devices of a large roll-out are', () => {
  test('is told of a sample, in proportion to the statuses', async () => {
    const jobProcessDetails = { numberOfQueuedThings: 9_000, numberOfInProgressThings: 1_000 };
    iot.on(DescribeJobCommand).resolves({ job: { jobProcessDetails } });
    iot.on(ListJobExecutionsForJobCommand).callsFake(({ maxResults = 0 }: ListJobExecutionsForJobCommandInput) => ({
      executionSummaries: things(maxResults),
      nextToken: 'n',
    }));
    dynamo.on(BatchGetCommand).resolves({});
    const steps = await createStepsCrawler(operator, 'j').round();
    expect(steps).toEqual({ byState: { NotBegun: 200 }, looked: 200, pending: 10_000, asOf: 1_000 });
    const asked = iot.commandCalls(ListJobExecutionsForJobCommand).map(({ args }) => args[0].input);
    expect(asked).toMatchObject([
      { status: 'IN_PROGRESS', maxResults: 20 },
      { status: 'QUEUED', maxResults: 180 },
    ]);
  });

  test('a batch that DynamoDB does not do at once is asked for again', async () => {
    const Keys = [{ thingName: 't1', jobId: 'j' }];
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({ UnprocessedKeys: { executions: { Keys } } })
      .resolves({
        Responses: {
          executions: [
            { thingName: 't1', jobId: 'j', 'j.1': { executionArn: 'a', startedAt: '2026-01-01T00:00:00Z' } },
          ],
        },
      });
    const records = await jobRecords(operator, 'j', ['t0', 't1']);
    expect(records.get('t1')?.attempts).toEqual([
      { operationId: 'j.1', executionArn: 'a', startedAt: Date.parse('2026-01-01') },
    ]);
    expect(dynamo.calls()).toHaveLength(2);
  });
});

test('a search text is the beginning of a name, unless it is a query', () => {
  expect(['', 'sim-1', 'attributes.model:AX', 'a OR b'].map(queryOf)).toEqual([
    '*',
    'thingName:sim-1*',
    'attributes.model:AX',
    'a OR b',
  ]);
});
