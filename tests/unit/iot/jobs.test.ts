import { ARN } from './iot-harness';
import { withDynamicGroup, withThings } from './job-harness';

const withJobOfGroup = async (targetSelection: string) => {
  const harness = await withDynamicGroup();
  await harness.createJob('job', ['thinggroup/old'], { targetSelection });
  return { ...harness, upgrade: (thingName: string) => harness.setVersion(thingName, '2') };
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
    [{ targets: Array(101).fill(`${ARN}thing/sim-1`) }, 'InvalidRequestException', '101'],
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
    const { details, joins, upgrade } = await withJobOfGroup('SNAPSHOT');
    await joins('late');
    await upgrade('sim-1');
    expect((await details('job')).jobProcessDetails).toMatchObject({
      numberOfQueuedThings: 2,
      numberOfRemovedThings: 0,
    });
  });

  it('continuous: add executions for things that join the group, and remove those of things that leave', async () => {
    const { details, joins, upgrade, call, sentOn } = await withJobOfGroup('CONTINUOUS');
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
    const { details, device } = await withJobOfGroup('CONTINUOUS');
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
