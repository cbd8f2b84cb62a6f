import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { printFailure } from './failure';
import { redriveProgram } from './redrive/redrive-program';

void runCommand(redriveProgram('npm run redrive --'), process.argv.slice(2), printFailure);
