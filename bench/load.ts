import { addOptions, createCommand, type OptionSpecs, runCommand, valuesOf } from '../cli/command-line';
import { exitWithFailure } from '../cli/failure';
import { wholeNumber } from '../cli/option-values';
import { measureBundleLoad } from './bundle-load';

const OPTIONS = {
  rounds: { value: 'N', default: '15', description: 'processes per bundle' },
  json: { description: 'print one JSON object' },
} as const satisfies OptionSpecs;

const DESCRIPTION =
  'Bundles every function and prints the CPU time that a new process needs to load it, as a multiple of a process that loads nothing, beside that of a bundle with the bare SDK clients that the function uses. Exit code 1 if a function costs more than its limit.';

/** The code of a function may cost so much more than the SDK clients it cannot do without. */
const MAX_OVER_CLIENTS = 1.5;

const command = addOptions(createCommand('npm run bench:load --', DESCRIPTION), OPTIONS);
command.action(async () => {
  const values = valuesOf(command, OPTIONS);
  const loads = await measureBundleLoad(wholeNumber('rounds', values.rounds, 1, 1000));
  if (values.json) console.log(JSON.stringify(loads));
  else {
    console.log(`${'function'.padEnd(32)}      kB  clients    load  clients  ratio`);
    for (const { logicalId, bytes, clientBytes, load, clientLoad } of loads)
      console.log(
        `${logicalId.padEnd(32)} ${(bytes / 1e3).toFixed(0).padStart(7)} ${(clientBytes / 1e3).toFixed(0).padStart(8)} ${load.toFixed(2).padStart(7)} ${clientLoad.toFixed(2).padStart(8)} ${(load / clientLoad).toFixed(2).padStart(6)}`,
      );
  }
  if (loads.some(({ load, clientLoad }) => load / clientLoad > MAX_OVER_CLIENTS)) process.exitCode = 1;
});

void runCommand(command, process.argv.slice(2), exitWithFailure);
