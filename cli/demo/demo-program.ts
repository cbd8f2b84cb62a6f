import type { Command } from 'commander';
import { DEFAULT_SEED, FAULT_LIST, faultRates, LARGEST_SEED } from '../../simulator/fault-plan';
import type { RunningConsole } from '../../console/server/start-console';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { addOptions, createCommand, type OptionSpecs, type Values, valuesOf } from '../command-line';
import { positiveNumber, wholeNumber } from '../option-values';
import { createOutput } from '../output/output';
import { serveConsole } from '../serve-console';
import { interrupted } from '../terminal';
import { usageCommands } from '../usage-commands';
import { progressBars, progressLines } from './live-progress';
import type { DemoOptions } from './run-demo';
import { summaryLines } from './summary';

const OPTIONS = {
  devices: { value: 'N', default: '20', description: 'number of devices, at most 10000' },
  fault: {
    ...{ value: 'NAME[=RATE],…', multiple: true },
    description:
      'what goes wrong: for all devices, or for a share of them, such as 0.1; may be repeated. --fault list prints the faults, and how an upgrade must end with each',
  },
  seed: {
    ...{ value: 'N', default: String(DEFAULT_SEED) },
    description: 'decides which devices have which fault, and all else that is random',
  },
  'fail-download': { value: 'N', default: '0', description: 'N of them have fault 404' },
  'fail-boot': { value: 'N', default: '0', description: 'N of them have fault boot-into-old' },
  'time-scale': { value: 'F', default: '0.1', description: "factor on the simulator's delays of 10 to 30 s" },
  port: { value: 'P', default: '0', description: 'HTTP port of the embedded AWS; 0: any free port' },
  'mqtt-port': { value: 'P', default: '0', description: 'MQTT port; 0: any free port' },
  console: { description: 'serve the console for it, print its address, and keep everything running afterwards' },
  keep: { description: 'keep everything running afterwards and print how to use it' },
  json: { description: 'print the summary as one JSON object on the last line' },
  verbose: { description: 'also print the log lines of the functions' },
} as const satisfies OptionSpecs;

const NOTES = `
Exit code 0: every device ended as expected. 1: one did not. 2: usage error. 130: interrupted.`;

/** @throws UsageError */
const demoOptions = (values: Values<typeof OPTIONS>): DemoOptions => {
  const devices = wholeNumber('devices', values.devices, 1, 10_000);
  const failDownload = wholeNumber('fail-download', values['fail-download'], 0, devices);
  return {
    ...{ devices, failDownload },
    failBoot: wholeNumber('fail-boot', values['fail-boot'], 0, devices - failDownload),
    faults: faultRates(values.fault),
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    timeScale: positiveNumber('time-scale', values['time-scale']),
    httpPort: wholeNumber('port', values.port, 0, 65_535),
    mqttPort: wholeNumber('mqtt-port', values['mqtt-port'], 0, 65_535),
    verbose: values.verbose,
  };
};

interface Afterwards {
  readonly json: boolean;
  readonly keep: boolean;
  readonly console: boolean;
}

const demonstrate = async (options: DemoOptions, { json, keep, console: withConsole }: Afterwards): Promise<void> => {
  const output = createOutput(process.stdout, process.env);
  const view = output.live();
  // With --json, stdout contains only the result.
  const print = json ? (line: string) => console.error(line) : view.print;
  const live = output.isTerminal && !json ? progressBars(view, output.width) : progressLines(print);
  const stop = interrupted();
  // Loaded by this command only: the others start faster.
  const { runDemo, STACK_NAME } = await import('./run-demo');
  let served: RunningConsole | undefined;
  const onDeployed = async (aws: EmbeddedAws) => {
    served = await serveConsole(aws, STACK_NAME);
    print(`Console: ${served.url}`);
  };
  const running = runDemo({ ...options, ...(withConsole && { onDeployed }) }, print, live);
  const demo = await Promise.race([running, stop.then(() => undefined)]);
  if (demo === undefined) {
    print('Interrupted.');
    process.exit(130);
  }
  for (const line of summaryLines(demo.summary)) print(line);
  process.exitCode = demo.summary.unexpected.length === 0 ? 0 : 1;
  if (keep || served) {
    for (const line of usageCommands(demo.aws, demo.jobId)) print(line);
    if (served) print(`Console: ${served.url}`);
    await stop;
  }
  await served?.close();
  await demo.close();
  if (json) console.log(JSON.stringify(demo.summary));
};

/** @param name how it is called */
export const demoProgram = (name: string): Command => {
  const description =
    'Upgrades a fleet of simulated TR-369 devices on the embedded AWS: the real template, bundles and state machine.';
  const command = addOptions(createCommand(name, description), OPTIONS).addHelpText('after', NOTES);
  return command.action(async () => {
    const values = valuesOf(command, OPTIONS);
    if (values.fault.includes('list')) return console.log(FAULT_LIST);
    await demonstrate(demoOptions(values), values);
  });
};
