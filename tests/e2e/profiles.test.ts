import { createHash } from 'node:crypto';
import { CreateDynamicThingGroupCommand, DescribeThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { PROFILES, type ProfileName } from '../../simulator/agent/profiles';
import { type Fleet, type FleetOptions, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { startFirmwareServer } from '../support/firmware-server';

jest.setTimeout(90_000);

const FIRMWARE = Buffer.alloc(200_000, 'firmware');

describe('agents of every profile on the embedded AWS', () => {
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let lambda: LambdaClient;
  let server: Awaited<ReturnType<typeof startFirmwareServer>>;
  const fleets: Fleet[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    // The first connection of each device breaks.
    server = await startFirmwareServer({ firmware: FIRMWARE, breaks: [50_000, 50_000], credentials: 'fleet:secret' });
    aws = await startEmbeddedAws({
      ...{ stackName: 'wme', httpPort: 0, mqttPort: 0 },
      parameters: { FirmwareCredentialsSecret: 'firmware/login', RebootGraceSeconds: '20' },
      report: ({ level, message }) => level === 'error' && problems.push(message),
    });
    iot = new IoTClient(aws.clientConfig);
    lambda = new LambdaClient(aws.clientConfig);
    const secrets = new SecretsManagerClient(aws.clientConfig);
    const SecretString = JSON.stringify({ username: 'fleet', password: 'secret' });
    await secrets.send(new CreateSecretCommand({ Name: 'firmware/login', SecretString }));
    secrets.destroy();
  });
  afterAll(async () => {
    for (const fleet of fleets) await fleet.close();
    iot.destroy();
    lambda.destroy();
    await aws.close();
    await server.close();
  });

  /** Connects devices that run the given version. */
  const connect = async (prefix: string, firmwareVersion: string, options: Partial<FleetOptions>, count = 1) => {
    const policyName = aws.output('DevicePolicyName');
    const things = await provisionFleet({ iot, count, prefix, firmwareVersion, policyName });
    const fleet = await startFleet({ things, mqttUrl: aws.mqttUrl, firmwareVersion, timeScale: 0.02, ...options });
    fleets.push(fleet);
    return things.map(({ thingName }) => thingName);
  };

  /** Creates a job for all things with a version. @returns status and error of each thing's job execution */
  const upgrade = async (from: string, payload: object, things: readonly string[]) => {
    await aws.idle();
    const thingGroupName = `runs-${from.replaceAll('.', '-')}`;
    const group = { thingGroupName, queryString: `attributes.firmwareVersion:${from}` };
    const { thingGroupArn: targetArn } = await iot.send(new CreateDynamicThingGroupCommand(group));
    const ended = new Promise<ReadonlyMap<string, string>>((resolve) => {
      const outcomes = new Map<string, string>();
      const stop = aws.onJobExecutionChanged(({ thingName, status, statusDetails }) => {
        if (status !== 'SUCCEEDED' && status !== 'FAILED') return;
        outcomes.set(thingName, [status, statusDetails['error']].filter(Boolean).join(' '));
        if (outcomes.size < things.length) return;
        stop();
        resolve(outcomes);
      });
    });
    const Payload = Buffer.from(JSON.stringify({ ...payload, targetArn }));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    expect(answer.FunctionError).toBeUndefined();
    const outcomes = await ended;
    await aws.idle();
    return outcomes;
  };

  test('are upgraded, whatever they omit or send late', async () => {
    const names = Object.keys(PROFILES) as ProfileName[];
    const profileOf = new Map<string, string>();
    for (const profile of names)
      for (const thing of await connect(`${profile}-`, '1.0.1', { profile })) profileOf.set(thing, profile);
    const outcomes = await upgrade('1.0.1', { firmwareVersion: '1.0.2' }, [...profileOf.keys()]);
    const byProfile = [...outcomes].map(([thing, outcome]) => [profileOf.get(thing), outcome]);
    expect(Object.fromEntries(byProfile)).toEqual(Object.fromEntries(names.map((name) => [name, 'SUCCEEDED'])));
    for (const thingName of profileOf.keys())
      expect((await iot.send(new DescribeThingCommand({ thingName }))).attributes?.['firmwareVersion']).toBe('1.0.2');
    expect(problems).toEqual([]);
  });

  test('fail with the fault code of the device', async () => {
    const failing = await connect('bad-download-', '2.0.1', { profile: 'tr369', faultOf: () => 'download' });
    const bricked = await connect('bad-boot-', '2.0.1', { profile: 'tr369', faultOf: () => 'boot' });
    const outcomes = await upgrade('2.0.1', { firmwareVersion: '2.0.2' }, [...failing, ...bricked]);
    expect(outcomes.get(failing[0] ?? '')).toMatch(/^FAILED (FIRMWARE_TRANSFERRED|DOWNLOAD_OPERATION_DONE)\.7\d{3}$/);
    expect(outcomes.get(bricked[0] ?? '')).toBe('FAILED ROLLED_BACK');
  });

  test('download by HTTP: with credentials and checksum, resumed after a broken connection, in two phases', async () => {
    const things = await connect('real-', '3.0.1', { profile: 'tr369', fetchFirmware: true }, 2);
    const checkSum = createHash('sha256').update(FIRMWARE).digest('hex');
    const payload = {
      firmwareVersion: '3.0.2',
      firmware: {
        url: server.url.replace('1.2.3', '{firmwareVersion}'),
        fileSize: FIRMWARE.length,
        checkSumAlgorithm: 'SHA-256',
        checkSum,
      },
      activation: { mode: 'WINDOW', window: { start: '00:00', end: '00:00' } },
    };
    const outcomes = await upgrade('3.0.1', payload, things);
    expect([...outcomes.values()]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(server.asked.filter((range) => range !== undefined)).toEqual(['bytes=50000-', 'bytes=50000-']);
  });

  test('refuse firmware with another checksum than the job has', async () => {
    const things = await connect('forged-', '4.0.1', { profile: 'tr369', fetchFirmware: true });
    const firmware = { url: server.url, checkSumAlgorithm: 'SHA-256', checkSum: 'ab'.repeat(32) };
    const outcomes = await upgrade('4.0.1', { firmwareVersion: '4.0.2', firmware }, things);
    expect([...outcomes.values()][0]).toMatch(/^FAILED (FIRMWARE_TRANSFERRED|DOWNLOAD_OPERATION_DONE)\.7/);
  });

  test('are not downgraded unless the job allows it', async () => {
    const things = await connect('new-', '5.0.2', { profile: 'tr369' });
    const refused = await upgrade('5.0.2', { firmwareVersion: '5.0.1' }, things);
    expect([...refused.values()]).toEqual(['FAILED DEVICE_STARTED_DOWNLOAD_FAIL']);
  });
});
