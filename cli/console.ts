import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { consoleProgram } from './console/console-program';
import { exitWithFailure } from './failure';

void runCommand(consoleProgram('npm run console --'), process.argv.slice(2), exitWithFailure);
