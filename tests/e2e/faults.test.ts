import { CreateDynamicThingGroupCommand, DescribeThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { FAULTS, type FaultName } from '../../simulator/agent/faults';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';

jest.setTimeout(150_000);

const FROM = '1.2.1';
const TO = '1.2.3';
const NAMES = Object.keys(FAULTS) as FaultName[];

const SUCCESS = /^SUCCEEDED VERIFIED$/;
/** A device reports a failed transfer in two messages, which functions may handle in any order. */
const transferFault = (code: string, reason: string) =>
  new RegExp(`^FAILED WaitForDeviceMessages (FIRMWARE_TRANSFERRED.${code}|DOWNLOAD_OPERATION_DONE.7022) .*${reason}$`);

/** How a job execution ends: its status, and the details `step`, `error` and `cause`. docs/architecture.md, "The state machine". */
const OUTCOMES: { readonly [fault in FaultName]: RegExp } = {
  '404': transferFault('7016', '404 Not Found'),
  'broken-download': transferFault('7017', 'broke in the middle'),
  'bad-checksum': transferFault('7018', 'the checksum does not match'),
  'out-of-space': transferFault('7005', 'no space left on the device'),
  'boot-into-old': /^FAILED WaitForDeviceRebooted ROLLED_BACK .* into 1\.2\.1 instead of 1\.2\.3/,
  'wrong-version': /^FAILED WaitForDeviceRebooted ROLLED_BACK .* into 1\.2\.3-another instead of 1\.2\.3/,
  silent: /^FAILED WaitForDeviceRebooted States\.Timeout /,
  'no-answer': /^FAILED StartDownload States\.Timeout /,
  'lost-command': SUCCESS,
  'lost-answer': SUCCESS,
  busy: /^FAILED StartDownload DEVICE_STARTED_DOWNLOAD_FAIL 7005: .* is running/,
  slow: SUCCESS,
  'power-loss-downloading': SUCCESS,
  'power-loss-flashing': SUCCESS,
  'power-loss-before-boot-event': SUCCESS,
  'never-comes-back': /^FAILED WaitForDeviceRebooted States\.Timeout /,
  'reboot-before-operation-complete': SUCCESS,
  'flapping-link': SUCCESS,
  duplicates: SUCCESS,
  reordering: SUCCESS,
  'wrong-clock': SUCCESS,
  none: SUCCESS,
};

describe('devices with faults, which follow TR-369, on the embedded AWS', () => {
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let fleet: Fleet;
  const problems: string[] = [];
  const faultOf = new Map<string, FaultName>();
  const ended = new Map<FaultName, string>();

  /** Resolves when the job execution of each device has ended. */
  const outcomes = () =>
    new Promise<void>((resolve) => {
      const stop = aws.onJobExecutionChanged(({ thingName, status, statusDetails }) => {
        const fault = faultOf.get(thingName);
        if (fault === undefined || status === 'QUEUED' || status === 'IN_PROGRESS') return;
        const { step, error, cause } = statusDetails;
        ended.set(fault, [status, step, error, cause].filter(Boolean).join(' '));
        if (ended.size < NAMES.length) return;
        stop();
        resolve();
      });
    });

  /** Resolves when each device has been asked what it has, and has answered. */
  const connect = async () => {
    const policyName = aws.output('DevicePolicyName');
    const provision = { iot, count: NAMES.length, prefix: 'faulty-', firmwareVersion: FROM, policyName };
    const things = await provisionFleet(provision);
    things.forEach(({ thingName }, index) => faultOf.set(thingName, NAMES[index] ?? 'none'));
    const introduced = new Set<string>();
    await new Promise<void>((resolve, reject) => {
      startFleet({
        ...{ things, mqttUrl: aws.mqttUrl, firmwareVersion: FROM, profile: 'tr369', timeScale: 0.02, seed: 1 },
        faultOf: (thingName) => faultOf.get(thingName) ?? 'none',
        onEvent: (thingName, { kind, detail }) => {
          if (kind === 'published' && detail === 'ADD_RESP') introduced.add(thingName);
          if (introduced.size === things.length) resolve();
        },
      }).then((started) => (fleet = started), reject);
    });
  };

  beforeAll(async () => {
    aws = await startEmbeddedAws({
      ...{ stackName: 'wme', httpPort: 0, mqttPort: 0 },
      report: ({ level, message }) => level === 'error' && problems.push(message),
    });
    iot = new IoTClient(aws.clientConfig);
    await connect();
    await aws.idle();
    const group = { thingGroupName: 'old', queryString: `attributes.firmwareVersion:${FROM}` };
    const { thingGroupArn: targetArn } = await iot.send(new CreateDynamicThingGroupCommand(group));
    // Several times as long as the slow device needs (4 s until its reboot), so that a busy machine changes nothing.
    const timeLimits = {
      ...{ startDownloadSeconds: 10, transferSeconds: 10, operationSeconds: 10 },
      ...{ rebootSeconds: 20, rebootGraceSeconds: 10 },
    };
    const all = outcomes();
    const lambda = new LambdaClient(aws.clientConfig);
    const Payload = Buffer.from(JSON.stringify({ firmwareVersion: TO, targetArn, timeLimits }));
    await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    lambda.destroy();
    await all;
    await aws.idle();
  });
  afterAll(async () => {
    await fleet.close();
    iot.destroy();
    await aws.close();
  });

  test.each(NAMES)('with fault %s: the job execution ends as documented', (fault) => {
    expect(ended.get(fault)).toMatch(OUTCOMES[fault]);
    // The catalogue and this table say the same; the time limits of this job are long enough for slow devices.
    expect(OUTCOMES[fault] === SUCCESS).toBe(FAULTS[fault].expected !== 'fails');
  });

  test.each(NAMES)('with fault %s: the thing has the version that the device reports at last', async (fault) => {
    const [thingName] = [...faultOf].find(([, other]) => other === fault) ?? [];
    const { attributes } = await iot.send(new DescribeThingCommand({ thingName }));
    const other = fault === 'wrong-version' ? `${TO}-another` : FROM;
    expect(attributes?.['firmwareVersion']).toBe(OUTCOMES[fault] === SUCCESS ? TO : other);
  });

  test('no device performs more than one download, except that whose first one was cut off', () => {
    const performed = fleet.devices.map(({ thingName, state }) => [faultOf.get(thingName), state.requests]);
    const downloads: Partial<Record<FaultName, number>> = { 'no-answer': 0, 'power-loss-downloading': 2 };
    expect(Object.fromEntries(performed)).toEqual(
      Object.fromEntries(NAMES.map((fault) => [fault, downloads[fault] ?? 1])),
    );
  });

  test('no function fails', () => {
    expect(problems).toEqual([]);
  });
});
