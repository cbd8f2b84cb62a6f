import { MAX_ATTEMPTS } from '../../../local/services/iot/jobs/job-executions';
import { MAX_FINISHED_EXECUTIONS, MAX_FINISHED_JOBS } from '../../../local/services/iot/jobs/retention';
import { lives } from '../../support/lives';
import { ARN, createHarness } from './iot-harness';

const MINUTE = 60_000;
const DOCUMENT = '{"firmwareVersion":"1.2.3"}';

describe('AWS IoT in a process that is killed', () => {
  let data: ReturnType<typeof lives>;
  let iot: ReturnType<typeof createHarness>;
  const restart = async (downtime?: number) => {
    const life = data.begin(downtime);
    iot = createHarness(life);
    life.store.start();
    await iot.clock.advance(0);
  };
  beforeEach(async () => {
    data = lives();
    await restart();
  });
  afterEach(() => data.remove());

  const createJob = (jobId: string, more: object = {}) =>
    iot.call('CreateJob', { jobId, targets: [`${ARN}thinggroup/fleet`], document: DOCUMENT, ...more });
  const createFleet = async (count: number) => {
    await iot.createThings(count);
    await iot.call('CreateThingGroup', { thingGroupName: 'fleet' });
    for (let n = 1; n <= count; n += 1)
      await iot.call('AddThingToThingGroup', { thingName: `sim-${n}`, thingGroupName: 'fleet' });
  };
  const update = (jobId: string, thingName: string, status: string) =>
    iot.device('UpdateJobExecution', { jobId, thingName, status });
  const counts = async (jobId: string) => (await iot.call('DescribeJob', { jobId })).job.jobProcessDetails;
  const execution = async (jobId: string, thingName: string) =>
    ((await iot.call('DescribeJobExecution', { jobId, thingName })) as { execution: object }).execution;

  test('has things, certificates, policies and groups as they were', async () => {
    await iot.call('CreateThingType', { thingTypeName: 'type' });
    await iot.call('CreateThing', {
      thingName: 'a',
      thingTypeName: 'type',
      attributePayload: { attributes: { x: '1' } },
    });
    await iot.call('UpdateThing', { thingName: 'a', attributePayload: { attributes: { x: '2' } } });
    await iot.call('CreateThing', { thingName: 'gone' });
    await iot.call('DeleteThing', { thingName: 'gone' });
    const { certificateArn, certificateId } = await iot.call('CreateKeysAndCertificate', { setAsActive: true });
    const policyDocument = JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: `${ARN}client/\${iot:ClientId}` }],
    });
    await iot.call('CreatePolicy', { policyName: 'p', policyDocument });
    await iot.call('AttachPolicy', { policyName: 'p', target: certificateArn });
    await iot.call('AttachThingPrincipal', { thingName: 'a', principal: certificateArn });
    await iot.call('CreateThingGroup', { thingGroupName: 'g' });
    await iot.call('AddThingToThingGroup', { thingName: 'a', thingGroupName: 'g' });
    await iot.call('UpdateIndexingConfiguration', { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
    await iot.clock.advance(MINUTE);
    await iot.call('CreateDynamicThingGroup', { thingGroupName: 'd', queryString: 'attributes.x:2' });
    const seen = async () => [
      await iot.call('ListThings', {}),
      await iot.call('DescribeThing', { thingName: 'a' }),
      await iot.call('ListThingGroupsForThing', { thingName: 'a' }),
      await iot.call('ListThingsInThingGroup', { thingGroupName: 'd' }),
      await iot.call('DescribeThingGroup', { thingGroupName: 'd' }),
      await iot.call('ListPrincipalThings', { principal: certificateArn }),
      await iot.call('DescribeCertificate', { certificateId }),
      await iot.call('ListTargetsForPolicy', { policyName: 'p' }),
      await iot.call('SearchIndex', { queryString: 'thingTypeName:type' }),
      await iot.call('GetIndexingConfiguration', {}),
      iot.iot.policyAllows(certificateId, 'iot:Connect', `${ARN}client/a`, 'a'),
      iot.iot.policyAllows(certificateId, 'iot:Connect', `${ARN}client/b`, 'a'),
    ];
    await iot.clock.advance(0);
    const before = await seen();
    await restart();
    expect(await seen()).toEqual(before);
    // Dynamic groups follow their things.
    await iot.call('UpdateThing', { thingName: 'a', attributePayload: { attributes: { x: '3' } } });
    expect((await iot.call('ListThingsInThingGroup', { thingGroupName: 'd' })).things).toEqual([]);
  });

  test('goes on with a roll-out at its rate', async () => {
    await createFleet(10);
    await createJob('j', { jobExecutionsRolloutConfig: { maximumPerMinute: 6 } });
    await iot.clock.advance(21_000);
    expect(await counts('j')).toMatchObject({ numberOfQueuedThings: 3 });
    await restart(30_000);
    expect(await counts('j')).toMatchObject({ numberOfQueuedThings: 3 });
    await iot.clock.advance(11_000);
    expect(await counts('j')).toMatchObject({ numberOfQueuedThings: 4 });
    await restart();
    await iot.clock.advance(10 * MINUTE);
    expect(await counts('j')).toMatchObject({ numberOfQueuedThings: 10 });
  });

  test('has job executions with their versions, and tells a device of the next one', async () => {
    await createFleet(1);
    await createJob('first');
    await createJob('second');
    await iot.clock.advance(1_000);
    await update('first', 'sim-1', 'IN_PROGRESS');
    await iot.clock.advance(0);
    const before = [await execution('first', 'sim-1'), await execution('second', 'sim-1'), await counts('first')];
    await restart();
    expect([await execution('first', 'sim-1'), await execution('second', 'sim-1'), await counts('first')]).toEqual(
      before,
    );
    // It says nothing by itself.
    expect(iot.topics()).toEqual([]);
    await update('first', 'sim-1', 'SUCCEEDED');
    expect(iot.sentOn('$aws/things/sim-1/jobs/notify-next')).toMatchObject([{ execution: { jobId: 'second' } }]);
    expect((await iot.call('DescribeJob', { jobId: 'first' })).job.status).toBe('COMPLETED');
  });

  test('times a job execution out when it would have, or at once when that has passed', async () => {
    await createFleet(2);
    await createJob('j', { timeoutConfig: { inProgressTimeoutInMinutes: 10 } });
    await iot.clock.advance(1_000);
    await update('j', 'sim-1', 'IN_PROGRESS');
    await iot.clock.advance(5 * MINUTE);
    await update('j', 'sim-2', 'IN_PROGRESS');
    await iot.clock.advance(0);
    await restart(6 * MINUTE);
    expect(await execution('j', 'sim-1')).toMatchObject({ status: 'TIMED_OUT' });
    expect(await execution('j', 'sim-2')).toMatchObject({ status: 'IN_PROGRESS' });
    await restart();
    await iot.clock.advance(4 * MINUTE);
    expect(await execution('j', 'sim-2')).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('counts the retries of before', async () => {
    await createFleet(1);
    const jobExecutionsRetryConfig = { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] };
    await createJob('j', { jobExecutionsRetryConfig });
    await iot.clock.advance(1_000);
    for (const executionNumber of [1, 2]) {
      expect(await execution('j', 'sim-1')).toMatchObject({ executionNumber, status: 'QUEUED' });
      await update('j', 'sim-1', 'FAILED');
      await iot.clock.advance(1_000);
      await restart();
    }
    expect(await execution('j', 'sim-1')).toMatchObject({ executionNumber: 2, status: 'FAILED' });
  });

  test('opens a job at its start time, and a continuous job still follows its group', async () => {
    await createFleet(1);
    const startTime = new Date(iot.clock.now() + 60 * MINUTE).toISOString();
    await createJob('later', { schedulingConfig: { startTime } });
    await createJob('always', { targetSelection: 'CONTINUOUS' });
    await iot.clock.advance(1_000);
    await restart();
    await iot.call('CreateThing', { thingName: 'new' });
    await iot.call('AddThingToThingGroup', { thingName: 'new', thingGroupName: 'fleet' });
    await iot.clock.advance(1_000);
    expect(await counts('always')).toMatchObject({ numberOfQueuedThings: 2 });
    expect((await iot.call('DescribeJob', { jobId: 'later' })).job.status).toBe('SCHEDULED');
    await restart(90 * MINUTE);
    await iot.clock.advance(1_000);
    expect(await counts('later')).toMatchObject({ numberOfQueuedThings: 1 });
  });

  test('ends a deletion that was under way', async () => {
    await createFleet(1_200);
    await createJob('j');
    await iot.clock.advance(10_000);
    await iot.call('CancelJob', { jobId: 'j' });
    await iot.call('DeleteJob', { jobId: 'j' });
    iot.forget();
    await new Promise(setImmediate);
    expect((await iot.call('DescribeJob', { jobId: 'j' })).job.status).toBe('DELETION_IN_PROGRESS');
    await restart();
    await iot.clock.advance(1_000);
    await expect(iot.call('DescribeJob', { jobId: 'j' })).rejects.toThrow('does not exist');
  });
});

describe('what local mode remembers of jobs', () => {
  test('is bounded: the oldest finished jobs go, with their executions, running ones stay', async () => {
    const { call, clock, createThings, device } = createHarness();
    const fleet = 50;
    await createThings(fleet);
    const targets = Array.from({ length: fleet }, (_, n) => `${ARN}thing/sim-${n + 1}`);
    await call('CreateJob', { jobId: 'running', targets: targets.slice(0, 1), document: DOCUMENT });
    const jobs = MAX_FINISHED_EXECUTIONS / fleet + 5;
    for (let n = 0; n < jobs; n += 1) {
      await call('CreateJob', { jobId: `job-${n}`, targets, document: DOCUMENT });
      await clock.advance(1_000);
      for (let thing = 1; thing <= fleet; thing += 1)
        await device('UpdateJobExecution', { jobId: `job-${n}`, thingName: `sim-${thing}`, status: 'SUCCEEDED' });
    }
    await expect(call('DescribeJob', { jobId: 'job-4' })).rejects.toThrow('does not exist');
    expect((await call('DescribeJob', { jobId: 'job-5' })).job.status).toBe('COMPLETED');
    expect((await call('DescribeJob', { jobId: 'running' })).job.status).toBe('IN_PROGRESS');
    await expect(call('DescribeJobExecution', { jobId: 'job-4', thingName: 'sim-1' })).rejects.toThrow('no execution');
    expect(MAX_FINISHED_JOBS).toBeGreaterThan(jobs);
  });

  test('is bounded for one thing of one job', async () => {
    const { call, clock, createThings } = createHarness();
    await createThings(1);
    await call('CreateThingGroup', { thingGroupName: 'g' });
    const join = { thingName: 'sim-1', thingGroupName: 'g' };
    const targets = [`${ARN}thinggroup/g`];
    await call('CreateJob', { jobId: 'j', targets, targetSelection: 'CONTINUOUS', document: DOCUMENT });
    for (let n = 0; n < MAX_ATTEMPTS + 3; n += 1) {
      await call('AddThingToThingGroup', join);
      await clock.advance(1_000);
      await call('RemoveThingFromThingGroup', join);
    }
    const describe = (executionNumber: number) =>
      call('DescribeJobExecution', { jobId: 'j', thingName: 'sim-1', executionNumber });
    await expect(describe(3)).rejects.toThrow('no execution');
    expect(await describe(4)).toMatchObject({ execution: { status: 'REMOVED' } });
  });
});
