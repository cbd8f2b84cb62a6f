import './quiet-sdk.cjs';
import { parseArgs } from 'node:util';
import { DEFAULT_SEED, FAULT_LIST, LARGEST_SEED, faultRates } from '../simulator/fault-plan';
import { runDemo } from './demo/run-demo';
import { summaryLines } from './demo/summary';
import { usageCommands } from './usage-commands';
import { interrupted, positiveNumber, usageError, wholeNumber } from './terminal';

const HELP = `npm run demo -- [options]

Upgrades a fleet of simulated TR-369 devices on the embedded AWS: the real template, bundles and state machine.

  --devices N         number of devices (default 20, at most 10000)
  --fault NAME[=RATE],…  what goes wrong: for all devices, or for a share of them, such as 0.1; may be repeated.
                      --fault list prints the faults, and how an upgrade must end with each
  --seed N            decides which devices have which fault, and all else that is random (default ${DEFAULT_SEED})
  --fail-download N   N of them have fault 404 (default 0)
  --fail-boot N       N of them have fault boot-into-old (default 0)
  --time-scale F      factor on the simulator's delays of 10 to 30 s (default 0.1)
  --port P            HTTP port of the embedded AWS (default: any free port)
  --mqtt-port P       MQTT port (default: any free port)
  --keep              keep everything running afterwards and print how to use it
  --json              print the summary as one JSON object on the last line
  --verbose           also print the log lines of the functions
  --help              this text

Exit code 0: every device ended as expected. 1: one did not. 2: usage error. 130: interrupted.`;

const parse = () =>
  parseArgs({
    options: {
      devices: { type: 'string', default: '20' },
      fault: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      'fail-download': { type: 'string', default: '0' },
      'fail-boot': { type: 'string', default: '0' },
      'time-scale': { type: 'string', default: '0.1' },
      port: { type: 'string', default: '0' },
      'mqtt-port': { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;

const options = (values: ReturnType<typeof parse>) => {
  const devices = wholeNumber('devices', values.devices, 1, 10_000);
  const failDownload = wholeNumber('fail-download', values['fail-download'], 0, devices);
  return {
    devices,
    failDownload,
    failBoot: wholeNumber('fail-boot', values['fail-boot'], 0, devices - failDownload),
    faults: faultRates(values.fault),
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    timeScale: positiveNumber('time-scale', values['time-scale']),
    httpPort: wholeNumber('port', values.port, 0, 65_535),
    mqttPort: wholeNumber('mqtt-port', values['mqtt-port'], 0, 65_535),
    verbose: values.verbose,
  };
};

const main = async () => {
  let values: ReturnType<typeof parse>;
  let demoOptions: ReturnType<typeof options>;
  try {
    values = parse();
    if (values.help) return console.log(HELP);
    if (values.fault.includes('list')) return console.log(FAULT_LIST);
    demoOptions = options(values);
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error), 'npm run demo');
  }
  // With --json, stdout contains only the result.
  const print = values.json ? (line: string) => console.error(line) : (line: string) => console.log(line);
  const stop = interrupted();
  const demo = await Promise.race([runDemo(demoOptions, print), stop.then(() => undefined)]);
  if (demo === undefined) {
    print('Interrupted.');
    process.exit(130);
  }
  for (const line of summaryLines(demo.summary)) print(line);
  process.exitCode = demo.summary.unexpected.length === 0 ? 0 : 1;
  if (values.keep) {
    for (const line of usageCommands(demo.aws, demo.jobId)) print(line);
    await stop;
  }
  await demo.close();
  if (values.json) console.log(JSON.stringify(demo.summary));
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
});
