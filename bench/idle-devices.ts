import '../cli/quiet-sdk.cjs';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { CreateThingCommand, IoTClient } from '@aws-sdk/client-iot';
import * as v from 'valibot';
import { addOptions, createCommand, type OptionSpecs, runCommand, valuesOf } from '../cli/command-line';
import { exitWithFailure } from '../cli/failure';
import { wholeNumber } from '../cli/option-values';
import { startEmbeddedAws } from '../local/embedded-aws';
import { startFleet } from '../simulator/fleet';
import { usedMemory } from './used-memory';

const OPTIONS = {
  devices: { value: 'N', default: '1000', description: 'connected devices that do nothing' },
  broker: { value: 'URL', description: 'only connect devices to URL, and measure this process' },
  json: { description: 'print one JSON object' },
} as const satisfies OptionSpecs;

const DESCRIPTION =
  'Measures the memory of idle simulated devices (profile tr369, which has subscriptions) in a process of their own. They are connected to an embedded AWS by plain TCP; TLS sessions would take memory of their own. Exit code 1 if a device takes more than 40 kB.';

const MOST_BYTES = 40_000;
/** They make the process load its code and fill its caches. */
const WARM_UP_DEVICES = 200;

/** In bytes: what V8 counts, and what the operating system counts. */
const Memory = v.object({ heapBytes: v.number(), rssBytes: v.number() });
type Memory = v.InferOutput<typeof Memory>;

const thingNames = (from: number, count: number) => Array.from({ length: count }, (_, index) => `idle-${from + index}`);

/** Connects devices. Resolves when each of them has been given its subscriptions, the last that happens to it. */
const connectDevices = async (mqttUrl: string, from: number, count: number) => {
  const waiting = new Set(thingNames(from, count));
  let finish: () => void = () => undefined;
  const introduced = new Promise<void>((resolve) => (finish = resolve));
  const fleet = await startFleet({
    things: thingNames(from, count).map((thingName) => ({ thingName })),
    ...{ mqttUrl, profile: 'tr369', firmwareVersion: '1.2.1', timings: { firstBootSeconds: 86_400 } },
    onEvent: (thingName, { kind, detail }) => {
      if (kind === 'published' && detail === 'ADD_RESP' && waiting.delete(thingName) && waiting.size === 0) finish();
    },
  });
  await introduced;
  return fleet;
};

/** Bytes per device of this process. */
const measureDevices = async (mqttUrl: string, devices: number): Promise<Memory> => {
  const warm = await connectDevices(mqttUrl, 0, WARM_UP_DEVICES);
  const empty = await usedMemory();
  const fleet = await connectDevices(mqttUrl, WARM_UP_DEVICES, devices);
  const full = await usedMemory();
  const lost = [...warm.devices, ...fleet.devices].filter((device) => !device.connected).length;
  if (lost > 0) throw new Error(`${lost} devices have lost their connection: their memory cannot be measured.`);
  await Promise.all([warm.close(), fleet.close()]);
  return {
    heapBytes: (full.heapBytes - empty.heapBytes) / devices,
    rssBytes: (full.rssBytes - empty.rssBytes) / devices,
  };
};

const resultOf = async (child: ChildProcess): Promise<Memory> => {
  const ended = once(child, 'exit').then(() => {
    throw new Error('The process of the devices has ended without a result.');
  });
  const messages: readonly unknown[] = await Promise.race([once(child, 'message'), ended]);
  return v.parse(Memory, messages[0]);
};

const run = async (devices: number): Promise<Memory> => {
  const aws = await startEmbeddedAws({
    ...{ stackName: 'wme', httpPort: 0, mqttPort: 0 },
    report: ({ level, source, message }) => level === 'error' && console.error(`[${source}] ${message}`),
  });
  const iot = new IoTClient({ ...aws.clientConfig, cacheMiddleware: true });
  try {
    for (const thingName of thingNames(0, WARM_UP_DEVICES + devices))
      await iot.send(new CreateThingCommand({ thingName }));
    const child = fork(__filename, ['--devices', String(devices), '--broker', aws.mqttUrl]);
    return await resultOf(child);
  } finally {
    iot.destroy();
    await aws.close();
  }
};

const command = addOptions(createCommand('npm run bench:idle-devices --', DESCRIPTION), OPTIONS);
command.action(async () => {
  const values = valuesOf(command, OPTIONS);
  const devices = wholeNumber('devices', values.devices, 1, 20_000);
  if (values.broker !== undefined) {
    process.send?.(await measureDevices(values.broker, devices));
    process.disconnect();
    return;
  }
  const memory = await run(devices);
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  if (values.json) console.log(JSON.stringify({ devices, ...memory }));
  else
    console.log(
      `An idle device takes ${kilobytes(memory.heapBytes)} of heap, and ${kilobytes(memory.rssBytes)} of the process's memory (${devices} devices)`,
    );
  if (Math.max(memory.heapBytes, memory.rssBytes) > MOST_BYTES) process.exitCode = 1;
});

void runCommand(command, process.argv.slice(2), exitWithFailure);
