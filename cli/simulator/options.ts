import type { Command } from 'commander';
import { DEFAULT_CONTROLLER_ID } from '../../proto/endpoint-ids';
import type { MqttVersion, Timings } from '../../simulator/agent/config';
import { DEFAULT_PROFILE, isProfileName, PROFILES, type ProfileName } from '../../simulator/agent/profiles';
import { fitsEndpointId } from '../../simulator/endpoint-id';
import { DEFAULT_CONNECT_RATE } from '../../simulator/processes/fleet-processes';
import { DEFAULT_SEED, type FaultPlan, faultRates, LARGEST_SEED } from '../../simulator/fault-plan';
import { UsageError } from '../../simulator/usage-error';
import { addOptions, createCommand, type OptionSpecs, parseArguments, type Values } from '../command-line';
import { endpointId, pattern, positiveNumber, seconds, url, wholeNumber } from '../option-values';

const DEFAULT_POLICY = 'wme-simulator-device';

export const SIMULATOR_OPTIONS = {
  devices: { value: 'N', default: '1', description: 'how many devices, at most 100000', group: 'Fleet' },
  processes: { value: 'P', description: 'processes that share the devices (default: by devices and processors)' },
  'connect-rate': {
    ...{ value: 'R', default: String(DEFAULT_CONNECT_RATE) },
    description: 'first connections per second, at most; AWS IoT accepts 500 of an account by default',
  },
  prefix: { value: 'TEXT', default: 'sim-', description: 'prefix of thing names' },
  'firmware-version': { value: 'V', default: '1.2.1', description: 'initial firmware version' },
  fleet: {
    ...{ value: 'NAME', default: 'default' },
    description: 'keeps keys in .local/simulator/NAME.json for the next run',
  },
  policy: {
    value: 'NAME',
    description: `IoT policy of the devices: the stack's output DevicePolicyName; created if missing (default ${DEFAULT_POLICY})`,
  },
  'controller-id': { value: 'ID', default: DEFAULT_CONTROLLER_ID, description: 'USP endpoint id of the controller' },
  profile: {
    ...{ value: 'NAME', default: DEFAULT_PROFILE, group: 'Behaviour' },
    description: 'how the agents behave; the profiles are listed below',
  },
  'mqtt-version': { value: 'V', default: '3.1.1', description: '3.1.1 or 5' },
  'time-scale': { value: 'F', default: '1', description: 'factor on all delays' },
  'first-boot-delay': { value: 'S', description: 'seconds from start to the first Boot! (default 30)' },
  'transfer-delay': { value: 'S', description: 'seconds from Operate to TransferComplete! (default 10)' },
  'operation-delay': { value: 'S', description: 'seconds from Operate to OperationComplete (default 15)' },
  'reboot-delay': { value: 'S', description: 'seconds from Operate to Boot! (default 20)' },
  reconnect: { description: 'close the connection at a reboot, as tr369 and its variants always do' },
  'fetch-firmware': {
    description: 'download the firmware by HTTP: with Username and Password, FileSize and CheckSum',
  },
  fault: {
    ...{ value: 'NAME[=RATE],…', multiple: true },
    description:
      'what goes wrong in upgrades: for all devices, or for a share of them, such as 0.1; may be repeated. --fault list prints the faults, and how an upgrade must end with each',
  },
  seed: {
    ...{ value: 'N', default: String(DEFAULT_SEED) },
    description:
      'decides which devices have which fault, and all else that is random: the same fleet with the same seed does the same again',
  },
  'fail-download': { value: 'N', default: '0', description: 'N devices have fault 404' },
  'fail-boot': { value: 'N', default: '0', description: 'N devices have fault boot-into-old' },
  'endpoint-url': {
    ...{ value: 'URL', group: 'Endpoints' },
    description: 'endpoint of the AWS API, such as an embedded AWS (default $AWS_ENDPOINT_URL)',
  },
  'mqtt-url': { value: 'URL', description: 'mqtt://host:port or mqtts://host:port (default: from DescribeEndpoint)' },
  ca: { value: 'FILE', description: "CA certificate of the broker, PEM (default: the system's)" },
  verbose: { description: 'one line per device event', group: 'Output' },
} as const satisfies OptionSpecs;

const profileLines = Object.entries(PROFILES)
  .map(([name, { description }]) => `  ${name.padEnd(25)} ${description}`)
  .join('\n');

export const HELP_NOTES = `
Profiles: each after tr369 is tr369 with one deviation seen in the field.
${profileLines}

A firmware URL that contains 404 or boot_error does the same as the two faults to all devices (404 not with
--fetch-firmware). Activate() ignores its TimeWindow arguments and boots at once.

Exit code 0: ended by Ctrl-C, or cleaned up. 1: failed. 2: usage error. 130: interrupted while starting.`;

/** @param name how it is called */
export const simulatorCommand = (name: string): Command =>
  addOptions(
    createCommand(
      name,
      'Simulates TR-369 (USP) devices: one IoT thing and one MQTT connection each, in one process or several.',
    ),
    SIMULATOR_OPTIONS,
  )
    .argument(
      '[command]',
      'clean-up: delete the things of the fleet and their certificates, instead of simulating devices',
    )
    .addHelpText('after', HELP_NOTES);

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
  readonly command: 'simulate' | 'clean-up' | 'list-faults';
  readonly devices: number;
  readonly processes?: number;
  readonly connectRate: number;
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

const commandOf = ([command]: readonly string[]): CliOptions['command'] => {
  if (command === undefined) return 'simulate';
  if (command !== 'clean-up')
    throw new UsageError(`${command}: the only command is clean-up; omit it to simulate devices.`);
  return command;
};

/** @param environmentEndpoint value of AWS_ENDPOINT_URL @throws UsageError */
export const simulatorOptions = (
  values: Values<typeof SIMULATOR_OPTIONS>,
  positionals: readonly string[],
  environmentEndpoint: string | undefined,
): CliOptions => {
  const listsFaults = values.fault.includes('list');
  const devices = wholeNumber('devices', values.devices, 1, 100_000);
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
    command: listsFaults ? 'list-faults' : commandOf(positionals),
    devices,
    connectRate: positiveNumber('connect-rate', values['connect-rate']),
    ...(values.processes !== undefined && { processes: wholeNumber('processes', values.processes, 1, 64) }),
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
    controllerId: endpointId('controller-id', values['controller-id'], DEFAULT_CONTROLLER_ID),
    timings,
    timeScale: positiveNumber('time-scale', values['time-scale']),
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

/** @returns undefined for --help @throws UsageError */
export const cliOptions = (
  args: readonly string[],
  environmentEndpoint: string | undefined,
): CliOptions | undefined => {
  const parsed = parseArguments(simulatorCommand('simulator'), SIMULATOR_OPTIONS, args);
  return parsed && simulatorOptions(parsed.values, parsed.positionals, environmentEndpoint);
};
