import { DescribeJobCommand, GetJobDocumentCommand, IoTClient, ListJobsCommand } from '@aws-sdk/client-iot';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { secretsManagerCredentials } from '../../../functions/device-management/credentials';
import { documentOf, jobsInProgress, progressOf } from '../../../functions/jobs/measure-jobs/iot-jobs';
import { measureJobs } from '../../../functions/jobs/measure-jobs/measure-jobs';
import { createLog } from '../../../functions/shared/log';
import { executionEnded } from '../../../functions/workflow/execution-ended/execution-ended';
import { fakeLog, fakeTopic } from './fakes';

describe('the log', () => {
  const lines = (write: (log: ReturnType<typeof createLog>) => void): readonly unknown[] => {
    const spy = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    write(createLog('wme'));
    const written = spy.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
    spy.mockRestore();
    return written;
  };

  test('is one JSON object per line, with the context in each', () => {
    expect(lines((log) => log.with({ jobId: 'j', executionArn: 'arn:e' }).info('done', { n: 1 }))).toEqual([
      { level: 'INFO', message: 'done', jobId: 'j', executionArn: 'arn:e', n: 1 },
    ]);
  });

  test('holds metrics in the embedded metric format, by stack', () => {
    const [line] = lines((log) => log.measure({ RebootSeconds: 42 }, 'rebooted'));
    expect(line).toMatchObject({
      RebootSeconds: 42,
      Stack: 'wme',
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'FirmwareUpgrade',
            Dimensions: [['Stack']],
            Metrics: [{ Name: 'RebootSeconds', Unit: 'Seconds' }],
          },
        ],
      },
    });
  });

  test('writes an error with its name and cause', () => {
    const error = new TypeError('outer', { cause: new Error('inner') });
    expect(lines((log) => log.info('x', { error }))).toMatchObject([
      { error: { name: 'TypeError', message: 'outer', cause: { name: 'Error', message: 'inner' } } },
    ]);
  });
});

describe('ExecutionEndedFunction', () => {
  const run = async (detail: object) => {
    const { publish, published } = fakeTopic();
    const input = JSON.stringify({ thingName: 'sim-1', execution: { jobId: 'job-1', executionNumber: 2 } });
    await executionEnded(publish, fakeLog().log)({ detail: { executionArn: 'arn:e', input, ...detail } });
    return published;
  };

  test('tells the jobs domain of an execution that failed in a way its state machine could not tell', async () => {
    expect(await run({ status: 'FAILED', error: 'States.Runtime', cause: 'bad path' })).toEqual([
      {
        name: 'FIRMWARE_UPGRADE_FAIL',
        id: 'job-1',
        operationId: 'job-1',
        thingName: 'sim-1',
        executionArn: 'arn:e',
        executionNumber: 2,
        details: { step: 'Workflow', error: 'States.Runtime', cause: 'bad path' },
      },
    ]);
  });

  test.each(['TIMED_OUT', 'ABORTED'])('says %s when there is no error', async (status) => {
    expect(await run({ status, error: null, cause: null })).toMatchObject([{ details: { error: status } }]);
  });

  test('is silent about an execution that was stopped because its job execution had ended', async () => {
    expect(await run({ status: 'ABORTED', error: 'JobExecutionEnded' })).toEqual([]);
  });

  test.each([undefined, null, 'no json', '{"thingName":"sim-1"}'])(
    'has nobody to tell for the input %j',
    async (input) => {
      expect(await run({ status: 'FAILED', input })).toEqual([]);
    },
  );
});

describe('MeasureJobsFunction', () => {
  const iot = mockClient(IoTClient);
  beforeEach(() => iot.reset());

  test('sums the devices that the jobs of this stack wait for', async () => {
    iot
      .on(ListJobsCommand)
      .resolvesOnce({ jobs: [{ jobId: 'FirmwareUpgrade-1' }, { jobId: 'Reboot-1' }], nextToken: 'n' })
      .resolvesOnce({ jobs: [{ jobId: 'FirmwareUpgrade-2' }, { jobId: 'FirmwareUpgrade-3' }] });
    iot.on(GetJobDocumentCommand).resolves({ document: '{"stateMachineName":"wme-FirmwareUpgrade"}' });
    iot
      .on(GetJobDocumentCommand, { jobId: 'FirmwareUpgrade-3' })
      .resolves({ document: '{"stateMachineName":"other"}' });
    iot.on(DescribeJobCommand).resolves({
      job: { jobProcessDetails: { numberOfQueuedThings: 5, numberOfInProgressThings: 2 } },
    });
    const { log, lines } = fakeLog();
    const client = new IoTClient({});
    await measureJobs({
      stateMachineName: 'wme-FirmwareUpgrade',
      jobIdPrefix: 'FirmwareUpgrade',
      jobsInProgress: jobsInProgress(client),
      documentOf: documentOf(client),
      progressOf: progressOf(client),
      log,
    })();
    expect(lines).toMatchObject([{ level: 'measure', fields: { DevicesQueued: 10, DevicesInProgress: 4, jobs: 2 } }]);
  });
});

describe('firmware credentials', () => {
  const secrets = mockClient(SecretsManagerClient);
  beforeEach(() => secrets.reset());

  test('are read once for many devices, and again after five minutes', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"username":"u","password":"p"}' });
    let now = 0;
    const credentialsIn = secretsManagerCredentials(new SecretsManagerClient({}), () => now);
    expect(await credentialsIn('firmware/login')).toEqual({ username: 'u', password: 'p' });
    await credentialsIn('firmware/login');
    expect(secrets.calls()).toHaveLength(1);
    now = 5 * 60_000;
    await credentialsIn('firmware/login');
    expect(secrets.calls()).toHaveLength(2);
  });

  test('that are malformed are named by their secret, without its content', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: 'hunter2' });
    const credentialsIn = secretsManagerCredentials(new SecretsManagerClient({}), () => 0);
    await expect(credentialsIn('firmware/login')).rejects.toThrow('Secret firmware/login must hold JSON');
    await expect(credentialsIn('firmware/login')).rejects.not.toThrow('hunter2');
  });
});
