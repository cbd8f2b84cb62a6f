import { START_SECONDS, createHarness } from './iot-harness';

const JOBS = '$aws/things/sim-1/jobs';

const withJob = async () => {
  const harness = createHarness();
  await harness.createThings(1);
  await harness.createJob('job', ['thing/sim-1']);
  harness.forget();
  const update = (change: object) =>
    harness.device('UpdateJobExecution', { jobId: 'job', thingName: 'sim-1', ...change });
  return { ...harness, update };
};

describe('the jobs data plane', () => {
  it('lists what is pending, with times in seconds', async () => {
    const { device, update } = await withJob();
    const summary = { jobId: 'job', queuedAt: START_SECONDS, lastUpdatedAt: START_SECONDS, executionNumber: 1 };
    expect(await device('GetPendingJobExecutions', { thingName: 'sim-1' })).toEqual({
      inProgressJobs: [],
      queuedJobs: [{ ...summary, versionNumber: 1 }],
    });
    await update({ status: 'IN_PROGRESS' });
    expect(await device('GetPendingJobExecutions', { thingName: 'sim-1' })).toEqual({
      inProgressJobs: [{ ...summary, startedAt: START_SECONDS, versionNumber: 2 }],
      queuedJobs: [],
    });
  });

  it('starts the next execution once, and returns it unchanged when asked again', async () => {
    const { device } = await withJob();
    const start = (step: string) =>
      device('StartNextPendingJobExecution', { thingName: 'sim-1', statusDetails: { step } });
    expect((await start('one')).execution).toMatchObject({
      status: 'IN_PROGRESS',
      statusDetails: { step: 'one' },
      versionNumber: 2,
      jobDocument: '{"version":"1.0"}',
    });
    expect((await start('two')).execution).toMatchObject({ statusDetails: { step: 'one' }, versionNumber: 2 });
  });

  it('returns no execution when nothing is pending', async () => {
    const { device, update } = await withJob();
    await update({ status: 'SUCCEEDED' });
    expect(await device('StartNextPendingJobExecution', { thingName: 'sim-1' })).toEqual({});
    expect(await device('DescribeJobExecution', { thingName: 'sim-1', jobId: '$next' })).toEqual({});
  });

  it('replaces status details when there are new ones, else keeps them', async () => {
    const { update } = await withJob();
    await update({ status: 'IN_PROGRESS', statusDetails: { a: '1', b: '2' } });
    const state = await update({ status: 'IN_PROGRESS', includeJobExecutionState: true });
    expect(state.executionState).toEqual({
      status: 'IN_PROGRESS',
      statusDetails: { a: '1', b: '2' },
      versionNumber: 3,
    });
    expect(
      (await update({ status: 'IN_PROGRESS', statusDetails: { c: '3' }, includeJobExecutionState: true }))
        .executionState,
    ).toMatchObject({ statusDetails: { c: '3' } });
  });

  it('refuses an update that expects another version', async () => {
    const { update } = await withJob();
    await expect(update({ status: 'IN_PROGRESS', expectedVersion: 2 })).rejects.toMatchObject({
      code: 'VersionMismatch',
    });
    await update({ status: 'IN_PROGRESS', expectedVersion: 1 });
  });

  it('never changes an execution that has ended', async () => {
    const { update, device } = await withJob();
    await update({ status: 'SUCCEEDED' });
    await expect(update({ status: 'FAILED' })).rejects.toMatchObject({
      code: 'InvalidStateTransitionException',
      statusCode: 409,
    });
    await expect(device('DescribeJobExecution', { thingName: 'sim-1', jobId: 'job' })).rejects.toMatchObject({
      code: 'TerminalStateException',
    });
  });

  it.each([
    [{ status: 'QUEUED' }, 'InvalidRequestException', 'QUEUED'],
    [{}, 'InvalidRequestException', 'status'],
    [{ status: 'FAILED', statusDetails: { 'a b': 'x' } }, 'InvalidRequestException', 'a b'],
    [{ status: 'FAILED', statusDetails: { cause: 'a\nb' } }, 'InvalidRequestException', 'cause'],
    [{ status: 'FAILED', statusDetails: { cause: 'a\ud83d' } }, 'InvalidRequestException', 'cause'],
    [{ status: 'FAILED', statusDetails: { cause: '' } }, 'InvalidRequestException', 'cause'],
    [{ status: 'FAILED', statusDetails: { cause: 'x'.repeat(1025) } }, 'InvalidRequestException', 'cause'],
    [{ status: 'FAILED', stepTimeoutInMinutes: 0 }, 'InvalidRequestException', 'stepTimeoutInMinutes'],
    [{ status: 'FAILED', jobId: 'other' }, 'ResourceNotFoundException', 'other'],
    [{ status: 'FAILED', thingName: 'nobody' }, 'ResourceNotFoundException', 'nobody'],
  ])('refuses the update %j', async (change, code, named) => {
    const { update } = await withJob();
    await expect(update(change)).rejects.toMatchObject({ code, message: expect.stringContaining(named) });
  });

  it('notifies progress displays of each change', async () => {
    const { iot, update, createJob } = await withJob();
    const seen: string[] = [];
    const stop = iot.onJobExecutionChanged(({ jobId, status, versionNumber }) =>
      seen.push(`${jobId} ${status} ${versionNumber}`),
    );
    await update({ status: 'IN_PROGRESS' });
    await createJob('next', ['thing/sim-1']);
    stop();
    await update({ status: 'FAILED' });
    expect(seen).toEqual(['job IN_PROGRESS 2', 'next QUEUED 1']);
  });
});

describe('the jobs topics', () => {
  it('list what is pending', async () => {
    const { receive, sentOn } = await withJob();
    receive(`${JOBS}/get`, { clientToken: 't' }, 'sim-1');
    expect(sentOn(`${JOBS}/get/accepted`)).toMatchObject([
      { clientToken: 't', timestamp: START_SECONDS, inProgressJobs: [], queuedJobs: [{ jobId: 'job' }] },
    ]);
  });

  it('start the next execution and describe it, the document being an object', async () => {
    const { receive, sentOn } = await withJob();
    receive(`${JOBS}/start-next`, '', 'sim-1');
    expect(sentOn(`${JOBS}/start-next/accepted`)).toMatchObject([
      { execution: { jobId: 'job', thingName: 'sim-1', status: 'IN_PROGRESS', jobDocument: { version: '1.0' } } },
    ]);
    receive(`${JOBS}/$next/get`, { includeJobDocument: false }, 'sim-1');
    const [answer] = sentOn(`${JOBS}/$next/get/accepted`);
    expect(answer?.execution?.jobId).toBe('job');
    expect(answer?.execution?.jobDocument).toBeUndefined();
  });

  it('take updates', async () => {
    const { receive, sentOn, call } = await withJob();
    receive(
      `${JOBS}/job/update`,
      { status: 'SUCCEEDED', expectedVersion: '1', includeJobExecutionState: true },
      'sim-1',
    );
    expect(sentOn(`${JOBS}/job/update/accepted`)).toMatchObject([
      { executionState: { status: 'SUCCEEDED', versionNumber: 2 } },
    ]);
    expect(await call('DescribeJobExecution', { jobId: 'job', thingName: 'sim-1' })).toMatchObject({
      execution: { status: 'SUCCEEDED' },
    });
  });

  it('reject with a code, the token and the current state', async () => {
    const { receive, sentOn } = await withJob();
    const topic = `${JOBS}/job/update`;
    receive(topic, { status: 'FAILED', expectedVersion: 9, clientToken: 't' }, 'sim-1');
    receive(topic, '{', 'sim-1');
    receive(topic, { status: 5 }, 'sim-1');
    receive(`${JOBS}/other/update`, { status: 'FAILED' }, 'sim-1');
    expect(sentOn(`${topic}/rejected`)).toMatchObject([
      { code: 'VersionMismatch', clientToken: 't', executionState: { status: 'QUEUED', versionNumber: 1 } },
      { code: 'InvalidJson' },
      { code: 'InvalidRequest', message: expect.stringContaining('status') },
    ]);
    expect(sentOn(`${JOBS}/other/update/rejected`)).toMatchObject([{ code: 'ResourceNotFound' }]);
  });
});

describe('control of single executions', () => {
  it('cancels queued executions, and running ones only by force', async () => {
    const { call, update } = await withJob();
    await update({ status: 'IN_PROGRESS' });
    const cancel = (rest: object) => call('CancelJobExecution', { jobId: 'job', thingName: 'sim-1', ...rest });
    await expect(cancel({})).rejects.toMatchObject({ code: 'InvalidStateTransitionException' });
    await expect(cancel({ force: true, expectedVersion: 1 })).rejects.toMatchObject({
      code: 'VersionConflictException',
    });
    await cancel({ force: true, statusDetails: { reason: 'stopped' } });
    expect(await call('DescribeJobExecution', { jobId: 'job', thingName: 'sim-1' })).toMatchObject({
      execution: { status: 'CANCELED', forceCanceled: true, statusDetails: { detailsMap: { reason: 'stopped' } } },
    });
  });

  it('deletes one, and the job completes without it', async () => {
    const { call, details } = await withJob();
    const key = { jobId: 'job', thingName: 'sim-1', executionNumber: 1 };
    await expect(call('DeleteJobExecution', key)).rejects.toMatchObject({ code: 'InvalidStateTransitionException' });
    await call('DeleteJobExecution', { ...key, force: true });
    expect((await details('job')).status).toBe('COMPLETED');
  });

  it('lists executions by job and by thing', async () => {
    const { call } = await withJob();
    expect(
      (await call('ListJobExecutionsForJob', { jobId: 'job', status: 'QUEUED' })).executionSummaries,
    ).toMatchObject([
      { thingArn: expect.stringMatching(/sim-1$/), jobExecutionSummary: { status: 'QUEUED', executionNumber: 1 } },
    ]);
    expect((await call('ListJobExecutionsForJob', { jobId: 'job', status: 'FAILED' })).executionSummaries).toEqual([]);
    expect(
      (await call('ListJobExecutionsForThing', { thingName: 'sim-1', status: 'QUEUED' })).executionSummaries,
    ).toMatchObject([{ jobId: 'job' }]);
  });
});
