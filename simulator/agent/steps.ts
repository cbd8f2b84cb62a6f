import { isRealReboot, notifyBoot, reboot } from './boot';
import { NO_CHANGES } from './changes';
import { stepsAfterTransfer } from './commands/download';
import { softwareVersion } from './data-model';
import { ERR } from './errors';
import { operationComplete, transferCompleteEvent } from './notifications';
import { installed, withImage } from './images';
import { linkDown, linkUp } from './link';
import { retryNotification } from './notification-retry';
import { powerOff, powerOn, rebootIntoFirmware } from './power';
import type { TransferFailure } from './transfer-faults';
import type { AgentState, Boot, Command, CommandProgress, Download, Step, Transition } from './types';

const withPhase = (state: AgentState, { request }: Command, phase: CommandProgress['phase'] | 'ended'): AgentState => ({
  ...state,
  commands: state.commands.flatMap((progress) => {
    if (progress.command.request !== request) return [progress];
    return phase === 'ended' ? [] : [{ ...progress, phase }];
  }),
});

const isDownload = (command: Command): command is Download => command.name === 'Download()';

const transferComplete = (state: AgentState, now: number, download: Download): Transition => {
  // A failed transfer frees the bank at once, so that the controller may retry.
  const after = download.failure
    ? withImage(withPhase(state, download, 'failed'), download.image, { status: download.failure.status })
    : installed(state, download);
  return transferCompleteEvent(after, now, download);
};

const complete = (state: AgentState, now: number, command: Command): Transition => {
  const failure = isDownload(command) ? command.failure : undefined;
  const bootFollows = command.activates && !failure;
  const after = withPhase(state, command, bootFollows ? 'notified' : 'ended');
  if (!failure) return operationComplete(after, now, command, undefined);
  const completed = operationComplete(after, now, command, {
    errCode: ERR.commandFailure,
    errMsg: failure.faultString,
  });
  const event = { kind: 'upgrade-failed', detail: failure.faultString, version: softwareVersion(after) } as const;
  return { state: completed.state, actions: [...completed.actions, { kind: 'report', event }] };
};

/** Boots the image of a command. */
const activate = (state: AgentState, now: number, command: Command): Transition => {
  // The delays may be configured in any order, so the transfer may not have completed yet.
  const filled = isDownload(command) ? installed(state, command) : state;
  const { commandKey } = command;
  // A real reboot itself ends all commands and reports this one as interrupted if it is still running.
  const ending = isRealReboot(state.config) ? filled : withPhase(filled, command, 'ended');
  return rebootIntoFirmware({ ...ending, bootImage: command.image }, now, {
    commandKey,
    cause: 'RemoteReboot',
    reason: 'FirmwareUpgrade',
  });
};

/** A real reboot ends earlier commands. */
const endedByReboot = ({ config, boots }: AgentState, command: { readonly boots: number }) =>
  isRealReboot(config) && command.boots !== boots;

const FIRST_BOOT: Boot = {
  // As in the original. The controller would attribute an empty key to the running operation.
  commandKey: 'FirstBoot',
  cause: 'LocalReboot',
  reason: 'FirstBoot',
  firmwareUpdated: false,
  interrupted: [],
  changes: NO_CHANGES,
};

/** Runs a step whose delay is over. */
export const takeStep = (state: AgentState, now: number, step: Step): Transition => {
  if ('command' in step && endedByReboot(state, step.command)) return { state, actions: [] };
  switch (step.kind) {
    case 'first-boot':
      // A device rebooted in the meantime has already reported a later boot.
      return endedByReboot(state, { boots: 0 }) ? { state, actions: [] } : notifyBoot(state, now, FIRST_BOOT);
    case 'transfer-complete':
      return transferComplete(state, now, step.command);
    case 'operation-complete':
      return complete(state, now, step.command);
    case 'activate':
      return activate(state, now, step.command);
    case 'power-off':
      return powerOff(state, step.command);
    case 'power-on':
      return powerOn(state, now);
    case 'link-down':
      return linkDown(state, step.seconds);
    case 'link-up':
      return linkUp(state);
    case 'reboot':
      return endedByReboot(state, step) ? { state, actions: [] } : reboot(state, now, step.cause);
    case 'retry-notification':
      return retryNotification(state, now, step.msgId);
  }
};

/** A real download has ended; the remaining steps have the usual delays. */
export const downloaded = (
  state: AgentState,
  now: number,
  command: Download,
  failure: TransferFailure | undefined,
): Transition => {
  if (endedByReboot(state, command)) return { state, actions: [] };
  const ended = failure ? { ...command, failure } : command;
  const { state: after, actions } = transferComplete(state, now, ended);
  const { transferSeconds } = state.config.timings;
  return { state: after, actions: [...actions, ...stepsAfterTransfer(after, ended, transferSeconds)] };
};
