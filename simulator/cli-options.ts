import { parseArgs } from 'node:util';
import { DEFAULT_CONTROLLER_ID } from '../proto/endpoint-ids';
import type { MqttVersion, Timings } from './agent/config';
import { DEFAULT_PROFILE, PROFILES, type ProfileName, isProfileName } from './agent/profiles';
import { fitsEndpointId } from './endpoint-id';
import { DEFAULT_SEED, type FaultPlan, LARGEST_SEED, faultRates } from './fault-plan';
import { endpointId, number, pattern, seconds, url, wholeNumber } from './option-values';
import { UsageError } from './usage-error';

const profileLines = Object.entries(PROFILES)
  .map(([name, { description }]) => `                           ${name.padEnd(25)}${description}`)
  .join('\n');

export const HELP = `npm run simulator -- [options]            simulates devices until Ctrl-C
npm run simulator -- clean-up [options]   deletes the things of a fleet and their certificates

Simulates TR-369 (USP) devices: one IoT thing and one MQTT connection each, all in this process.

Fleet
  --devices N            how many devices (default 1, at most 10000)
  --prefix TEXT          prefix of thing names (default sim-)
  --firmware-version V   initial firmware version (default 1.2.1)
  --fleet NAME           keeps keys in .local/simulator/NAME.json for the next run (default: default)
  --policy NAME          IoT policy of the devices: the stack's output DevicePolicyName;
                         created if missing (default wme-simulator-device)
  --controller-id ID     USP endpoint id of the controller (default ${DEFAULT_CONTROLLER_ID})
Behaviour
  --profile NAME         how the agents behave (default ${DEFAULT_PROFILE})
${profileLines}
                         Each profile after tr369 is tr369 with one deviation seen in the field.
  --mqtt-version V       3.1.1 or 5 (default 3.1.1)
  --time-scale F         factor on all delays (default 1)
  --first-boot-delay S   seconds from start to the first Boot! (default 30)
  --transfer-delay S     seconds from Operate to TransferComplete! (default 10)
  --operation-delay S    seconds from Operate to OperationComplete (default 15)
  --reboot-delay S       seconds from Operate to Boot! (default 20)
  --reconnect            close the connection at a reboot, as tr369 and its variants always do
  --fetch-firmware       download the firmware by HTTP: with Username and Password, FileSize and CheckSum
  --fault NAME[=RATE],…  what goes wrong in upgrades: for all devices, or for a share of them, such as 0.1; may be
                         repeated. --fault list prints the faults, and how an upgrade must end with each
  --seed N               decides which devices have which fault, and all else that is random (default ${DEFAULT_SEED}):
                         the same fleet with the same seed does the same again
  --fail-download N      N devices have fault 404 (default 0)
  --fail-boot N          N devices have fault boot-into-old (default 0)
                         A firmware URL that contains 404 or boot_error does the same to all devices
                         (404 not with --fetch-firmware).
  Activate() ignores its TimeWindow arguments and boots at once.
Endpoints
  --endpoint-url URL     endpoint of the AWS API, such as an embedded AWS (default $AWS_ENDPOINT_URL)
  --mqtt-url URL         mqtt://host:port or mqtts://host:port (default: from DescribeEndpoint)
  --ca FILE              CA certificate of the broker, PEM (default: the system's)
Output
  --verbose              one line per device event
  --help                 this text

Exit code 0: ended by Ctrl-C, or cleaned up. 1: failed. 2: usage error. 130: interrupted while starting.`;

const DEFAULT_POLICY = 'wme-simulator-device';

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        devices: { ...text, default: '1' },
        prefix: { ...text, default: 'sim-' },
        'firmware-version': { ...text, default: '1.2.1' },
        fleet: { ...text, default: 'default' },
        policy: text,
        'controller-id': { ...text, default: DEFAULT_CONTROLLER_ID },
        'time-scale': { ...text, default: '1' },
        'first-boot-delay': text,
        'transfer-delay': text,
        'operation-delay': text,
        'reboot-delay': text,
        profile: { ...text, default: DEFAULT_PROFILE },
        'mqtt-version': { ...text, default: '3.1.1' },
        reconnect: flag,
        'fetch-firmware': flag,
        fault: { ...text, multiple: true, default: [] },
        seed: { ...text, default: String(DEFAULT_SEED) },
        'fail-download': { ...text, default: '0' },
        'fail-boot': { ...text, default: '0' },
        'endpoint-url': text,
        'mqtt-url': text,
        ca: text,
        verbose: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

const given = (timing: keyof Timings, value: number | undefined): Partial<Timings> =>
  value === undefined ? {} : { [timing]: value };

const profileOf = (name: string, prefix: string): ProfileName => {
  if (!isProfileName(name)) throw new UsageError(`--profile ${name}: give one of ${Object.keys(PROFILES).join(', ')}.`);
  // provisionFleet appends ten random characters to the prefix.
  if (PROFILES[name].needsSubscriptions && !fitsEndpointId(`${prefix}0123456789`))
    throw new UsageError(`--prefix ${prefix}: too long for the endpoint ids of --profile ${name}.`);
  return name;
};

const mqttVersionOf = (version: string): MqttVersion => {
  if (version !== '3.1.1' && version !== '5') throw new UsageError(`--mqtt-version ${version}: give 3.1.1 or 5.`);
  return version;
};

export interface CliOptions {
  readonly command: 'simulate' | 'clean-up' | 'help' | 'list-faults';
  readonly devices: number;
  readonly prefix: string;
  readonly firmwareVersion: string;
  readonly fleet: string;
  readonly policyName: string;
  /** Whether the policy belongs to the simulator: then clean-up deletes it. */
  readonly ownsPolicy: boolean;
  readonly controllerId: string;
  readonly timings: Partial<Timings>;
  readonly timeScale: number;
  readonly profile: ProfileName;
  readonly mqttVersion: MqttVersion;
  readonly reconnectOnReboot: boolean;
  readonly fetchFirmware: boolean;
  readonly faultPlan: FaultPlan;
  readonly endpointUrl?: string;
  readonly mqttUrl?: string;
  readonly caFile?: string;
  readonly verbose: boolean;
}

const commandOf = (positionals: readonly string[], help: boolean): CliOptions['command'] => {
  if (help) return 'help';
  const [command, extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra}: give only one command.`);
  if (command === undefined) return 'simulate';
  if (command !== 'clean-up')
    throw new UsageError(`${command}: the only command is clean-up; omit it to simulate devices.`);
  return command;
};

/**
 * @param args the command line without node and script
 * @param environmentEndpoint value of AWS_ENDPOINT_URL
 * @throws UsageError
 */
export const cliOptions = (args: readonly string[], environmentEndpoint: string | undefined): CliOptions => {
  const { values, positionals } = parse(args);
  const listsFaults = values.fault.includes('list');
  const devices = wholeNumber('devices', values.devices, 1, 10_000);
  const failDownload = wholeNumber('fail-download', values['fail-download'], 0, devices);
  const timings: Partial<Timings> = {
    ...given('firstBootSeconds', seconds('first-boot-delay', values['first-boot-delay'])),
    ...given('transferSeconds', seconds('transfer-delay', values['transfer-delay'])),
    ...given('operationSeconds', seconds('operation-delay', values['operation-delay'])),
    ...given('rebootSeconds', seconds('reboot-delay', values['reboot-delay'])),
  };
  const endpointUrl = url('endpoint-url', values['endpoint-url'] ?? environmentEndpoint, ['http:', 'https:']);
  const mqttUrl = url('mqtt-url', values['mqtt-url'], ['mqtt:', 'mqtts:']);
  return {
    command: listsFaults ? 'list-faults' : commandOf(positionals, values.help),
    devices,
    prefix: pattern('prefix', values.prefix, /^[A-Za-z0-9:_-]{1,100}$/, '1 to 100 letters, digits or - _ :'),
    firmwareVersion: pattern(
      'firmware-version',
      values['firmware-version'],
      /^[A-Za-z0-9_.,@/:#-]{1,800}$/,
      'a version such as 1.2.1',
    ),
    fleet: pattern('fleet', values.fleet, /^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, - or _'),
    policyName: pattern('policy', values.policy ?? DEFAULT_POLICY, /^[\w+=,.@-]{1,128}$/, 'the name of an IoT policy'),
    ownsPolicy: values.policy === undefined,
    controllerId: endpointId(values['controller-id']),
    timings,
    timeScale: number('time-scale', values['time-scale'], (n) => n > 0, 'a number above 0, such as 0.1'),
    profile: profileOf(values.profile, values.prefix),
    mqttVersion: mqttVersionOf(values['mqtt-version']),
    reconnectOnReboot: values.reconnect,
    fetchFirmware: values['fetch-firmware'],
    faultPlan: {
      failDownload,
      failBoot: wholeNumber('fail-boot', values['fail-boot'], 0, devices - failDownload),
      faults: listsFaults ? [] : faultRates(values.fault),
      seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    },
    verbose: values.verbose,
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(mqttUrl !== undefined && { mqttUrl }),
    ...(values.ca !== undefined && { caFile: values.ca }),
  };
};
