import { updateStatus } from '../../../../functions/jobs/update-status/update-status';
import { ARN, createHarness } from '../../iot/iot-harness';
import { fakeLog, fakeTopic } from '../support/fakes';

const OUTCOME = {
  name: 'FIRMWARE_UPGRADE_SUCCESS',
  id: 'job-1.1',
  operationId: 'job-1.1',
  thingName: 'sim-1',
} as const;

describe('JobsUpdateStatus', () => {
  const world = (failure?: string) => {
    const requests: unknown[] = [];
    const topic = fakeTopic();
    const handle = updateStatus({
      publish: async (message) => {
        expect(requests).toHaveLength(1);
        await topic.publish(message);
      },
      updateJobExecution: async (request) => {
        requests.push(request);
        if (failure !== undefined) throw Object.assign(new Error(failure), { name: failure });
      },
    });
    const { published } = topic;
    return { requests, published, handle: (message: Parameters<typeof handle>[0]) => handle(message, fakeLog().log) };
  };

  test.each([
    ['has its outcome', undefined],
    ['has ended already', 'InvalidStateTransitionException'],
  ])('a task that waits for the outcome is told once the job execution %s', async (_, failure) => {
    const { published, handle } = world(failure);
    await handle({ ...OUTCOME, token: 't', executionArn: 'arn:e' });
    expect(published).toEqual([
      { name: 'OUTCOME_RECORDED', id: 'job-1.1', thingName: 'sim-1', token: 't', executionArn: 'arn:e' },
    ]);
  });

  test('nobody is told of an outcome that no task waits for, or that is not recorded', async () => {
    const { published, handle } = world();
    await handle(OUTCOME);
    expect(published).toEqual([]);
    const throttled = world('ThrottlingException');
    await expect(throttled.handle({ ...OUTCOME, token: 't' })).rejects.toThrow('ThrottlingException');
    expect(throttled.published).toEqual([]);
  });

  test.each([
    ['job-1.1', 1],
    ['job-1.12', 12],
    ['job-1.12.2', 12],
    ['job-1.1.3', 1],
  ])(
    '%s is about attempt %d of the job: an attempt may order its download several times',
    async (id, executionNumber) => {
      const { requests, handle } = world();
      await handle({ ...OUTCOME, id });
      expect(requests).toMatchObject([{ jobId: 'job-1', executionNumber }]);
    },
  );

  test.each(['job-1', 'job-1.0', 'job-1.1.0', 'job-1.1.2.3', 'job-1.1.'])('%s is no operation', async (id) => {
    const { requests, handle } = world();
    await expect(handle({ ...OUTCOME, id })).rejects.toThrow(`"${id}" is not an operation id`);
    expect(requests).toEqual([]);
  });

  test('a job execution becomes IN_PROGRESS with its step when the download starts (defect 12)', async () => {
    const { requests, handle } = world();
    await handle({
      name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS',
      id: 'job-1.1',
      thingName: 'sim-1',
      firmwareVersion: '1',
      token: 't',
    });
    expect(requests).toEqual([
      {
        jobId: 'job-1',
        executionNumber: 1,
        thingName: 'sim-1',
        status: 'IN_PROGRESS',
        statusDetails: { step: 'DOWNLOADING' },
      },
    ]);
  });

  test('a failed upgrade becomes FAILED with its details, within the limits of AWS', async () => {
    const { requests, handle } = world();
    await handle({
      ...OUTCOME,
      name: 'FIRMWARE_UPGRADE_FAIL',
      details: { error: 'ROLLED_BACK', cause: 'x'.repeat(2000) },
    });
    expect(requests).toEqual([
      {
        jobId: 'job-1',
        executionNumber: 1,
        thingName: 'sim-1',
        status: 'FAILED',
        statusDetails: { error: 'ROLLED_BACK', cause: 'x'.repeat(1024) },
      },
    ]);
  });

  test('a verified upgrade becomes SUCCEEDED, and says when the registry does not know its version', async () => {
    const { requests, handle } = world();
    await handle({ ...OUTCOME, details: { firmwareVersion: '1.2.3', registry: '' } });
    await handle({ ...OUTCOME, details: { firmwareVersion: '1.2.3', registry: 'not updated: Iot.X' } });
    expect(requests).toMatchObject([
      { status: 'SUCCEEDED', statusDetails: { step: 'VERIFIED', firmwareVersion: '1.2.3' } },
      { status: 'SUCCEEDED', statusDetails: { firmwareVersion: '1.2.3', registry: 'not updated: Iot.X' } },
    ]);
    expect(requests[0]).not.toHaveProperty('statusDetails.registry');
  });

  test.each(['InvalidStateTransitionException', 'ResourceNotFoundException'])(
    'an execution that ended already stays (%s)',
    async (name) => {
      await expect(world(name).handle(OUTCOME)).resolves.toBeUndefined();
    },
  );

  test('throttling is thrown, so that Lambda tries again', async () => {
    await expect(world('ThrottlingException').handle(OUTCOME)).rejects.toThrow('ThrottlingException');
  });

  test('an outcome that is late changes its own attempt only, not the one that runs now', async () => {
    const { requests, handle } = world();
    await handle({ ...OUTCOME, id: 'a_b-c.12', operationId: 'a_b-c.12' });
    expect(requests).toMatchObject([{ jobId: 'a_b-c', executionNumber: 12 }]);
  });

  test('an id that is no operation id is an error that names it', async () => {
    await expect(world().handle({ ...OUTCOME, id: 'job-1' })).rejects.toThrow('"job-1" is not an operation id');
  });
});

describe('JobsUpdateStatus before the data plane of IoT Jobs', () => {
  /** What the job execution holds after an upgrade that failed with these details. */
  const detailsAfter = async (details: Readonly<Record<string, string>>) => {
    const { call, createJob, createThings, device } = createHarness();
    await createThings(1);
    await createJob('job-1', ['thing/sim-1']);
    const handle = updateStatus({
      updateJobExecution: (request) => device('UpdateJobExecution', request),
      publish: async () => undefined,
    });
    await handle({ ...OUTCOME, name: 'FIRMWARE_UPGRADE_FAIL', details }, fakeLog().log);
    const { executionSummaries } = await call('ListJobExecutionsForJob', { jobId: 'job-1' });
    expect(executionSummaries).toMatchObject([
      { thingArn: `${ARN}thing/sim-1`, jobExecutionSummary: { status: 'FAILED' } },
    ]);
    const { execution } = (await call('DescribeJobExecution', { jobId: 'job-1', thingName: 'sim-1' })) as {
      execution: { statusDetails: { detailsMap: Record<string, string> } };
    };
    return execution.statusDetails.detailsMap;
  };

  // https://docs.aws.amazon.com/iot/latest/apireference/API_iot-jobs-data_UpdateJobExecution.html:
  // a value is [^\p{C}]+ of 1 to 1,024 characters, a key [a-zA-Z0-9:_-]+ of 1 to 128.
  test.each([
    ['a line break', '7000: no\r\n  memory', '7000: no memory'],
    ['control characters', '\u0000a\u0007\tb\u009f', 'a b'],
    ['a lone surrogate', 'a\ud83d b\udc00', 'a b'],
    ['format characters', 'a\u200bb\ufeff', 'a b'],
    ['a code point of private use', 'a\ue000', 'a'],
    ['a code point without a character', 'a\u0378b', 'a b'],
    ['other alphabets and symbols', 'défaut: ошибка 故障 😀', 'défaut: ошибка 故障 😀'],
    ['a symbol where the text is cut', `${'x'.repeat(1023)}😀`, 'x'.repeat(1023)],
    ['a space where the text is cut', `${'x'.repeat(1023)} y`, 'x'.repeat(1023)],
  ])('a text of a device with %s does not cost the outcome', async (_, cause, cleaned) => {
    expect(await detailsAfter({ error: 'E', cause })).toEqual({ error: 'E', cause: cleaned });
  });

  test.each(['', ' ', '\n', '\ud800'])('the text %j says nothing, and is left out', async (cause) => {
    expect(await detailsAfter({ error: 'E', cause })).toEqual({ error: 'E' });
  });

  test('keys have the characters that IoT Jobs allows', async () => {
    expect(await detailsAfter({ 'fault.code \n': '7000', ['k'.repeat(130)]: 'v', '': 'no key' })).toEqual({
      fault_code__: '7000',
      ['k'.repeat(128)]: 'v',
    });
  });
});
