import { parseCron } from '../../../local/services/iot/jobs/cron';
import { ARN } from './iot-harness';
import { DAY, HOUR, MINUTE, withDynamicGroup, withThings } from './job-harness';

/** The clock starts on a Thursday, 2026-01-01T00:00Z. */
const at = (time: string) => Date.parse(`2026-01-${time}:00Z`);

/** https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html */
describe('a job with a start time', () => {
  it('is SCHEDULED until then, and rolls out from then on', async () => {
    const { createJob, details, sentOn, clock, targets } = await withThings(2);
    const schedulingConfig = { startTime: '2026-01-01T02:00:00.000Z' };
    await createJob('job', targets, { schedulingConfig });
    await clock.advance(2 * HOUR - 1);
    expect(await details('job')).toMatchObject({
      ...{ status: 'SCHEDULED', schedulingConfig, jobProcessDetails: { numberOfQueuedThings: 0 } },
    });
    await clock.advance(1);
    expect(await details('job')).toMatchObject({
      ...{ status: 'IN_PROGRESS', jobProcessDetails: { numberOfQueuedThings: 2 } },
    });
    expect(sentOn('$aws/things/sim-2/jobs/notify-next')).toMatchObject([{ execution: { jobId: 'job' } }]);
  });

  it('is canceled before it starts', async () => {
    const { createJob, call, details, clock, targets } = await withThings(2);
    await createJob('job', targets, { schedulingConfig: { startTime: '2026-01-01T02:00Z' } });
    await expect(call('DeleteJob', { jobId: 'job' })).rejects.toMatchObject({
      code: 'InvalidStateTransitionException',
    });
    await call('CancelJob', { jobId: 'job' });
    await clock.advance(DAY);
    expect(await details('job')).toMatchObject({
      ...{ status: 'CANCELED', jobProcessDetails: { numberOfQueuedThings: 0 } },
    });
  });
});

/** https://docs.aws.amazon.com/iot/latest/apireference/API_SchedulingConfig.html */
describe('a job with an end time', () => {
  /** At its end one thing has succeeded, one runs, two are queued. */
  const ended = async (endBehavior?: string, targetSelection = 'SNAPSHOT') => {
    const harness = await withThings(4);
    const { createJob, report, clock, targets } = harness;
    await createJob('job', targets, {
      ...{ targetSelection, jobExecutionsRolloutConfig: { maximumPerMinute: 1 } },
      schedulingConfig: { endTime: '2026-01-01T00:30Z', ...(endBehavior && { endBehavior }) },
    });
    await clock.advance(MINUTE);
    await report('sim-1', 'SUCCEEDED');
    await report('sim-2', 'IN_PROGRESS');
    return harness;
  };

  it.each([
    [undefined, { numberOfInProgressThings: 1, numberOfQueuedThings: 2, numberOfCanceledThings: 0 }],
    ['STOP_ROLLOUT', { numberOfInProgressThings: 1, numberOfQueuedThings: 2, numberOfCanceledThings: 0 }],
    ['CANCEL', { numberOfInProgressThings: 1, numberOfQueuedThings: 0, numberOfCanceledThings: 2 }],
    ['FORCE_CANCEL', { numberOfInProgressThings: 0, numberOfQueuedThings: 0, numberOfCanceledThings: 3 }],
  ])('with the end behavior %s leaves %j', async (endBehavior, counts) => {
    const { clock, processed } = await ended(endBehavior);
    await clock.advance(29 * MINUTE);
    expect(await processed()).toMatchObject({ ...counts, numberOfSucceededThings: 1 });
  });

  it('rolls out to no thing after it', async () => {
    const { createJob, processed, clock, targets } = await withThings(40);
    await createJob('job', targets, {
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
      schedulingConfig: { endTime: '2026-01-01T00:30Z' },
    });
    await clock.advance(2 * HOUR);
    expect((await processed()).numberOfQueuedThings).toBeLessThanOrEqual(31);
  });

  it.each(['SNAPSHOT', 'CONTINUOUS'])('is COMPLETED when its executions have ended, if it is %s', async (selection) => {
    const { clock, report, details } = await ended('CANCEL', selection);
    await clock.advance(29 * MINUTE);
    expect((await details('job')).status).toBe('IN_PROGRESS');
    await report('sim-2', 'SUCCEEDED');
    expect(await details('job')).toMatchObject({ status: 'COMPLETED', completedAt: expect.any(Date) });
    await expect(report('sim-3', 'SUCCEEDED')).rejects.toMatchObject({ code: 'InvalidStateTransitionException' });
  });

  it('retries nothing after it', async () => {
    const { createJob, report, clock, details } = await withThings(1);
    await createJob('job', ['thing/sim-1'], {
      schedulingConfig: { endTime: '2026-01-01T00:30Z' },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 3 }] },
    });
    await report('sim-1', 'IN_PROGRESS');
    await clock.advance(HOUR);
    await report('sim-1', 'FAILED');
    expect(await details('job')).toMatchObject({ status: 'COMPLETED', jobProcessDetails: { numberOfFailedThings: 1 } });
  });
});

/** https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html */
describe('a job with maintenance windows', () => {
  const NIGHT = { startTime: 'cron(0 2 ? * * *)', durationInMinutes: 60 };
  const withWindows = async (rest: object = {}, schedule: object = {}) => {
    const harness = await withDynamicGroup();
    // Fleet indexing took half a minute.
    await harness.clock.advance(30_000);
    await harness.createJob('job', ['thinggroup/old'], {
      ...{ targetSelection: 'CONTINUOUS', schedulingConfig: { maintenanceWindows: [NIGHT], ...schedule } },
      ...rest,
    });
    const until = (time: string) => harness.clock.advance(at(time) - harness.clock.now());
    return { ...harness, until };
  };

  it('is SCHEDULED between them, and rolls out in them', async () => {
    const { details, until } = await withWindows();
    expect(await details('job')).toMatchObject({
      ...{ status: 'SCHEDULED', jobProcessDetails: { numberOfQueuedThings: 0 } },
      scheduledJobRollouts: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ startTime: `2026-01-0${day}T02:00:00.000Z` })),
    });
    await until('01T02:00');
    expect(await details('job')).toMatchObject({
      ...{ status: 'IN_PROGRESS', jobProcessDetails: { numberOfQueuedThings: 2 } },
    });
    await until('01T03:00');
    expect((await details('job')).status).toBe('SCHEDULED');
    await until('02T02:00');
    expect((await details('job')).status).toBe('IN_PROGRESS');
  });

  it('pauses its roll-out at the end of a window, and goes on in the next one', async () => {
    const { processed, until } = await withWindows(
      { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } },
      { maintenanceWindows: [{ ...NIGHT, durationInMinutes: 1 }] },
    );
    await until('01T23:00');
    const { numberOfQueuedThings } = await processed();
    expect(numberOfQueuedThings).toBe(1);
    await until('02T02:00');
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 2 });
  });

  it('lets what runs end outside a window, and retries it in the next one', async () => {
    const { report, call, until } = await withWindows({
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    });
    await until('01T02:30');
    await report('sim-1', 'IN_PROGRESS');
    await report('sim-2', 'IN_PROGRESS');
    await until('01T05:00');
    await report('sim-1', 'SUCCEEDED');
    await report('sim-2', 'FAILED');
    const attempts = async () =>
      (await call('ListJobExecutionsForThing', { thingName: 'sim-2' })).executionSummaries.map(
        ({ jobExecutionSummary: { status, retryAttempt } }) => `${status} ${retryAttempt}`,
      );
    expect(await attempts()).toEqual(['FAILED 0']);
    await until('02T02:00');
    expect(await attempts()).toEqual(['QUEUED 1', 'FAILED 0']);
  });

  it('keeps things that join between windows for the next one', async () => {
    const { joins, sentOn, until } = await withWindows();
    await until('01T12:00');
    await joins('late');
    expect(sentOn('$aws/things/late/jobs/notify-next')).toEqual([]);
    await until('02T02:00');
    expect(sentOn('$aws/things/late/jobs/notify-next')).toHaveLength(1);
  });

  it('stays open while windows overlap', async () => {
    const { details, until } = await withWindows(
      {},
      { maintenanceWindows: [NIGHT, { startTime: 'cron(30 2 ? * * *)', durationInMinutes: 60 }] },
    );
    await until('01T03:15');
    expect((await details('job')).status).toBe('IN_PROGRESS');
    await until('01T03:30');
    expect((await details('job')).status).toBe('SCHEDULED');
  });

  it('has no window before its start time, and none after its end time', async () => {
    const { details, until, report } = await withWindows(
      {},
      { startTime: '2026-01-02T02:00Z', endTime: '2026-01-03T01:00Z' },
    );
    expect((await details('job')).scheduledJobRollouts).toEqual([{ startTime: '2026-01-02T02:00:00.000Z' }]);
    await until('01T02:30');
    expect((await details('job')).status).toBe('SCHEDULED');
    await until('02T02:00');
    expect((await details('job')).status).toBe('IN_PROGRESS');
    await until('03T01:00');
    for (const thingName of ['sim-1', 'sim-2']) await report(thingName, 'SUCCEEDED');
    expect((await details('job')).status).toBe('COMPLETED');
  });

  it('takes them from its template', async () => {
    const { call, createJob, details } = await withDynamicGroup();
    const template = { jobTemplateId: 't', description: 'T', document: '{}', maintenanceWindows: [NIGHT] };
    const { jobTemplateArn } = await call('CreateJobTemplate', template);
    expect(await call('DescribeJobTemplate', { jobTemplateId: 't' })).toMatchObject({ maintenanceWindows: [NIGHT] });
    await createJob('job', ['thinggroup/old'], { jobTemplateArn, document: undefined, targetSelection: 'CONTINUOUS' });
    expect((await details('job')).schedulingConfig).toEqual({ maintenanceWindows: [NIGHT] });
  });
});

describe('a schedule', () => {
  it.each([
    [{ startTime: '2026-01-01T00:29Z' }, 'startTime'],
    [{ startTime: '2027-01-02T00:00Z' }, 'startTime'],
    [{ startTime: 'tomorrow' }, 'startTime'],
    [{ endTime: '2026-01-01T00:29Z' }, 'endTime'],
    [{ endTime: '2028-01-02T00:00Z' }, 'endTime'],
    [{ startTime: '2026-01-02T00:00Z', endTime: '2026-01-02T00:29Z' }, 'endTime'],
    [{ endTime: '2026-01-02T00:00Z', endBehavior: 'PAUSE' }, 'endBehavior'],
    [{ maintenanceWindows: [{ startTime: 'cron(0 2 ? * * *)', durationInMinutes: 1_431 }] }, 'durationInMinutes'],
    [{ maintenanceWindows: [{ startTime: 'cron(0 2 * * * *)', durationInMinutes: 5 }] }, 'cron'],
    [{ maintenanceWindows: [{ startTime: 'cron(0 2 ? * * *)', durationInMinutes: 5 }] }, 'CONTINUOUS'],
  ])('of %j is refused', async (schedulingConfig, named) => {
    const { call } = await withThings(1);
    const input = { jobId: 'job', targets: [`${ARN}thing/sim-1`], document: '{}', schedulingConfig };
    await expect(call('CreateJob', input)).rejects.toMatchObject({
      ...{ code: 'InvalidRequestException', message: expect.stringContaining(named) },
    });
  });

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
  it.each([
    ['cron(15 10 * * ? *)', '2026-01-01T10:15'],
    ['cron(0 18 ? * MON-FRI *)', '2026-01-01T18:00'],
    ['cron(0 8 1 * ? *)', '2026-01-01T08:00'],
    ['cron(0/15 * * * ? *)', '2026-01-01T00:15'],
    ['cron(0 10 ? * 6L 2026-2030)', '2026-01-30T10:00'],
    ['cron(30 0 ? * TUE#2 *)', '2026-01-13T00:30'],
    ['cron(0 0 L * ? *)', '2026-01-31T00:00'],
    ['cron(0 0 29 FEB ? *)', '2028-02-29T00:00'],
    ['cron(0 12,13 ? * SUN,SAT *)', '2026-01-03T12:00'],
  ])('%s begins next at %s', (expression, next) => {
    expect(parseCron(expression).next(at('01T00:00'))).toBe(Date.parse(`${next}:00Z`));
  });

  it('of past years never begins', () => {
    expect(parseCron('cron(0 0 1 1 ? 2025)').next(at('01T00:00'))).toBeUndefined();
  });
});
