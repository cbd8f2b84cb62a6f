import './quiet-sdk.cjs';
import { runCommand } from './command-line';
import { printFailure } from './failure';
import { simulatorProgram } from './simulator/simulator-program';

/** How to fix a failed call, in the options of this command. */
const hintFor = (text: string): string => {
  if (/ECONNREFUSED/.test(text)) return 'Is it running? Check --endpoint-url (AWS_ENDPOINT_URL) and --mqtt-url.';
  if (/Region is missing/.test(text)) return 'Set AWS_REGION, or give --endpoint-url for a local AWS.';
  if (/credential/i.test(text)) return 'Set AWS credentials, or give --endpoint-url for a local AWS.';
  return '';
};

// Connections that are still being opened do not keep the process.
const failed = (error: unknown) => process.exit(printFailure(error, hintFor));

void runCommand(simulatorProgram('npm run simulator --'), process.argv.slice(2), failed);
