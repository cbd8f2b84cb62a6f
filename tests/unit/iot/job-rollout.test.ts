import { createBacklog } from '../../../local/core/backlog';
import { ARN } from './iot-harness';
import { MINUTE, withDynamicGroup, withThings } from './job-harness';

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

  it('without a rate goes on when the functions have little to do', async () => {
    const backlog = createBacklog(1);
    const { createJob, processed, clock, targets } = await withThings(60, backlog);
    backlog.begin();
    await createJob('job', targets);
    await clock.advance(MINUTE);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 50 });
    backlog.end();
    await clock.advance(0);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 60 });
  });

  it('with a rate does not wait for the functions', async () => {
    const backlog = createBacklog(1);
    const { createJob, processed, clock, targets } = await withThings(3, backlog);
    backlog.begin();
    await createJob('job', targets, { jobExecutionsRolloutConfig: { maximumPerMinute: 3 } });
    await clock.advance(MINUTE);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 3 });
  });

  it('that is cancelled while it waits for the functions is over', async () => {
    const backlog = createBacklog(1);
    const { call, createJob, processed, clock, targets } = await withThings(60, backlog);
    backlog.begin();
    await createJob('job', targets);
    await call('CancelJob', { jobId: 'job' });
    backlog.end();
    await clock.advance(0);
    expect(await processed()).toMatchObject({ numberOfQueuedThings: 0, numberOfCanceledThings: 50 });
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

  // https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html#job-rollout-using
  it('grows exponentially with the number of things that succeeded, up to the maximum per minute', async () => {
    const { createJob, report, processed, clock, targets } = await withThings(40);
    await createJob('job', targets, {
      jobExecutionsRolloutConfig: {
        maximumPerMinute: 6,
        exponentialRate: {
          ...{ baseRatePerMinute: 2, incrementFactor: 2 },
          rateIncreaseCriteria: { numberOfSucceededThings: 2 },
        },
      },
    });
    const queuedIn = async (minutes: number) => {
      const { numberOfQueuedThings: before } = await processed();
      await clock.advance(minutes * MINUTE);
      return (await processed()).numberOfQueuedThings - before;
    };
    expect(await queuedIn(3)).toBe(6);
    await report('sim-1', 'SUCCEEDED');
    expect(await queuedIn(3)).toBe(6);
    await report('sim-2', 'SUCCEEDED');
    await clock.advance(MINUTE);
    expect(await queuedIn(2)).toBe(8);
    await report('sim-3', 'SUCCEEDED');
    await report('sim-4', 'SUCCEEDED');
    await clock.advance(MINUTE);
    expect(await queuedIn(1)).toBe(6);
  });

  it('grows by whichever of two criteria is met first', async () => {
    const { createJob, report, processed, clock, targets } = await withThings(20);
    await createJob('job', targets, {
      jobExecutionsRolloutConfig: {
        exponentialRate: {
          ...{ baseRatePerMinute: 1, incrementFactor: 5 },
          rateIncreaseCriteria: { numberOfNotifiedThings: 100, numberOfSucceededThings: 1 },
        },
      },
    });
    await report('sim-1', 'SUCCEEDED');
    await clock.advance(2 * MINUTE);
    expect((await processed()).numberOfQueuedThings).toBeGreaterThanOrEqual(5);
  });

  // "…in near-real time": https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html#job-rollout-dynamic-groups
  it('does not hold back things that join a continuous job after its creation', async () => {
    const { createJob, joins, sentOn, clock } = await withDynamicGroup();
    await createJob('job', ['thinggroup/old'], {
      ...{ targetSelection: 'CONTINUOUS', jobExecutionsRolloutConfig: { maximumPerMinute: 1 } },
    });
    await joins('late');
    expect(sentOn('$aws/things/late/jobs/notify-next')).toMatchObject([{ execution: { jobId: 'job' } }]);
    expect(sentOn('$aws/things/sim-2/jobs/notify-next')).toEqual([]);
    await clock.advance(MINUTE);
    expect(sentOn('$aws/things/sim-2/jobs/notify-next')).toHaveLength(1);
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

  // "up to 10 retries for both failure types combined", and a number for each:
  // https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html#job-retry-configuration
  const withRetries = async (...criteriaList: object[]) => {
    const { createJob, report, clock, call } = await withThings(1);
    await createJob('job', ['thing/sim-1'], {
      timeoutConfig: { inProgressTimeoutInMinutes: 1 },
      jobExecutionsRetryConfig: { criteriaList },
    });
    const fail = () => report('sim-1', 'FAILED');
    const timeOut = async () => {
      await report('sim-1', 'IN_PROGRESS');
      await clock.advance(MINUTE);
    };
    const latest = async () => {
      const { executionSummaries } = await call('ListJobExecutionsForJob', { jobId: 'job' });
      const { status, retryAttempt } = executionSummaries[0]?.jobExecutionSummary ?? {};
      return `${status} ${retryAttempt}`;
    };
    return { fail, timeOut, latest };
  };

  it('count retries of each kind of failure', async () => {
    const { fail, timeOut, latest } = await withRetries(
      { failureType: 'FAILED', numberOfRetries: 1 },
      { failureType: 'TIMED_OUT', numberOfRetries: 1 },
    );
    await fail();
    expect(await latest()).toBe('QUEUED 1');
    await timeOut();
    expect(await latest()).toBe('QUEUED 2');
    await timeOut();
    expect(await latest()).toBe('TIMED_OUT 2');
  });

  it('count retries of ALL failures together', async () => {
    const { fail, timeOut, latest } = await withRetries({ failureType: 'ALL', numberOfRetries: 2 });
    await fail();
    await timeOut();
    expect(await latest()).toBe('QUEUED 2');
    await fail();
    expect(await latest()).toBe('FAILED 2');
  });

  it('do not retry what a device rejects', async () => {
    const { createJob, report, details } = await withThings(1);
    await createJob('job', ['thing/sim-1'], {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 2 }] },
    });
    await report('sim-1', 'REJECTED');
    expect((await details('job')).status).toBe('COMPLETED');
  });

  // "…is reset to zero": https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html#job-retry-configuration
  it('give a thing that rejoins its group all its retries again', async () => {
    const { createJob, report, setVersion, clock, call } = await withDynamicGroup();
    await createJob('job', ['thinggroup/old'], {
      targetSelection: 'CONTINUOUS',
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    });
    const attempts = async () =>
      (await call('ListJobExecutionsForThing', { thingName: 'sim-1' })).executionSummaries.map(
        ({ jobExecutionSummary: { status, retryAttempt } }) => `${status} ${retryAttempt}`,
      );
    await report('sim-1', 'FAILED');
    expect(await attempts()).toEqual(['QUEUED 1', 'FAILED 0']);
    await setVersion('sim-1', '2');
    await setVersion('sim-1', '1.2.1');
    await clock.advance(0);
    expect(await attempts()).toEqual(['QUEUED 0', 'REMOVED 1', 'FAILED 0']);
    await report('sim-1', 'FAILED');
    expect(await attempts()).toEqual(['QUEUED 1', 'FAILED 0', 'REMOVED 1', 'FAILED 0']);
  });

  it.each([
    ['ALL', ['FAILED', 'REJECTED'], 'CANCELED'],
    ['REJECTED', ['FAILED', 'REJECTED'], 'IN_PROGRESS'],
    ['REJECTED', ['REJECTED', 'REJECTED'], 'CANCELED'],
  ])('abort for %s of 100 %% after %j: %s', async (failureType, reports, status) => {
    const { createJob, report, details, targets } = await withThings(3);
    await createJob('job', targets, {
      abortConfig: {
        criteriaList: [{ failureType, action: 'CANCEL', thresholdPercentage: 100, minNumberOfExecutedThings: 2 }],
      },
    });
    for (const [index, outcome] of reports.entries()) await report(`sim-${index + 1}`, outcome);
    expect((await details('job')).status).toBe(status);
  });

  // "only QUEUED job executions are canceled": https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
  it('leave running executions when they abort, and tell why', async () => {
    const { createJob, report, details, targets } = await withThings(3);
    await createJob('job', targets, {
      abortConfig: {
        criteriaList: [
          { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 50, minNumberOfExecutedThings: 1 },
        ],
      },
    });
    await report('sim-2', 'IN_PROGRESS');
    await report('sim-1', 'FAILED');
    expect(await details('job')).toMatchObject({
      ...{ status: 'CANCELED', reasonCode: 'ABORT_CRITERIA_MET', comment: expect.any(String) },
      jobProcessDetails: { numberOfInProgressThings: 1, numberOfCanceledThings: 1, numberOfFailedThings: 1 },
    });
  });

  it.each([
    [{ jobExecutionsRolloutConfig: { maximumPerMinute: 1_001 } }, 'maximumPerMinute'],
    [{ jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1 } } }, 'incrementFactor'],
    [
      {
        jobExecutionsRolloutConfig: {
          exponentialRate: {
            ...{ baseRatePerMinute: 1, incrementFactor: 1.55 },
            rateIncreaseCriteria: { numberOfNotifiedThings: 1 },
          },
        },
      },
      'incrementFactor',
    ],
    [
      { jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 1.5 } } },
      'rateIncreaseCriteria',
    ],
    [{ timeoutConfig: { inProgressTimeoutInMinutes: 0 } }, 'inProgressTimeoutInMinutes'],
    [{ abortConfig: { criteriaList: [{ failureType: 'LATE', action: 'CANCEL' }] } }, 'failureType'],
    [{ abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'STOP' }] } }, 'action'],
    [
      { abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 10.999 }] } },
      'thresholdPercentage',
    ],
    [{ jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'REJECTED', numberOfRetries: 1 }] } }, 'failureType'],
    [
      {
        jobExecutionsRetryConfig: {
          criteriaList: [
            { failureType: 'FAILED', numberOfRetries: 6 },
            { failureType: 'TIMED_OUT', numberOfRetries: 5 },
          ],
        },
      },
      'numberOfRetries',
    ],
  ])('are refused when they are %j', async (configs, named) => {
    const { call } = await withThings(1);
    const input = { jobId: 'job', targets: [`${ARN}thing/sim-1`], document: '{}', ...configs };
    await expect(call('CreateJob', input)).rejects.toMatchObject({
      ...{ code: 'InvalidRequestException', message: expect.stringContaining(named) },
    });
  });
});
