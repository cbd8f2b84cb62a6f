import '../cli/quiet-sdk.cjs';
import { addOptions, createCommand, type OptionSpecs, runCommand, valuesOf } from '../cli/command-line';
import { exitWithFailure } from '../cli/failure';
import { wholeNumber } from '../cli/option-values';
import { UsageError } from '../simulator/usage-error';
import { MAX_GROWTH } from './limits';

const OPTIONS = {
  devices: {
    value: 'N',
    description: 'devices of the first fleet (default 100); with --full: sizes (default 10,100,1000,5000,10000)',
  },
  full: {
    description:
      'measure each size in a process of its own, and write bench/results/scale.{json,svg} and docs/scale.md',
  },
  resume: { description: 'with --full: keep the sizes that bench/results/scale.json has' },
  processes: {
    ...{ value: 'P', default: '2' },
    description: 'with --full: processes that simulate the devices; 1: that of the embedded AWS',
  },
  micro: {
    description: 'measure single parts against baselines, and write bench/results/micro.json and docs/scale.md',
  },
  json: { description: 'print one JSON object' },
} as const satisfies OptionSpecs;

const DESCRIPTION = `Upgrades two fleets of simulated devices on the embedded AWS, N and 4 N devices, and prints what an upgrade costs: calls by operation, state transitions, units, US dollars. Growth is the ratio of the two: 1 means that the cost of an upgrade does not depend on the fleet size. Exit code 1 if a count is above its limit (bench/limits.ts) or grows more than × ${MAX_GROWTH}.`;

const LARGEST_FLEET = 10_000;

/** @throws UsageError */
const sizesOf = (text: string): readonly number[] => {
  const sizes = text.split(',').map((size) => wholeNumber('devices', size.trim(), 5, LARGEST_FLEET));
  return [...new Set(sizes)].sort((a, b) => a - b);
};

const command = addOptions(createCommand('npm run bench --', DESCRIPTION), OPTIONS);
command.action(async () => {
  const { devices, full, resume, processes, micro, json } = valuesOf(command, OPTIONS);
  if (full && micro) throw new UsageError('--full and --micro: give one of them.');
  let problems: readonly string[] = [];
  if (full) {
    const sizes = sizesOf(devices ?? '10,100,1000,5000,10000');
    const { benchFull } = await import('./full/full');
    problems = await benchFull(sizes, { resume, json, processes: wholeNumber('processes', processes, 1, 64) });
  } else if (micro) {
    const { benchMicro } = await import('./micro/micro');
    await benchMicro(json);
  } else {
    const { benchCost } = await import('./upgrade-cost');
    problems = await benchCost(wholeNumber('devices', devices ?? '100', 5, 2000), json);
  }
  for (const problem of problems) console.error(`Above its limit: ${problem}.`);
  if (problems.length > 0) process.exitCode = 1;
});

void runCommand(command, process.argv.slice(2), exitWithFailure);
