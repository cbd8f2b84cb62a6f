import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { exitWithFailure } from './failure';
import { localProgram } from './local/local-program';

void runCommand(localProgram('npm run local --'), process.argv.slice(2), exitWithFailure);
