import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { printFailure } from './failure';
import { redriveProgram } from './redrive/run-redrive';

void runCommand(redriveProgram('npm run redrive --'), process.argv.slice(2), printFailure);
