import { fakeLog } from '../support/fakes';
import type { CreateJobRequest } from '@aws-sdk/client-iot';
import { createJob } from '../../../../functions/jobs/create-job/create-job';

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
    longestThingName: 83,
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
    // The registry could not hold it: https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html
    [
      { ...PAYLOAD, firmwareVersion: '1.2.3+build.5' },
      'firmwareVersion must be 1 to 64 letters, digits or . _ - and begin with a letter or digit (the registry holds no +), not "1.2.3+build.5"',
    ],
    [{ firmwareVersion: '1.2.3' }, 'targetArn is missing'],
    [{ ...PAYLOAD, targetArn: 'sim-1' }, 'targetArn must be the ARN of a thing or a thing group, not "sim-1"'],
    [{ ...PAYLOAD, targetSelection: 'SOME' }, 'targetSelection must be SNAPSHOT or CONTINUOUS, not "SOME"'],
    [{ ...PAYLOAD, firmware: { link: 'x' } }, 'firmware.link is not a field of it (it has url, fileSize'],
    [{ ...PAYLOAD, firmware: { url: 'ftp://x' } }, 'firmware.url must be an http(s) URL'],
    [{ ...PAYLOAD, firmware: { checkSum: 'ab' } }, 'firmware must have checkSumAlgorithm and checkSum together'],
    [{ ...PAYLOAD, activation: { mode: 'LATER' } }, 'activation.mode must have mode IMMEDIATELY, or mode WINDOW'],
    [{ ...PAYLOAD, activation: { mode: 'WINDOW' } }, 'activation.window is missing'],
    [
      { ...PAYLOAD, activation: { mode: 'WINDOW', window: { start: '2', end: '03:00' } } },
      'activation.window.start must be a time of day',
    ],
    [
      { ...PAYLOAD, timeLimits: { transferMinutes: 5 } },
      'timeLimits.transferMinutes is not a field of it (it has start',
    ],
    [{ ...PAYLOAD, timeLimits: { rebootSeconds: 0 } }, 'timeLimits.rebootSeconds must be at least 1, not 0'],
    [{ ...PAYLOAD, timeLimits: { rebootSeconds: 9e9 } }, 'timeLimits.rebootSeconds must be at most 1209600'],
    [{ ...PAYLOAD, allowDowngrade: 'yes' }, 'allowDowngrade must be true or false'],
    ['text', 'the payload must be an object'],
  ])('refuses %j, names the field, shows an example and creates nothing', async (payload, problem) => {
    const { created, create } = world();
    await expect(create(payload)).rejects.toThrow(problem);
    await expect(create(payload)).rejects.toThrow('Example: {"firmwareVersion":"1.2.3"');
    expect(created).toEqual([]);
  });

  const thing = (length: number) => `arn:aws:iot:eu-west-1:123456789012:thing/${'t'.repeat(length)}`;

  test('refuses a thing that no request would reach, because its topic would be too long for AWS IoT', async () => {
    const { created, create } = world();
    await expect(create({ ...PAYLOAD, targetArn: thing(84) })).rejects.toThrow(
      'No job was created: the thing name in targetArn has 84 characters, at most 83 are possible: requests to agents of MQTT 3.1.1 have it twice in their topic, and a topic of AWS IoT has at most 256 bytes',
    );
    expect(created).toEqual([]);
    await create({ ...PAYLOAD, targetArn: thing(83) });
    await create({ ...PAYLOAD, targetArn: thing(84).replace(':thing/', ':thinggroup/') });
    expect(created).toHaveLength(2);
  });

  test('writes what the device is to download and when it may boot into the document', async () => {
    const { created, create } = world();
    const options = {
      firmware: { url: 'https://fw.example.com/x', checkSumAlgorithm: 'SHA-1', checkSum: 'ab'.repeat(20) },
      activation: { mode: 'WINDOW', window: { start: '02:00', end: '05:00', timeZone: 'Europe/Berlin' } },
      allowDowngrade: true,
      timeLimits: { transferSeconds: 7200 },
    };
    await create({ ...PAYLOAD, ...options });
    expect(JSON.parse(created[0]?.document ?? '')).toMatchObject(options);
  });
});
