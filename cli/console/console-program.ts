import type { Command } from 'commander';
import type { ConsoleOptions } from '../../console/server/start-console';
import { isLoopback } from '../../simulator/connection';
import { AWS_OPTIONS, awsTarget, clientConfigOf } from '../aws';
import { addOptions, createCommand, type OptionSpecs, type Values, valuesOf } from '../command-line';
import { wholeNumber } from '../option-values';
import { interrupted } from '../terminal';

const OPTIONS = {
  port: { value: 'P', default: '0', description: 'port of the page; 0: any free port' },
  ...AWS_OPTIONS,
} as const satisfies OptionSpecs;

/** @throws UsageError */
const consoleOptions = (values: Values<typeof OPTIONS>): ConsoleOptions => {
  const target = awsTarget(values);
  const endpoint = target.endpointUrl ?? process.env['AWS_ENDPOINT_URL'];
  return {
    clientConfig: clientConfigOf(target, process.env),
    stackName: values.stack,
    isLocal: endpoint !== undefined && isLoopback(endpoint),
    port: wholeNumber('port', values.port, 0, 65_535),
  };
};

/** @param name how it is called */
export const consoleProgram = (name: string): Command => {
  const description =
    'Serves a page on 127.0.0.1 that shows the fleet, its roll-outs and devices, and creates, cancels and retries roll-outs. Whoever has the address that it prints can do there what you can. Runs until Ctrl-C.';
  const command = addOptions(createCommand(name, description), OPTIONS);
  return command.action(async () => {
    const options = consoleOptions(valuesOf(command, OPTIONS));
    const stop = interrupted();
    // Loaded by this command only: the others start faster.
    const { startConsole } = await import('../../console/server/start-console');
    const running = await startConsole(options);
    console.log(`Console: ${running.url}`);
    await stop;
    await running.close();
  });
};
