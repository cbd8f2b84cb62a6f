import './quiet-sdk.cjs';
import { type CampaignOptions, runCampaign } from '../chaos/campaign';
import { ALL_KINDS, isKind, KIND_LIST, type Kind } from '../chaos/kinds';
import { FEWEST_DEVICES } from '../chaos/plan';
import { reportLines } from '../chaos/report';
import { DEFAULT_SEED, LARGEST_SEED } from '../simulator/fault-plan';
import { UsageError } from '../simulator/usage-error';
import { commandOf, type OptionSpecs, runCommand, type Values } from './command-line';
import { exitWithFailure } from './failure';
import { positiveNumber, wholeNumber } from './option-values';
import { interrupted } from './terminal';

const COMMAND = 'npm run chaos --';

const OPTIONS = {
  seed: {
    ...{ value: 'N', default: String(DEFAULT_SEED) },
    description: 'decides all that goes wrong, and all that the devices do',
  },
  devices: { value: 'N', default: '200', description: `number of devices, ${FEWEST_DEVICES} to 1000` },
  only: { value: 'KIND,…', description: 'injects only these kinds; --only list prints all' },
  without: { value: 'KIND,…', description: 'injects all kinds but these' },
  'time-scale': { value: 'F', default: '0.05', description: "factor on the simulator's delays of 10 to 30 s" },
  trouble: { value: 'SECONDS', default: '60', description: 'how long the platform misbehaves at most' },
  patient: {
    description: 'the operator creates the next job after a cancelled one only when its workflows are over',
  },
  json: { description: 'print the result as one JSON object on the last line' },
  verbose: { description: 'also print what functions, services and devices report' },
} as const satisfies OptionSpecs;

const NOTES = `The same seed and number of devices make the same devices, faults and jobs, and the same decision for the k-th call of a
function or delivery of an event about one device. Which events come to pass, and so how many calls there are, also depends on
timing: a violation that depends on a race may need several runs.

Exit code 0: all invariants hold. 1: one does not, or the campaign failed. 2: usage error. 130: interrupted.`;

const kindsOf = (flag: string, list: string): readonly Kind[] =>
  list.split(',').map((name) => {
    if (isKind(name)) return name;
    throw new UsageError(`--${flag} ${list}: "${name}" is no kind: give some of ${ALL_KINDS.join(', ')}.`);
  });

/** @throws UsageError */
const campaignOptions = (values: Values<typeof OPTIONS>): Omit<CampaignOptions, 'stop'> => {
  const { only, without } = values;
  if (only !== undefined && without !== undefined)
    throw new UsageError('--only and --without exclude each other: give one.');
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
  { only, without, patient }: Values<typeof OPTIONS>,
) =>
  [
    `${COMMAND} --seed ${seed} --devices ${devices} --time-scale ${timeScale} --trouble ${troubleSeconds}`,
    ...(only === undefined ? [] : [`--only ${only}`]),
    ...(without === undefined ? [] : [`--without ${without}`]),
    ...(patient ? ['--patient'] : []),
  ].join(' ');

/** @returns the exit code */
const campaign = async (values: Values<typeof OPTIONS>): Promise<number> => {
  const options = campaignOptions(values);
  // With --json, stdout contains only the result.
  const print = values.json ? (line: string) => console.error(line) : (line: string) => console.log(line);
  const controller = new AbortController();
  void interrupted().then(() => {
    print('Stopping …');
    controller.abort();
  });
  try {
    const result = await runCampaign({ ...options, stop: controller.signal }, print);
    const replay = replayOf(options, values);
    for (const line of reportLines(result, replay)) print(line);
    if (values.json) console.log(JSON.stringify({ ...result, replay }));
    return result.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (controller.signal.aborted) return 130;
    throw error;
  }
};

const program = commandOf({
  name: COMMAND,
  description:
    'A campaign: upgrades a fleet of simulated devices with faults of every kind on an embedded AWS that misbehaves, makes it well again, redrives the dead letters, and checks what must hold then: docs/chaos.md.',
  options: OPTIONS,
  notes: NOTES,
  run: async (values) => {
    if (values.only === 'list') return console.log(KIND_LIST);
    process.exit(await campaign(values));
  },
});

void runCommand(program, process.argv.slice(2), exitWithFailure);
