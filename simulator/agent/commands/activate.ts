import { ERR } from '../errors';
import { faultNamed } from '../faults';
import type { Action, Command } from '../types';
import { type RunCommand, blockingCommand, commandFailed, newCommand, started } from './command';

/**
 * Device.DeviceInfo.FirmwareImage.{i}.Activate(): boots an image that was downloaded without AutoActivate.
 * It boots at once and ignores the TimeWindow.{i}. arguments.
 */
export const runActivate: RunCommand = (state, call) => {
  const running = blockingCommand(state);
  if (running !== undefined) return commandFailed(state, ERR.resourcesExceeded, running);
  const status = call.object.params['Status'] ?? '';
  if (status !== 'Available')
    return commandFailed(state, ERR.commandFailure, `${call.object.path} is ${status}, not Available`);

  const command: Command = { ...newCommand(state, 'Activate()', call), activates: true };
  // The same delays as those of a download after its transfer.
  const { transferSeconds, operationSeconds, rebootSeconds } = state.config.timings;
  const after = (seconds: number) => Math.max(0, seconds - transferSeconds);
  const { rebootsEarly = false } = faultNamed(state.config.fault);
  const completes: Action[] =
    state.config.profile.operationComplete === 'before-boot' && !rebootsEarly
      ? [{ kind: 'schedule', step: { kind: 'operation-complete', command }, seconds: after(operationSeconds) }]
      : [];
  return started(state, command, [
    ...completes,
    {
      kind: 'schedule',
      step: { kind: 'activate', command },
      seconds: after(rebootsEarly ? operationSeconds : rebootSeconds),
    },
  ]);
};
