import { fakeLog } from '../support/fakes';
import type { CreateJobRequest, DescribeJobTemplateResponse } from '@aws-sdk/client-iot';
import { createJob } from '../../../../functions/jobs/create-job/create-job';

const PAYLOAD = {
  firmwareVersion: '1.2.3',
  upgradeTrigger: 'manual',
  targetArn: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/old',
};

const NOW = Date.UTC(2026, 0, 1);
const TEMPLATE: DescribeJobTemplateResponse = {
  document: '{"version":"1.0","stateMachineName":"wme-FirmwareUpgrade"}',
  timeoutConfig: { inProgressTimeoutInMinutes: 2_880 },
};

const world = (template = TEMPLATE) => {
  const created: CreateJobRequest[] = [];
  const asked = async () => {
    throw new Error('the fleet index is asked by dry runs only');
  };
  const create = createJob({
    templateId: 'wme-FirmwareUpgrade',
    jobIdPrefix: 'FirmwareUpgrade',
    longestThingName: 83,
    log: fakeLog().log,
    randomSuffix: () => 'abcdefghij',
    timeLimits: { startDownloadSeconds: 120, transferSeconds: 1800, operationSeconds: 1200, rebootSeconds: 2700 },
    now: () => NOW,
    fleet: { count: asked, search: asked, checkGroup: asked },
    describeTemplate: async () => template,
    createJob: async (request) => {
      created.push(request);
      return { jobArn: 'arn:job' };
    },
  });
  return { created, create };
};

const groups = (count: number) => Array.from({ length: count }, (_, n) => `${PAYLOAD.targetArn}-${n}`);

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
        timeoutConfig: { inProgressTimeoutInMinutes: 2_880 },
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
      'timeLimits.transferMinutes is not a field of it (it has connectSeconds, start',
    ],
    [{ ...PAYLOAD, timeLimits: { rebootSeconds: 0 } }, 'timeLimits.rebootSeconds must be at least 1, not 0'],
    [{ ...PAYLOAD, timeLimits: { rebootSeconds: 9e9 } }, 'timeLimits.rebootSeconds must be at most 1209600'],
    [
      { ...PAYLOAD, firmware: { compatibleWith: {} } },
      'firmware.compatibleWith must have thingTypeName, attributes or both',
    ],
    [
      { ...PAYLOAD, firmware: { compatibleWith: { thingTypeName: 'a b' } } },
      'firmware.compatibleWith.thingTypeName must be the name of a thing type',
    ],
    [
      { ...PAYLOAD, firmware: { compatibleWith: { attributes: { 'my model': 'x' } } } },
      'must be the name of a thing attribute: letters, digits or _ . , @ / : # -, not "my model"',
    ],
    [
      { ...PAYLOAD, firmware: { compatibleWith: { attributes: { model: ['AX+1'] } } } },
      'firmware.compatibleWith.attributes.model.0 must be the value of a thing attribute: letters, digits or _ . , @ / : # = [ ] -, not "AX+1"',
    ],
    [
      { ...PAYLOAD, firmware: { compatibleWith: { attributes: { model: [] } } } },
      'firmware.compatibleWith.attributes.model must have at least one value, not []',
    ],
    [{ ...PAYLOAD, firmware: { compatibleWith: { attributes: {} } } }, 'must name an attribute'],
    [{ ...PAYLOAD, targetArns: [PAYLOAD.targetArn] }, 'targetArn and targetArns exclude each other'],
    [{ firmwareVersion: '1.2.3', targetArns: [] }, 'targetArns must have at least one target'],
    [
      { firmwareVersion: '1.2.3', targetArns: ['x'] },
      'targetArns.0 must be the ARN of a thing or a thing group, not "x"',
    ],
    [
      { firmwareVersion: '1.2.3', targetArns: [PAYLOAD.targetArn, PAYLOAD.targetArn] },
      'targetArns must name each target once',
    ],
    [{ firmwareVersion: '1.2.3', targetArns: groups(101) }, 'targetArns must have at most 100 targets'],
    [{ ...PAYLOAD, dryRun: 1 }, 'dryRun must be true or false, not 1'],
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

  test('targets several things and groups', async () => {
    const { created, create } = world();
    await create({ firmwareVersion: '1.2.3', targetArns: [...groups(2), thing(5)] });
    expect(created[0]?.targets).toEqual([...groups(2), thing(5)]);
  });

  test('writes which devices can run the firmware into the document', async () => {
    const { created, create } = world();
    const firmware = { compatibleWith: { thingTypeName: 'gateway', attributes: { model: ['A', 'B'], hw: '1' } } };
    await create({ ...PAYLOAD, firmware });
    expect(JSON.parse(created[0]?.document ?? '')).toMatchObject({ firmware });
    const attributes = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}`, 'x'.repeat(800)]));
    await expect(create({ ...PAYLOAD, firmware: { compatibleWith: { attributes } } })).rejects.toThrow(
      /firmware makes a job document of \d+ characters, at most 32768 are possible/,
    );
  });
});
