import { IoTClient } from '@aws-sdk/client-iot';
import { interrupted } from '../terminal';
import type { CliOptions } from './options';
import { cleanUpFleet } from '../../simulator/clean-up';
import { isLoopback, resolveConnection } from '../../simulator/connection';
import type { DeviceEvent } from '../../simulator/device';
import { FAULT_LIST, faultsOf } from '../../simulator/fault-plan';
import { type RunningFleet, startFleetInProcesses } from '../../simulator/processes/fleet-processes';
import { type ProvisionedThing, provisionFleet } from '../../simulator/provisioning';
import { removeStateFile, loadThings, saveThings, stateFile } from '../../simulator/state-file';

const SUMMARY_INTERVAL_MS = 5_000;

const iotClient = ({ endpointUrl }: CliOptions): IoTClient => {
  const isLocal = endpointUrl !== undefined && isLoopback(endpointUrl);
  return new IoTClient({
    // AWS throttles large fleets; if a local AWS does not answer, it is not running.
    maxAttempts: isLocal ? 2 : 10,
    // Resolves the steps of a call once, not for each call.
    cacheMiddleware: true,
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    // A local AWS accepts any credentials; for AWS the SDK resolves region and credentials as usual.
    ...(isLocal && !process.env['AWS_REGION'] && { region: 'us-east-1' }),
    ...(isLocal &&
      !process.env['AWS_ACCESS_KEY_ID'] && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  });
};

/** Prints at most eleven lines. */
const progress = (what: string) => (done: number, total: number) => {
  if (done === total || done % Math.max(1, Math.floor(total / 10)) === 0) console.log(`${what} ${done}/${total}`);
};

const provision = async (iot: IoTClient, options: CliOptions): Promise<ProvisionedThing[]> => {
  const file = stateFile(options.fleet);
  const kept = loadThings(file);
  const known = kept.filter((thing) => thing.thingName.startsWith(options.prefix));
  const ready: ProvisionedThing[] = [];
  const save = (others: readonly ProvisionedThing[]) => {
    const names = new Set(ready.map(({ thingName }) => thingName));
    saveThings(file, [...ready, ...others.filter(({ thingName }) => !names.has(thingName))]);
  };
  try {
    const things = await provisionFleet({
      iot,
      known,
      count: options.devices,
      prefix: options.prefix,
      firmwareVersion: options.firmwareVersion,
      policyName: options.policyName,
      controllerId: options.controllerId,
      onProgress: progress('Provisioned'),
      onThing: (thing) => ready.push(thing),
    });
    // Drops things that no longer exist; keeps the keys of those this run did not need.
    const requested = new Set(known.slice(0, options.devices));
    save(kept.filter((thing) => !requested.has(thing)));
    return things;
  } catch (error) {
    save(kept);
    throw error;
  }
};

/** Prints each event, or prints counts when they change. */
const observer = (verbose: boolean) => {
  const counts = new Map<DeviceEvent['kind'], number>();
  const line = () => [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  let printed = '';
  const print = () => {
    if (line() !== printed) console.log(`Events so far: ${line()}`);
    printed = line();
  };
  const timer = verbose ? undefined : setInterval(print, SUMMARY_INTERVAL_MS);
  return {
    onEvent: (thingName: string, event: DeviceEvent) => {
      counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
      if (verbose) console.log(`${new Date().toISOString()} ${thingName} ${event.kind}: ${event.detail}`);
    },
    close: () => {
      clearInterval(timer);
      print();
    },
  };
};

const start = async (
  iot: IoTClient,
  options: CliOptions,
  onEvent: (thingName: string, event: DeviceEvent) => void,
): Promise<RunningFleet> => {
  const connection = await resolveConnection({ iot, ...options });
  const things = await provision(iot, options);
  const { faultPlan } = options;
  const faults = faultsOf(
    things.map(({ thingName }) => thingName),
    faultPlan,
  );
  console.log(`Connecting to ${connection.mqttUrl}`);
  return startFleetInProcesses({
    things,
    ...connection,
    firmwareVersion: options.firmwareVersion,
    controllerId: options.controllerId,
    timings: options.timings,
    timeScale: options.timeScale,
    profile: options.profile,
    mqttVersion: options.mqttVersion,
    fetchFirmware: options.fetchFirmware,
    ...(options.reconnectOnReboot && { reconnectOnReboot: true }),
    faultOf: (thingName) => faults.get(thingName) ?? 'none',
    seed: faultPlan.seed,
    onEvent,
    onProgress: progress('Connected'),
    connectRate: options.connectRate,
    ...(options.processes !== undefined && { processes: options.processes }),
    onProcessLost: (reason) => console.error(`${reason}; its devices start again`),
  });
};

const simulate = async (options: CliOptions): Promise<number> => {
  const stop = interrupted().then(() => 'interrupted' as const);
  const { onEvent, close } = observer(options.verbose);
  const iot = iotClient(options);
  try {
    const fleet = await Promise.race([start(iot, options, onEvent), stop]);
    if (fleet === 'interrupted') return 130;
    console.log('The fleet is up. Press Ctrl-C to stop it.');
    await stop;
    console.log(`Disconnecting ${fleet.size} devices`);
    await fleet.close();
    return 0;
  } finally {
    close();
    iot.destroy();
  }
};

const cleanUp = async (options: CliOptions): Promise<number> => {
  const iot = iotClient(options);
  const { prefix, ownsPolicy, policyName } = options;
  const names = await cleanUpFleet({ iot, prefix, onProgress: progress('Deleted'), ...(ownsPolicy && { policyName }) });
  const file = stateFile(options.fleet);
  const left = loadThings(file).filter(({ thingName }) => !names.includes(thingName) && !thingName.startsWith(prefix));
  if (left.length > 0) saveThings(file, left);
  else removeStateFile(file);
  console.log(`Deleted ${names.length} things ${prefix}*.`);
  iot.destroy();
  return 0;
};

/** Simulates devices until Ctrl-C, or does what else was asked for. @returns the exit code */
export const runSimulator = async (options: CliOptions): Promise<number> => {
  if (options.command === 'clean-up') return cleanUp(options);
  if (options.command === 'simulate') return simulate(options);
  console.log(FAULT_LIST);
  return 0;
};
