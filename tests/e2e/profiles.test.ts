import { createHash } from 'node:crypto';
import {
  CreateDynamicThingGroupCommand,
  DescribeThingCommand,
  IoTClient,
  UpdateThingCommand,
} from '@aws-sdk/client-iot';
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
    const failing = await connect('bad-download-', '2.0.1', { profile: 'tr369', faultOf: () => '404' });
    const bricked = await connect('bad-boot-', '2.0.1', { profile: 'tr369', faultOf: () => 'boot-into-old' });
    const outcomes = await upgrade('2.0.1', { firmwareVersion: '2.0.2' }, [...failing, ...bricked]);
    expect(outcomes.get(failing[0] ?? '')).toMatch(/^FAILED (FIRMWARE_TRANSFERRED|DOWNLOAD_OPERATION_DONE)\.7\d{3}$/);
    expect(outcomes.get(bricked[0] ?? '')).toBe('FAILED ROLLED_BACK');
  });

  test('are rolled back at once when their Boot! has a map that is not JSON, as that of the original after a failed boot', async () => {
    const things = await connect('unreadable-', '6.0.1', { profile: 'original', faultOf: () => 'boot-into-old' });
    const outcomes = await upgrade('6.0.1', { firmwareVersion: '6.0.2' }, things);
    expect([...outcomes.values()]).toEqual(['FAILED ROLLED_BACK']);
  });

  /** Connects a device, waits until it has reported what it runs, and then changes that in the registry by hand. */
  const connectStale = async (prefix: string, { registry, runs }: { registry: string; runs: string }) => {
    const policyName = aws.output('DevicePolicyName');
    const things = await provisionFleet({ iot, count: 1, prefix, firmwareVersion: runs, policyName });
    const reports: string[] = [];
    const reported = new Promise<void>((resolve) => {
      const onEvent: FleetOptions['onEvent'] = (_, { kind, detail }) => {
        reports.push(`${kind} ${detail}`);
        if (detail === 'GET_RESP') resolve();
      };
      const device = things.map((thing) => ({ ...thing, firmwareVersion: runs }));
      const options = { mqttUrl: aws.mqttUrl, firmwareVersion: runs, timeScale: 0.02, profile: 'tr369' as const };
      void startFleet({ ...options, things: device, onEvent }).then((fleet) => fleets.push(fleet));
    });
    await reported;
    await aws.idle();
    const thingNames = things.map(({ thingName }) => thingName);
    const attributePayload = { attributes: { firmwareVersion: registry }, merge: true };
    for (const thingName of thingNames) await iot.send(new UpdateThingCommand({ thingName, attributePayload }));
    return { thingNames, reports };
  };
  /** Two hours of the day that begin in two hours. */
  const laterWindow = () => {
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    return { mode: 'WINDOW', window: { start: at(2), end: at(4) } };
  };

  test.each([
    ['in one phase', '7.0', {}],
    ['in two phases, without waiting for the window', '7.1', { activation: laterWindow() }],
  ])('that run the target already are not touched, whatever the registry says (%s)', async (_, line, options) => {
    const [registry, runs] = [`${line}.1`, `${line}.2`];
    const { thingNames, reports } = await connectStale(`ahead-${line.replace('.', '-')}-`, { registry, runs });
    const outcomes = await upgrade(registry, { firmwareVersion: runs, ...options }, thingNames);
    expect([...outcomes.values()]).toEqual(['SUCCEEDED']);
    expect(reports.filter((report) => report.includes('OPERATE'))).toEqual([]);
    const { attributes } = await iot.send(new DescribeThingCommand({ thingName: thingNames[0] }));
    expect(attributes?.['firmwareVersion']).toBe(runs);
  });

  test('that the registry has on the target are upgraded when they run something else', async () => {
    const { thingNames, reports } = await connectStale('behind-', { registry: '8.0.2', runs: '8.0.1' });
    const outcomes = await upgrade('8.0.2', { firmwareVersion: '8.0.2' }, thingNames);
    expect([...outcomes.values()]).toEqual(['SUCCEEDED']);
    expect(reports).toContain('upgraded runs 8.0.2');
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
    expect([...refused.values()]).toEqual(['FAILED DOWNGRADE_REFUSED']);
  });
});
