import './quiet-sdk.cjs';
import { parseArgs } from 'node:util';
import { type CampaignOptions, runCampaign } from '../chaos/campaign';
import { ALL_KINDS, isKind, KIND_LIST, type Kind } from '../chaos/kinds';
import { FEWEST_DEVICES } from '../chaos/plan';
import { reportLines } from '../chaos/report';
import { DEFAULT_SEED, LARGEST_SEED } from '../simulator/fault-plan';
import { interrupted, positiveNumber, usageError, wholeNumber } from './terminal';

const COMMAND = 'npm run chaos';

const HELP = `${COMMAND} -- [options]

A campaign: upgrades a fleet of simulated devices with faults of every kind on an embedded AWS that misbehaves, makes it well
again, redrives the dead letters, and checks what must hold then: docs/chaos.md.

  --seed N            decides all that goes wrong, and all that the devices do (default ${DEFAULT_SEED})
  --devices N         number of devices, ${FEWEST_DEVICES} to 1000 (default 200)
  --only KIND,…       injects only these kinds; --only list prints all
  --without KIND,…    injects all kinds but these
  --time-scale F      factor on the simulator's delays of 10 to 30 s (default 0.05)
  --trouble SECONDS   how long the platform misbehaves at most (default 60)
  --patient           the operator creates the next job after a cancelled one only when its workflows are over
  --json              print the result as one JSON object on the last line
  --verbose           also print what functions, services and devices report
  --help              this text

The same seed and number of devices make the same devices, faults and jobs, and the same decision for the k-th call of a
function or delivery of an event about one device. Which events come to pass, and so how many calls there are, also depends on
timing: a violation that depends on a race may need several runs.

Exit code 0: all invariants hold. 1: one does not, or the campaign failed. 2: usage error. 130: interrupted.`;

const parse = () =>
  parseArgs({
    options: {
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      devices: { type: 'string', default: '200' },
      only: { type: 'string' },
      without: { type: 'string' },
      'time-scale': { type: 'string', default: '0.05' },
      trouble: { type: 'string', default: '60' },
      patient: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;

const kindsOf = (flag: string, list: string): readonly Kind[] =>
  list.split(',').map((name) => {
    if (isKind(name)) return name;
    throw new Error(`--${flag} ${list}: "${name}" is no kind: give some of ${ALL_KINDS.join(', ')}.`);
  });

const options = (values: ReturnType<typeof parse>): Omit<CampaignOptions, 'stop'> => {
  const { only, without } = values;
  if (only !== undefined && without !== undefined)
    throw new Error('--only and --without exclude each other: give one.');
  const spared = without === undefined ? [] : kindsOf('without', without);
  return {
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    devices: wholeNumber('devices', values.devices, FEWEST_DEVICES, 1_000),
    kinds: only === undefined ? ALL_KINDS.filter((kind) => !spared.includes(kind)) : kindsOf('only', only),
    timeScale: positiveNumber('time-scale', values['time-scale']),
    troubleSeconds: positiveNumber('trouble', values.trouble),
    isPatient: values.patient,
    verbose: values.verbose,
  };
};

/** The command that runs the same campaign again. */
const replayOf = (
  { seed, devices, timeScale, troubleSeconds }: Omit<CampaignOptions, 'stop'>,
  values: ReturnType<typeof parse>,
) => {
  const { only, without, patient } = values;
  const kinds = [
    ...(only === undefined ? [] : [`--only ${only}`]),
    ...(without === undefined ? [] : [`--without ${without}`]),
  ];
  return [
    `${COMMAND} -- --seed ${seed} --devices ${devices} --time-scale ${timeScale} --trouble ${troubleSeconds}`,
    ...kinds,
    ...(patient ? ['--patient'] : []),
  ].join(' ');
};

const main = async (): Promise<number> => {
  let values: ReturnType<typeof parse>;
  let campaign: Omit<CampaignOptions, 'stop'>;
  try {
    values = parse();
    if (values.help || values.only === 'list') {
      console.log(values.help ? HELP : KIND_LIST);
      return 0;
    }
    campaign = options(values);
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error), COMMAND);
  }
  // With --json, stdout contains only the result.
  const print = values.json ? (line: string) => console.error(line) : (line: string) => console.log(line);
  const controller = new AbortController();
  void interrupted().then(() => {
    print('Stopping …');
    controller.abort();
  });
  try {
    const result = await runCampaign({ ...campaign, stop: controller.signal }, print);
    const replay = replayOf(campaign, values);
    for (const line of reportLines(result, replay)) print(line);
    if (values.json) console.log(JSON.stringify({ ...result, replay }));
    return result.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (controller.signal.aborted) return 130;
    throw error;
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(1);
  },
);
