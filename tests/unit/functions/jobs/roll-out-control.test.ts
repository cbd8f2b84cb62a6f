import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateJobRequest, DescribeJobTemplateResponse } from '@aws-sdk/client-iot';
import { defaultTimeLimitsIn } from '../../../../functions/jobs/create-job/contradictions';
import { createJob } from '../../../../functions/jobs/create-job/create-job';
import { ROOT } from '../../../support/template';
import { fakeLog } from '../support/fakes';

const PAYLOAD = {
  firmwareVersion: '1.2.3',
  targetArn: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/old',
};
const ABORT = { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 };
const WINDOW = { startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 180 };

const world = (template: DescribeJobTemplateResponse = {}) => {
  const created: CreateJobRequest[] = [];
  const nobody = async () => {
    throw new Error('no dry run');
  };
  const create = createJob({
    ...{ templateId: 't', jobIdPrefix: 'FirmwareUpgrade', longestThingName: 83, log: fakeLog().log },
    timeLimits: defaultTimeLimitsIn(
      '{"startDownloadSeconds":120,"transferSeconds":1800,"operationSeconds":1200,"rebootSeconds":2700}',
    ),
    now: () => Date.UTC(2026, 0, 1),
    fleet: { count: nobody, search: nobody, checkGroup: nobody },
    describeTemplate: async () => ({ document: '{"version":"1.0"}', ...template }),
    createJob: async (request) => {
      created.push(request);
      return {};
    },
  });
  /** What AWS IoT is asked to create for the payload with these fields. */
  const requestFor = async (fields: object): Promise<CreateJobRequest | undefined> => {
    await create({ ...PAYLOAD, ...fields });
    return created.at(-1);
  };
  return { created, create, requestFor };
};

describe('roll-out control of JobsCreateJob', () => {
  test('has the fields of AWS IoT Jobs, and none of it is in the job document', async () => {
    const exponentialRate = {
      ...{ baseRatePerMinute: 10, incrementFactor: 1.5 },
      rateIncreaseCriteria: { numberOfSucceededThings: 100 },
    };
    const request = await world().requestFor({
      rollout: { maximumPerMinute: 500, exponentialRate },
      abort: { criteriaList: [ABORT] },
      retry: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 2 }] },
      timeout: { inProgressTimeoutInMinutes: 75 },
      schedule: { startTime: '2026-01-01T01:00+00:30', endTime: '2026-01-02T00:00Z', endBehavior: 'CANCEL' },
    });
    expect(request).toMatchObject({
      jobExecutionsRolloutConfig: { maximumPerMinute: 500, exponentialRate },
      abortConfig: { criteriaList: [ABORT] },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 2 }] },
      timeoutConfig: { inProgressTimeoutInMinutes: 75 },
      schedulingConfig: {
        ...{ startTime: '2026-01-01T00:30:00.000Z', endTime: '2026-01-02T00:00:00.000Z', endBehavior: 'CANCEL' },
      },
      document: '{"version":"1.0","firmwareVersion":"1.2.3","upgradeTrigger":"manual"}',
    });
  });

  test('has maintenance windows in CONTINUOUS jobs', async () => {
    const request = await world().requestFor({
      targetSelection: 'CONTINUOUS',
      schedule: { maintenanceWindows: [WINDOW] },
    });
    expect(request?.schedulingConfig).toEqual({ maintenanceWindows: [WINDOW] });
  });

  test('takes from the job template what the payload does not have', async () => {
    const template = {
      jobExecutionsRolloutConfig: { maximumPerMinute: 5 },
      abortConfig: { criteriaList: [{ ...ABORT, failureType: 'ALL' as const, action: 'CANCEL' as const }] },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL' as const, numberOfRetries: 1 }] },
      timeoutConfig: { inProgressTimeoutInMinutes: 200 },
      maintenanceWindows: [WINDOW],
    };
    const { requestFor } = world(template);
    const { maintenanceWindows, ...configs } = template;
    const targetSelection = 'CONTINUOUS';
    expect(await requestFor({ targetSelection })).toMatchObject({
      ...{ ...configs, schedulingConfig: { maintenanceWindows } },
    });
    const schedule = { endTime: '2026-01-02T00:00:00.000Z' };
    expect(await requestFor({ targetSelection, rollout: { maximumPerMinute: 9 }, schedule })).toMatchObject({
      ...{ ...configs, jobExecutionsRolloutConfig: { maximumPerMinute: 9 } },
      schedulingConfig: { ...schedule, maintenanceWindows },
    });
  });

  const exponential = (fields: object) => ({
    rollout: {
      exponentialRate: {
        ...{ baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: { numberOfNotifiedThings: 1 } },
        ...fields,
      },
    },
  });
  const retry = (...criteriaList: (readonly [string, number])[]) => ({
    retry: {
      criteriaList: criteriaList.map(([failureType, numberOfRetries]) => ({ failureType, numberOfRetries })),
    },
  });
  const abort = (fields: object) => ({ abort: { criteriaList: [{ ...ABORT, ...fields }] } });

  test.each([
    [{ rollout: {} }, 'rollout must have maximumPerMinute, exponentialRate or both'],
    [
      { rollout: { perMinute: 5 } },
      'rollout.perMinute is not a field of it (it has maximumPerMinute, exponentialRate)',
    ],
    [{ rollout: { maximumPerMinute: 0 } }, 'rollout.maximumPerMinute must be at least 1, not 0'],
    [{ rollout: { maximumPerMinute: 1_001 } }, 'rollout.maximumPerMinute must be at most 1000, not 1001'],
    [
      { rollout: { maximumPerMinute: 5, ...exponential({ baseRatePerMinute: 6 }).rollout } },
      'rollout must have a maximumPerMinute that is at least its baseRatePerMinute',
    ],
    [exponential({ baseRatePerMinute: 1_001 }), 'rollout.exponentialRate.baseRatePerMinute must be at most 1000'],
    [exponential({ incrementFactor: 1 }), 'rollout.exponentialRate.incrementFactor must be at least 1.1, not 1'],
    [exponential({ incrementFactor: 5.1 }), 'rollout.exponentialRate.incrementFactor must be at most 5, not 5.1'],
    [
      exponential({ incrementFactor: 1.55 }),
      'rollout.exponentialRate.incrementFactor must have at most 1 digit after the decimal point, not 1.55',
    ],
    [
      exponential({ rateIncreaseCriteria: {} }),
      'rollout.exponentialRate.rateIncreaseCriteria must have numberOfNotifiedThings or numberOfSucceededThings, one of the two',
    ],
    [exponential({ rateIncreaseCriteria: undefined }), 'rollout.exponentialRate.rateIncreaseCriteria is missing'],
    [{ abort: { criteriaList: [] } }, 'abort.criteriaList must have at least one criterion'],
    [abort({ failureType: 'LATE' }), 'abort.criteriaList.0.failureType must be FAILED, REJECTED, TIMED_OUT or ALL'],
    [abort({ action: 'STOP' }), 'abort.criteriaList.0.action must be CANCEL, not "STOP"'],
    [abort({ thresholdPercentage: 101 }), 'abort.criteriaList.0.thresholdPercentage must be at most 100, not 101'],
    [abort({ thresholdPercentage: 0.001 }), 'abort.criteriaList.0.thresholdPercentage must be at least 0.01'],
    [
      abort({ thresholdPercentage: 10.999 }),
      'abort.criteriaList.0.thresholdPercentage must have at most 2 digits after the decimal point, not 10.999',
    ],
    [abort({ minNumberOfExecutedThings: 0 }), 'abort.criteriaList.0.minNumberOfExecutedThings must be at least 1'],
    [abort({ minNumberOfExecutedThings: undefined }), 'abort.criteriaList.0.minNumberOfExecutedThings is missing'],
    [retry(['REJECTED', 1]), 'retry.criteriaList.0.failureType must be FAILED, TIMED_OUT or ALL, not "REJECTED"'],
    [retry(['ALL', 11]), 'retry.criteriaList.0.numberOfRetries must be at most 10, not 11'],
    [retry(['FAILED', 6], ['TIMED_OUT', 5]), 'retry.criteriaList must have at most 10 retries in total'],
    [retry(['FAILED', 1], ['FAILED', 2]), 'retry.criteriaList must name each failureType once, and ALL alone'],
    [retry(['FAILED', 1], ['ALL', 2]), 'retry.criteriaList must name each failureType once, and ALL alone'],
    [{ timeout: { inProgressTimeoutInMinutes: 10_081 } }, 'timeout.inProgressTimeoutInMinutes must be at most 10080'],
    [{ timeout: {} }, 'timeout.inProgressTimeoutInMinutes is missing'],
    [{ schedule: {} }, 'schedule must have startTime, endTime or maintenanceWindows'],
    [{ schedule: { startTime: '2026-01-02T00:00' } }, 'schedule.startTime must be a time with its zone, such as'],
    [{ schedule: { startTime: '2026-13-02T00:00Z' } }, 'schedule.startTime must be a time that exists'],
    [
      { schedule: { startTime: '2026-01-01T00:29Z' } },
      'schedule.startTime must be at least 30 minutes and at most a year ahead, not 2026-01-01T00:29Z (now it is 2026-01-01T00:00:00.000Z)',
    ],
    [
      { schedule: { startTime: '2027-01-02T00:00Z' } },
      'schedule.startTime must be at least 30 minutes and at most a year',
    ],
    [
      { schedule: { endTime: '2028-01-02T00:00Z' } },
      'schedule.endTime must be at least 30 minutes and at most two years',
    ],
    [
      { schedule: { startTime: '2026-01-02T00:00Z', endTime: '2026-01-02T00:29Z' } },
      'schedule.endTime must be at least 30 minutes after startTime 2026-01-02T00:00Z, not 2026-01-02T00:29Z',
    ],
    [
      { schedule: { startTime: '2026-01-02T00:00Z', endBehavior: 'CANCEL' } },
      'schedule must have endTime with endBehavior',
    ],
    [
      { schedule: { endTime: '2026-01-02T00:00Z', endBehavior: 'STOP' } },
      'schedule.endBehavior must be STOP_ROLLOUT, CANCEL or FORCE_CANCEL, not "STOP"',
    ],
    [
      { schedule: { maintenanceWindows: [{ ...WINDOW, durationInMinutes: 1_431 }] } },
      'schedule.maintenanceWindows.0.durationInMinutes must be at most 1430, not 1431',
    ],
    [
      { schedule: { maintenanceWindows: [{ ...WINDOW, startTime: '02:00' }] } },
      'schedule.maintenanceWindows.0.startTime must be a cron expression (UTC) such as cron(0 2 ? * SUN *), not "02:00"',
    ],
    [{ schedule: { maintenanceWindows: [] } }, 'schedule.maintenanceWindows must have at least one window'],
  ])('refuses %j and names field and input', async (fields, problem) => {
    const { created, create } = world();
    await expect(create({ ...PAYLOAD, targetSelection: 'CONTINUOUS', ...fields })).rejects.toThrow(problem);
    expect(created).toEqual([]);
  });

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
  test.each([
    ...['cron(15 10 * * ? *)', 'cron(0/15 8-17 ? * MON-FRI *)', 'cron(0 10 ? * 6L 2026-2030)', 'cron(0 9 ? * 2#1 *)'],
    ...['cron(0 0 L * ? *)', 'cron(0 0 15W JAN,JUL ? *)'],
  ])('takes a window at %s', async (startTime) => {
    const schedule = { maintenanceWindows: [{ ...WINDOW, startTime }] };
    const request = await world().requestFor({ targetSelection: 'CONTINUOUS', schedule });
    expect(request?.schedulingConfig).toEqual(schedule);
  });

  test.each([
    ...['cron(0 2 * * * *)', 'cron(0 2 ? * ? *)', 'cron(0 2 ? * SUN)', 'cron(60 2 ? * SUN *)', 'cron(0 24 ? * SUN *)'],
    ...['cron(0 2 ? 13 SUN *)', 'cron(0 2 ? * 8 *)', 'cron(0 2 32 * ? *)', 'cron(0/0 2 ? * SUN *)', 'rate(1 day)'],
  ])('refuses a window at %s', async (startTime) => {
    const { create } = world();
    const schedule = { maintenanceWindows: [{ ...WINDOW, startTime }] };
    await expect(create({ ...PAYLOAD, targetSelection: 'CONTINUOUS', schedule })).rejects.toThrow(
      `schedule.maintenanceWindows.0.startTime must be a cron expression (UTC) such as cron(0 2 ? * SUN *), not "${startTime}"`,
    );
  });

  const activation = { mode: 'WINDOW', window: { start: '02:00', end: '05:00' } };
  test.each([
    [
      { schedule: { maintenanceWindows: [WINDOW] } },
      'schedule.maintenanceWindows need targetSelection CONTINUOUS, not SNAPSHOT',
    ],
    [
      { timeout: { inProgressTimeoutInMinutes: 74 } },
      'timeout.inProgressTimeoutInMinutes must be at least 75, not 74: the time limits of transfer, operation and reboot add up to that (see timeLimits)',
    ],
    [
      { timeout: { inProgressTimeoutInMinutes: 75 }, timeLimits: { operationSeconds: 7_200 } },
      'timeout.inProgressTimeoutInMinutes must be at least 165, not 75',
    ],
    [
      { timeout: { inProgressTimeoutInMinutes: 1_516 }, activation },
      'timeout.inProgressTimeoutInMinutes must be at least 1517, not 1516: the time limits of transfer, operation, activation, a day until the window opens and reboot add up',
    ],
    [
      retry(['TIMED_OUT', 1]),
      'retry.criteriaList names TIMED_OUT, which no device becomes without timeout.inProgressTimeoutInMinutes',
    ],
    [abort({ failureType: 'TIMED_OUT' }), 'abort.criteriaList names TIMED_OUT'],
  ])('refuses the contradiction %j', async (fields, problem) => {
    const { created, create } = world();
    await expect(create({ ...PAYLOAD, ...fields })).rejects.toThrow(`No job was created: ${problem}`);
    expect(created).toEqual([]);
  });

  test.each([
    [{ timeout: { inProgressTimeoutInMinutes: 75 } }],
    [
      {
        timeout: { inProgressTimeoutInMinutes: 20 },
        timeLimits: { transferSeconds: 600, operationSeconds: 600, rebootSeconds: 600 },
      },
    ],
    [{ timeout: { inProgressTimeoutInMinutes: 1_517 }, activation }],
    [{ timeout: { inProgressTimeoutInMinutes: 75 }, ...retry(['TIMED_OUT', 1]) }],
  ])('takes %j', async (fields) => {
    await expect(world().requestFor(fields)).resolves.toBeDefined();
  });

  test('refuses settings of the job template that contradict the payload, and says so', async () => {
    const { create } = world({ maintenanceWindows: [WINDOW], timeoutConfig: { inProgressTimeoutInMinutes: 5 } });
    await expect(create(PAYLOAD)).rejects.toThrow(
      'schedule.maintenanceWindows of the job template need targetSelection CONTINUOUS, not SNAPSHOT; ' +
        'timeout.inProgressTimeoutInMinutes of the job template must be at least 75, not 5',
    );
  });

  /** The message of a refusal. */
  const refusalOf = async (payload: object): Promise<string> =>
    world()
      .create(payload)
      .then(
        () => 'not refused',
        (error: unknown) => String(error),
      );
  const objectIn = (json: string | undefined): object => {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  };

  test.each(['rollout', 'abort', 'retry', 'timeout', 'schedule', 'firmware'])(
    'shows an example of %s that works, when it is wrong',
    async (group) => {
      const example = objectIn(/Example: (.*)$/.exec(await refusalOf({ ...PAYLOAD, [group]: 1 }))?.[1]);
      expect(example).toHaveProperty(group);
      await expect(world().create(example)).resolves.toBeDefined();
    },
  );

  test('takes the job that docs/operations.md shows', async () => {
    const docs = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
    const example = objectIn(/## Rolling out[^]*?```\n(\{[^]*?\n\})\n```/.exec(docs)?.[1]);
    expect(Object.keys(example)).toEqual(['firmwareVersion', 'targetArns', 'rollout', 'abort', 'dryRun']);
    await expect(world().create({ ...example, dryRun: false })).resolves.toBeDefined();
  });
});
