import { START_SECONDS, createHarness } from './iot-harness';

const NOTIFY = '$aws/things/sim-1/jobs/notify';
const NEXT = '$aws/things/sim-1/jobs/notify-next';

const withJobs = async (...jobIds: string[]) => {
  const harness = createHarness();
  await harness.createThings(1);
  for (const jobId of jobIds) await harness.createJob(jobId, ['thing/sim-1']);
  const report = (jobId: string, status: string) =>
    harness.device('UpdateJobExecution', { jobId, thingName: 'sim-1', status });
  return { ...harness, report };
};
const listed = (jobId: string): unknown => expect.objectContaining({ jobId });

describe('job notifications', () => {
  it('announce the first execution with its document on both topics', async () => {
    const { sentOn } = await withJobs('first');
    const times = { queuedAt: START_SECONDS, lastUpdatedAt: START_SECONDS };
    expect(sentOn(NOTIFY)).toEqual([
      {
        timestamp: START_SECONDS,
        jobs: { QUEUED: [{ jobId: 'first', ...times, executionNumber: 1, versionNumber: 1 }] },
      },
    ]);
    expect(sentOn(NEXT)).toEqual([
      {
        timestamp: START_SECONDS,
        execution: {
          jobId: 'first',
          status: 'QUEUED',
          ...times,
          versionNumber: 1,
          executionNumber: 1,
          jobDocument: { version: '1.0' },
        },
      },
    ]);
  });

  it('list all when another one is queued, and the next one stays', async () => {
    const { sentOn, forget, createJob } = await withJobs('first');
    forget();
    await createJob('second', ['thing/sim-1']);
    expect(sentOn(NOTIFY)).toEqual([
      { timestamp: expect.any(Number), jobs: { QUEUED: [listed('first'), listed('second')] } },
    ]);
    expect(sentOn(NEXT)).toEqual([]);
  });

  it('are silent when the first one starts', async () => {
    const { topics, forget, report } = await withJobs('first', 'second');
    forget();
    await report('first', 'IN_PROGRESS');
    expect(topics()).toEqual([]);
  });

  it('report that a later one starts and so becomes the next', async () => {
    const { sentOn, forget, report } = await withJobs('first', 'second');
    forget();
    await report('second', 'IN_PROGRESS');
    expect(sentOn(NOTIFY)).toEqual([]);
    expect(sentOn(NEXT)).toMatchObject([
      { execution: { jobId: 'second', status: 'IN_PROGRESS', startedAt: START_SECONDS, versionNumber: 2 } },
    ]);
  });

  it('announce the next one when the first has ended', async () => {
    const { sentOn, forget, report } = await withJobs('first', 'second');
    forget();
    await report('first', 'SUCCEEDED');
    expect(sentOn(NOTIFY)).toMatchObject([{ jobs: { QUEUED: [{ jobId: 'second' }] } }]);
    expect(sentOn(NEXT)).toMatchObject([{ execution: { jobId: 'second', status: 'QUEUED' } }]);
  });

  it('list the rest when another than the first has ended', async () => {
    const { sentOn, forget, report } = await withJobs('first', 'second');
    forget();
    await report('second', 'FAILED');
    expect(sentOn(NOTIFY)).toMatchObject([{ jobs: { QUEUED: [{ jobId: 'first' }] } }]);
    expect(sentOn(NEXT)).toEqual([]);
  });

  it('report that nothing is left, without an execution', async () => {
    const { sentOn, forget, report } = await withJobs('first');
    forget();
    await report('first', 'REJECTED');
    expect(sentOn(NOTIFY)).toEqual([{ timestamp: START_SECONDS, jobs: {} }]);
    expect(sentOn(NEXT)).toEqual([{ timestamp: START_SECONDS }]);
  });

  it('list ten executions at most', async () => {
    const { sentOn } = await withJobs(...Array.from({ length: 12 }, (_, n) => `job-${n}`));
    expect(sentOn(NOTIFY).at(-1)?.jobs?.QUEUED).toHaveLength(10);
  });
});

describe('job events', () => {
  it('are published only when they are switched on', async () => {
    const { report, topics } = await withJobs('first');
    await report('first', 'SUCCEEDED');
    expect(topics().filter((topic) => topic.startsWith('$aws/events'))).toEqual([]);
  });

  it('report how an execution and its job have ended', async () => {
    const { sentOn, device, switchJobEventsOn, iot } = await withJobs('first');
    await switchJobEventsOn();
    expect(iot.jobEventsEnabled()).toBe(true);
    await device('UpdateJobExecution', {
      jobId: 'first',
      thingName: 'sim-1',
      status: 'FAILED',
      statusDetails: { reason: 'full' },
    });
    expect(sentOn('$aws/events/jobExecution/first/failed')).toEqual([
      {
        eventType: 'JOB_EXECUTION',
        eventId: expect.any(String),
        timestamp: START_SECONDS,
        operation: 'failed',
        jobId: 'first',
        thingArn: expect.stringMatching(/:thing\/sim-1$/),
        status: 'FAILED',
        statusDetails: { reason: 'full' },
      },
    ]);
    expect(sentOn('$aws/events/job/first/completed')).toMatchObject([
      {
        eventType: 'JOB',
        operation: 'completed',
        status: 'COMPLETED',
        targetSelection: 'SNAPSHOT',
        jobProcessDetails: { numberOfFailedThings: 1 },
      },
    ]);
  });

  it('report cancellation and deletion', async () => {
    const { call, topics, switchJobEventsOn, forget } = await withJobs('first');
    await switchJobEventsOn();
    forget();
    const events = () => topics().filter((topic) => topic.startsWith('$aws/events'));
    await call('CancelJob', { jobId: 'first' });
    expect(events()).toEqual([
      '$aws/events/job/first/cancellation_in_progress',
      '$aws/events/jobExecution/first/canceled',
      '$aws/events/job/first/canceled',
    ]);
    forget();
    await call('DeleteJob', { jobId: 'first' });
    expect(events()).toEqual([
      '$aws/events/job/first/deletion_in_progress',
      '$aws/events/jobExecution/first/deleted',
      '$aws/events/job/first/deleted',
    ]);
  });
});
