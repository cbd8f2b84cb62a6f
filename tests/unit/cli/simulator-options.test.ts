import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROFILES } from '../../../simulator/agent/profiles';
import { HELP_NOTES, cliOptions } from '../../../cli/simulator/options';
import { UsageError } from '../../../simulator/usage-error';
import { removeStateFile, loadThings, saveThings } from '../../../simulator/state-file';

test('by default, one device behaves as the original does', () => {
  expect(cliOptions([], undefined)).toMatchObject({
    command: 'simulate',
    devices: 1,
    prefix: 'sim-',
    firmwareVersion: '1.2.1',
    timeScale: 1,
    timings: {},
    profile: 'demo',
    ownsPolicy: true,
    controllerId: 'self::aws-dm-controller',
    connectRate: 250,
  });
  expect(cliOptions([], undefined)).not.toHaveProperty('processes');
});

test('the devices are shared by as many processes, and connect as fast, as is asked for', () => {
  const options = cliOptions(['--devices', '100000', '--processes', '8', '--connect-rate', '500'], undefined);
  expect(options).toMatchObject({ devices: 100_000, processes: 8, connectRate: 500 });
});

test('options are parsed, and the endpoint URL comes from the environment', () => {
  const args = [
    '--devices',
    '5',
    '--time-scale',
    '0.1',
    '--reboot-delay',
    '2.5',
    '--policy',
    'p',
    '--fail-boot',
    '2',
    '--verbose',
  ];
  expect(cliOptions(args, 'http://127.0.0.1:4566')).toMatchObject({
    devices: 5,
    timeScale: 0.1,
    timings: { rebootSeconds: 2.5 },
    policyName: 'p',
    ownsPolicy: false,
    faultPlan: { failBoot: 2 },
    endpointUrl: 'http://127.0.0.1:4566',
    verbose: true,
  });
  expect(cliOptions(['clean-up', '--prefix', 'x-'], undefined)).toMatchObject({ command: 'clean-up', prefix: 'x-' });
  expect(cliOptions(['--help'], undefined)).toBeUndefined();
});

test.each<[string[], string]>([
  [['--devices', '0'], '--devices 0: give a whole number from 1 to 100000.'],
  [['--processes', '0'], '--processes 0: give a whole number from 1 to 64.'],
  [['--connect-rate', '0'], '--connect-rate 0: give a number above 0'],
  [['--devices', '2', '--fail-download', '3'], '--fail-download 3: give a whole number from 0 to 2.'],
  [['--devices', '2', '--fail-download', '1', '--fail-boot', '2'], '--fail-boot 2: give a whole number from 0 to 1.'],
  [['--fault', 'fire'], '--fault fire: "fire" is no fault: give one of 404,'],
  [['--seed', '1.5'], '--seed 1.5: give a whole number from 0 to 4294967295.'],
  [['--seed', '4294967296'], '--seed 4294967296: give a whole number'],
  [['--time-scale', '0'], '--time-scale 0: give a number above 0'],
  [['--reboot-delay=-1'], '--reboot-delay -1: give seconds from 0'],
  [['--controller-id', 'me'], '--controller-id me: give a USP endpoint id'],
  [['--mqtt-url', 'http://x'], '--mqtt-url http://x: give a URL that starts with mqtt:// or mqtts://'],
  [['--prefix', ''], '--prefix "": give 1 to 100 letters'],
  [['--fleet', '../x'], '--fleet "../x": give letters'],
  [['--fast'], "Unknown option '--fast'"],
  [['fly'], 'fly: the only command is clean-up'],
])('%j is refused with the flag and the accepted values', (args, message) => {
  expect(() => cliOptions(args, undefined)).toThrow(UsageError);
  expect(() => cliOptions(args, undefined)).toThrow(message);
});

describe('the state file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'simulator-'));
  const file = join(directory, 'a', 'fleet.json');
  afterAll(() => rmSync(directory, { recursive: true }));

  const things = [
    { thingName: 'sim-1', certificateArn: 'arn', certificate: 'C', clientKey: 'K', firmwareVersion: '1.2.1' },
  ];

  test('is readable only by its owner, until it is deleted', () => {
    expect(loadThings(file)).toStrictEqual([]);
    saveThings(file, things);
    expect(loadThings(file)).toStrictEqual(things);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    removeStateFile(file);
    removeStateFile(file);
    expect(loadThings(file)).toStrictEqual([]);
  });

  test.each(['{', '{"things":[{"thingName":1}]}'])('%s is reported as damaged', (text) => {
    saveThings(file, things);
    writeFileSync(file, text);
    expect(() => loadThings(file)).toThrow(`${file} is damaged`);
  });
});

test('the profile must be one that the help lists', () => {
  expect(cliOptions(['--profile', 'silent-boot'], undefined)?.profile).toBe('silent-boot');
  expect(() => cliOptions(['--profile', 'toString'], undefined)).toThrow(
    /^--profile toString: give one of demo, original, tr369/,
  );
  for (const name of Object.keys(PROFILES)) expect(HELP_NOTES).toContain(` ${name} `);
});

test('faults by rate and a seed make a plan, and --fault list prints the faults', () => {
  const options = cliOptions(['--fault', '404=0.1,slow=0.2', '--fault', 'busy=0.3', '--seed', '7'], undefined);
  expect(options?.command).toBe('simulate');
  expect(options?.faultPlan.faults.map(({ fault }) => fault)).toStrictEqual(['404', 'slow', 'busy']);
  expect(options?.faultPlan.seed).toBe(7);
  expect(cliOptions([], undefined)?.faultPlan).toStrictEqual({ failDownload: 0, failBoot: 0, faults: [], seed: 1 });
  expect(cliOptions(['--fault', 'list'], undefined)?.command).toBe('list-faults');
});

test('profiles that follow TR-369 refuse a prefix that makes endpoint ids too long', () => {
  const prefix = 'x'.repeat(41);
  expect(cliOptions(['--prefix', prefix], undefined)?.prefix).toBe(prefix);
  expect(() => cliOptions(['--prefix', prefix, '--profile', 'tr369'], undefined)).toThrow(UsageError);
});

test('MQTT is 3.1.1 or 5, and devices download firmware only with --fetch-firmware', () => {
  expect(cliOptions([], undefined)).toMatchObject({ mqttVersion: '3.1.1', fetchFirmware: false });
  const options = cliOptions(['--mqtt-version', '5', '--fetch-firmware'], undefined);
  expect(options).toMatchObject({ mqttVersion: '5', fetchFirmware: true });
  expect(() => cliOptions(['--mqtt-version', '4'], undefined)).toThrow(/^--mqtt-version 4: give 3.1.1 or 5/);
});
