import { fakeLog } from './fakes';
import type { CreateJobRequest } from '@aws-sdk/client-iot';
import { createJob } from '../../../functions/jobs/create-job/create-job';

const PAYLOAD = {
  firmwareVersion: '1.2.3',
  upgradeTrigger: 'manual',
  targetArn: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/old',
};

const world = () => {
  const created: CreateJobRequest[] = [];
  const create = createJob({
    templateId: 'wme-FirmwareUpgrade',
    jobIdPrefix: 'FirmwareUpgrade',
    log: fakeLog().log,
    randomSuffix: () => 'abcdefghij',
    describeTemplate: async () => ({
      document: '{"version":"1.0","stateMachineName":"wme-FirmwareUpgrade"}',
      timeoutConfig: { inProgressTimeoutInMinutes: 60 },
    }),
    createJob: async (request) => {
      created.push(request);
      return { jobArn: 'arn:job' };
    },
  });
  return { created, create };
};

describe('JobsCreateJob', () => {
  test('creates a job for the target with version and trigger in the document of the template', async () => {
    const { created, create } = world();
    await expect(create(PAYLOAD)).resolves.toEqual({ jobId: 'FirmwareUpgrade-abcdefghij', jobArn: 'arn:job' });
    expect(created).toEqual([
      {
        jobId: 'FirmwareUpgrade-abcdefghij',
        targets: [PAYLOAD.targetArn],
        targetSelection: 'SNAPSHOT',
        document:
          '{"version":"1.0","stateMachineName":"wme-FirmwareUpgrade","firmwareVersion":"1.2.3","upgradeTrigger":"manual"}',
        timeoutConfig: { inProgressTimeoutInMinutes: 60 },
      },
    ]);
  });

  test.each([
    [{ ...PAYLOAD, force: true }, 'force is not a field'],
    [{ targetArn: PAYLOAD.targetArn }, 'firmwareVersion is missing'],
    [{ ...PAYLOAD, firmwareVersion: 123 }, 'firmwareVersion must be text, not 123'],
    [{ ...PAYLOAD, firmwareVersion: '../etc' }, 'firmwareVersion must be 1 to 64'],
    [{ firmwareVersion: '1.2.3' }, 'targetArn is missing'],
    [{ ...PAYLOAD, targetArn: 'sim-1' }, 'targetArn must be the ARN of a thing or a thing group, not "sim-1"'],
    [{ ...PAYLOAD, targetSelection: 'SOME' }, 'targetSelection must be SNAPSHOT or CONTINUOUS, not "SOME"'],
    ['text', 'the payload must be an object'],
  ])('refuses %j, names the field, shows an example and creates nothing', async (payload, problem) => {
    const { created, create } = world();
    await expect(create(payload)).rejects.toThrow(problem);
    await expect(create(payload)).rejects.toThrow('Example: {"firmwareVersion":"1.2.3"');
    expect(created).toEqual([]);
  });
});
