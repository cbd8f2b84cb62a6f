import { DescribeJobExecutionCommand, IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import { mockClient } from 'aws-sdk-client-mock';
import { iotActiveAttempt } from '../../../../functions/jobs/job-execution-ended/active-attempt';
import { jobExecutionEnded } from '../../../../functions/jobs/job-execution-ended/job-execution-ended';
import { jobExecutionOf, operationIdOf } from '../../../../functions/jobs/operation-id';
import { fakeLog, fakeTopic } from '../support/fakes';

const EVENT = { jobId: 'job-1', thingName: 'sim-1', reason: 'timed_out' };

describe('JobExecutionEndedFunction', () => {
  const jobs = mockClient(IoTJobsDataPlaneClient);
  beforeEach(() => jobs.reset());
  const run = async (event: unknown = EVENT) => {
    const { publish, published } = fakeTopic();
    const activeAttempt = iotActiveAttempt(new IoTJobsDataPlaneClient({}));
    await jobExecutionEnded({ activeAttempt, publish, log: fakeLog().log, now: () => 5 })(event);
    return published;
  };
  const named = (name: string) => Object.assign(new Error(name), { name });

  // https://docs.aws.amazon.com/iot/latest/apireference/API_iot-jobs-data_DescribeJobExecution.html
  test.each(['TerminalStateException', 'ResourceNotFoundException'])(
    'publishes the end of every attempt when the latest has ended (%s)',
    async (name) => {
      jobs.on(DescribeJobExecutionCommand).rejects(named(name));
      expect(await run()).toEqual([{ name: 'JOB_EXECUTION_ENDED', ...EVENT, startedBefore: 5 }]);
    },
  );

  test.each(['QUEUED', 'IN_PROGRESS'] as const)('leaves out a newer attempt that is %s', async (status) => {
    jobs.on(DescribeJobExecutionCommand).resolves({ execution: { status, executionNumber: 2 } });
    expect(await run()).toEqual([
      { name: 'JOB_EXECUTION_ENDED', ...EVENT, startedBefore: 5, activeOperationId: 'job-1.2' },
    ]);
  });

  test('throws what AWS answers, so that Lambda tries again', async () => {
    jobs.on(DescribeJobExecutionCommand).rejects(named('ThrottlingException'));
    await expect(run()).rejects.toThrow('ThrottlingException');
  });

  test('refuses an event that names no thing', async () => {
    await expect(run({ jobId: 'job-1', reason: 'canceled' })).rejects.toThrow('thingName');
  });
});

describe('an operation id', () => {
  test('is made of the job id and the number of the attempt, and taken apart again', () => {
    const execution = { jobId: 'FirmwareUpgrade-a_1', executionNumber: 11 };
    expect(operationIdOf(execution)).toBe('FirmwareUpgrade-a_1.11');
    expect(jobExecutionOf('FirmwareUpgrade-a_1.11')).toEqual(execution);
  });

  test.each(['', 'job', 'job.', 'job.0', 'job.x', '.1', 'a.b.1', `${'j'.repeat(65)}.1`])('is not "%s"', (text) => {
    expect(() => jobExecutionOf(text)).toThrow('is not an operation id');
  });
});
