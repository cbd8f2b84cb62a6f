import { ARN, createHarness } from './iot-harness';

const MINUTE = 60_000;

const withThings = async (count: number) => {
  const harness = createHarness();
  await harness.createThings(count);
  const report = (thingName: string, status: string, jobId = 'job') =>
    harness.device('UpdateJobExecution', { jobId, thingName, status });
  const targets = Array.from({ length: count }, (_, n) => `thing/sim-${n + 1}`);
  const processed = async () => (await harness.details('job')).jobProcessDetails;
  return { ...harness, report, targets, processed };
};

const withDynamicGroup = async (targetSelection: string) => {
  const harness = await withThings(2);
  await harness.switchIndexingOn();
  await harness.call('CreateDynamicThingGroup', {
    thingGroupName: 'old',
    queryString: 'attributes.firmwareVersion:1.2.1',
  });
  await harness.createJob('job', ['thinggroup/old'], { targetSelection });
  const upgrade = (thingName: string) =>
    harness.call('UpdateThing', { thingName, attributePayload: { attributes: { firmwareVersion: '2' } } });
  const joins = async (thingName: string) => {
    await harness.call('CreateThing', { thingName, attributePayload: { attributes: { firmwareVersion: '1.2.1' } } });
    await harness.clock.advance(0);
  };
  return { ...harness, upgrade, joins };
};

describe('jobs', () => {
  it('queue one execution per thing, count statuses and complete when all have ended', async () => {
    const { createJob, report, processed, details, targets } = await withThings(3);
    await createJob('job', targets);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 3 });
    await report('sim-1', 'IN_PROGRESS');
    await report('sim-1', 'SUCCEEDED');
    await report('sim-2', 'FAILED');
    expect(await processed()).toMatchObject({
      numberOfQueuedThings: 1,
      numberOfInProgressThings: 0,
      numberOfSucceededThings: 1,
      numberOfFailedThings: 1,
    });
    expect((await details('job')).status).toBe('IN_PROGRESS');
    await report('sim-3', 'REJECTED');
    expect(await details('job')).toMatchObject({ status: 'COMPLETED', completedAt: expect.any(Date) });
  });

  it('queue a thing once that is targeted twice', async () => {
    const { call, createJob, processed } = await withThings(1);
    await call('CreateThingGroup', { thingGroupName: 'g' });
    await call('AddThingToThingGroup', { thingGroupName: 'g', thingName: 'sim-1' });
    await createJob('job', ['thing/sim-1', 'thinggroup/g']);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 1 });
  });

  it.each([
    [{ jobId: 'a b' }, 'InvalidRequestException', 'jobId'],
    [{ jobId: 'x'.repeat(65) }, 'InvalidRequestException', 'jobId'],
    [{ document: 'no json' }, 'InvalidRequestException', 'document'],
    [{ document: JSON.stringify('x'.repeat(32_768)) }, 'InvalidRequestException', '32768'],
    [{ document: undefined }, 'InvalidRequestException', 'document'],
    [{ targets: [] }, 'InvalidRequestException', 'targets'],
    [{ targets: ['sim-1'] }, 'InvalidRequestException', 'sim-1'],
    [{ targets: [`${ARN}thing/nobody`] }, 'ResourceNotFoundException', 'nobody'],
    [{ targets: [`${ARN}thinggroup/nobody`] }, 'ResourceNotFoundException', 'nobody'],
    [{ schedulingConfig: {} }, 'InvalidRequestException', 'schedulingConfig'],
    [{ timeoutConfig: { inProgressTimeoutInMinutes: 0 } }, 'InvalidRequestException', 'inProgressTimeoutInMinutes'],
    [{ jobTemplateArn: `${ARN}jobtemplate/none` }, 'ResourceNotFoundException', 'none'],
  ])('are refused with %j', async (wrong, code, named) => {
    const { call } = await withThings(1);
    const input = { jobId: 'job', targets: [`${ARN}thing/sim-1`], document: '{}', ...wrong };
    await expect(call('CreateJob', input)).rejects.toMatchObject({ code, message: expect.stringContaining(named) });
    expect((await call('ListJobs', {})).jobs).toEqual([]);
  });

  it('have unique ids', async () => {
    const { createJob } = await withThings(1);
    await createJob('job', ['thing/sim-1']);
    await expect(createJob('job', ['thing/sim-1'])).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });

  it('take document and configurations from a template', async () => {
    const { call, createJob, details } = await withThings(1);
    const { jobTemplateArn } = await call('CreateJobTemplate', {
      jobTemplateId: 'upgrade',
      description: 'Upgrade',
      document: '{"a":1}',
      timeoutConfig: { inProgressTimeoutInMinutes: 5 },
    });
    await createJob('job', ['thing/sim-1'], { jobTemplateArn, document: undefined });
    expect(await call('GetJobDocument', { jobId: 'job' })).toEqual({ document: '{"a":1}' });
    expect(await details('job')).toMatchObject({
      description: 'Upgrade',
      timeoutConfig: { inProgressTimeoutInMinutes: 5 },
      jobTemplateArn,
    });
    expect(await call('DescribeJobTemplate', { jobTemplateId: 'upgrade' })).toMatchObject({ document: '{"a":1}' });
  });

  it('snapshot: take the members of a dynamic group at their creation', async () => {
    const { details, joins, upgrade } = await withDynamicGroup('SNAPSHOT');
    await joins('late');
    await upgrade('sim-1');
    expect((await details('job')).jobProcessDetails).toMatchObject({
      numberOfQueuedThings: 2,
      numberOfRemovedThings: 0,
    });
  });

  it('continuous: add executions for things that join the group, and remove those of things that leave', async () => {
    const { details, joins, upgrade, call, sentOn } = await withDynamicGroup('CONTINUOUS');
    await joins('late');
    expect(sentOn('$aws/things/late/jobs/notify-next')).toMatchObject([{ execution: { jobId: 'job' } }]);
    await upgrade('sim-1');
    expect((await details('job')).jobProcessDetails).toMatchObject({
      numberOfQueuedThings: 2,
      numberOfRemovedThings: 1,
    });
    expect(await call('DescribeJobExecution', { jobId: 'job', thingName: 'sim-1' })).toMatchObject({
      execution: { status: 'REMOVED' },
    });
  });

  it('continuous: never complete', async () => {
    const { details, device } = await withDynamicGroup('CONTINUOUS');
    for (const thingName of ['sim-1', 'sim-2'])
      await device('UpdateJobExecution', { jobId: 'job', thingName, status: 'SUCCEEDED' });
    expect(await details('job')).toMatchObject({
      status: 'IN_PROGRESS',
      jobProcessDetails: { numberOfSucceededThings: 2 },
    });
  });

  it('remove the executions of a thing that is deleted', async () => {
    const { call, createJob, details } = await withThings(1);
    await createJob('job', ['thing/sim-1']);
    await call('DeleteThing', { thingName: 'sim-1' });
    expect(await details('job')).toMatchObject({
      status: 'COMPLETED',
      jobProcessDetails: { numberOfRemovedThings: 1 },
    });
  });

  it('canceled: leave running executions, unless forced', async () => {
    const { call, createJob, report, processed, details } = await withThings(2);
    await createJob('job', ['thing/sim-1', 'thing/sim-2']);
    await report('sim-1', 'IN_PROGRESS');
    await call('CancelJob', { jobId: 'job', comment: 'no more' });
    expect(await details('job')).toMatchObject({ status: 'CANCELED', comment: 'no more' });
    expect(await processed()).toMatchObject({ numberOfCanceledThings: 1, numberOfInProgressThings: 1 });
    await createJob('forced', ['thing/sim-2']);
    await report('sim-2', 'IN_PROGRESS', 'forced');
    await call('CancelJob', { jobId: 'forced', force: true });
    expect(await details('forced')).toMatchObject({
      forceCanceled: true,
      jobProcessDetails: { numberOfCanceledThings: 1 },
    });
  });

  it('are deleted once they have ended, or by force', async () => {
    const { call, createJob } = await withThings(1);
    await createJob('job', ['thing/sim-1']);
    await expect(call('DeleteJob', { jobId: 'job' })).rejects.toMatchObject({
      code: 'InvalidStateTransitionException',
    });
    await call('DeleteJob', { jobId: 'job', force: true });
    await expect(call('DescribeJob', { jobId: 'job' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect((await call('ListJobExecutionsForThing', { thingName: 'sim-1' })).executionSummaries).toEqual([]);
  });
});

describe('the roll-out of a job', () => {
  it('keeps to a maximum per minute', async () => {
    const { createJob, processed, clock, targets } = await withThings(5);
    await createJob('job', targets, { jobExecutionsRolloutConfig: { maximumPerMinute: 2 } });
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 1 });
    await clock.advance(29_000);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 1 });
    await clock.advance(2_000);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 2 });
    await clock.advance(2 * MINUTE);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 5, processingTargets: [] });
  });

  it('grows exponentially with the number of things notified', async () => {
    const { createJob, processed, clock, targets } = await withThings(20);
    await createJob('job', targets, {
      jobExecutionsRolloutConfig: {
        exponentialRate: {
          baseRatePerMinute: 2,
          incrementFactor: 5,
          rateIncreaseCriteria: { numberOfNotifiedThings: 4 },
        },
      },
    });
    await clock.advance(MINUTE);
    expect((await processed()).numberOfQueuedThings).toBeLessThanOrEqual(3);
    await clock.advance(2 * MINUTE);
    expect((await processed()).numberOfQueuedThings).toBe(20);
  });

  it('stops when the job is canceled', async () => {
    const { createJob, call, processed, clock, targets } = await withThings(3);
    await createJob('job', targets, { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } });
    await call('CancelJob', { jobId: 'job' });
    await clock.advance(5 * MINUTE);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 0, numberOfCanceledThings: 1 });
  });

  it('reaches ten thousand things, and each report costs little', async () => {
    const { call, createJob, report, processed, details, createThings } = await withThings(0);
    await createThings(10_000);
    await call('CreateThingGroup', { thingGroupName: 'all' });
    for (let n = 1; n <= 10_000; n += 1)
      await call('AddThingToThingGroup', { thingGroupName: 'all', thingName: `sim-${n}` });
    await createJob('job', ['thinggroup/all']);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 10_000 });
    for (let n = 1; n <= 10_000; n += 1) await report(`sim-${n}`, 'SUCCEEDED');
    expect((await details('job')).status).toBe('COMPLETED');
  });
});

describe('time-outs, retries and aborts of a job', () => {
  it('time out an execution, counted from its start', async () => {
    const { createJob, report, clock, processed } = await withThings(1);
    await createJob('job', ['thing/sim-1'], { timeoutConfig: { inProgressTimeoutInMinutes: 2 } });
    await clock.advance(10 * MINUTE);
    await report('sim-1', 'IN_PROGRESS');
    await clock.advance(2 * MINUTE - 1);
    expect(await processed()).toMatchObject({ numberOfInProgressThings: 1 });
    await clock.advance(1);
    expect(await processed()).toMatchObject({ numberOfTimedOutThings: 1 });
  });

  it('let a device set a time limit for its step, renew it and take it back', async () => {
    const { createJob, device, clock, processed } = await withThings(1);
    await createJob('job', ['thing/sim-1']);
    const step = (stepTimeoutInMinutes: number) =>
      device('UpdateJobExecution', { jobId: 'job', thingName: 'sim-1', status: 'IN_PROGRESS', stepTimeoutInMinutes });
    await step(1);
    await clock.advance(MINUTE - 1);
    await step(1);
    await clock.advance(MINUTE - 1);
    await step(-1);
    await clock.advance(60 * MINUTE);
    expect(await processed()).toMatchObject({ numberOfInProgressThings: 1 });
    await step(1);
    await clock.advance(MINUTE);
    expect(await processed()).toMatchObject({ numberOfTimedOutThings: 1 });
  });

  it('retry a failed execution as often as configured', async () => {
    const { createJob, report, call, details } = await withThings(1);
    await createJob('job', ['thing/sim-1'], {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    });
    await report('sim-1', 'FAILED');
    expect(await call('DescribeJobExecution', { jobId: 'job', thingName: 'sim-1' })).toMatchObject({
      execution: { status: 'QUEUED', executionNumber: 2, versionNumber: 1 },
    });
    expect((await details('job')).jobProcessDetails).toMatchObject({
      numberOfFailedThings: 0,
      numberOfQueuedThings: 1,
    });
    await report('sim-1', 'FAILED');
    expect(await details('job')).toMatchObject({ status: 'COMPLETED', jobProcessDetails: { numberOfFailedThings: 1 } });
  });

  it('abort when too many have failed', async () => {
    const { createJob, report, details, targets } = await withThings(4);
    await createJob('job', targets, {
      abortConfig: {
        criteriaList: [
          { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 60, minNumberOfExecutedThings: 2 },
        ],
      },
    });
    await report('sim-1', 'FAILED');
    await report('sim-2', 'SUCCEEDED');
    expect((await details('job')).status).toBe('IN_PROGRESS');
    await report('sim-3', 'FAILED');
    expect(await details('job')).toMatchObject({
      status: 'CANCELED',
      jobProcessDetails: { numberOfFailedThings: 2, numberOfCanceledThings: 1 },
    });
  });
});
