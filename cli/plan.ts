import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { exitWithFailure } from './failure';
import { planProgram } from './plan/plan-program';

void runCommand(planProgram('npm run plan --'), process.argv.slice(2), exitWithFailure);
