import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { printFailure } from './failure';
import { wmeProgram } from './wme/program';

void runCommand(wmeProgram(), process.argv.slice(2), printFailure);
