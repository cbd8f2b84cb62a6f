import type { Command } from 'commander';
import { valuesOf } from '../command-line';
import { REDRIVE_OPTIONS, redriveCommand, redriveOptionsOf } from './options';

/** @param name how it is called */
export const redriveProgram = (name: string): Command => {
  const command = redriveCommand(name);
  return command.action(async () => {
    const options = redriveOptionsOf(valuesOf(command, REDRIVE_OPTIONS));
    // Loaded by this command only: the others start faster.
    const { redriveStack } = await import('./run-redrive');
    process.exitCode = await redriveStack(options);
  });
};
