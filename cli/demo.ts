import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { demoProgram } from './demo/demo-program';
import { exitWithFailure } from './failure';

void runCommand(demoProgram('npm run demo --'), process.argv.slice(2), exitWithFailure);
