import type { Command } from 'commander';
import { valuesOf } from '../command-line';
import { SIMULATOR_OPTIONS, simulatorCommand, simulatorOptions } from './options';

/** @param name how it is called */
export const simulatorProgram = (name: string): Command => {
  const command = simulatorCommand(name);
  return command.action(async () => {
    const endpoint = process.env['AWS_ENDPOINT_URL_IOT'] ?? process.env['AWS_ENDPOINT_URL'];
    const options = simulatorOptions(valuesOf(command, SIMULATOR_OPTIONS), command.args, endpoint);
    // Loaded by this command only: the others start faster.
    const { runSimulator } = await import('./run-simulator');
    // Connections that are still being opened do not keep the process.
    process.exit(await runSimulator(options));
  });
};
