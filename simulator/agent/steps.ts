import { reboot, tellBoot } from './boot';
import { NO_CHANGES } from './changes';
import { whatFollows } from './commands/download';
import { softwareVersion } from './data-model';
import { ERR } from './errors';
import { operationComplete, transferCompleteEvent } from './notifications';
import { installed, withImage } from './images';
import { repeat } from './repeats';
import type { AgentState, Boot, Command, CommandProgress, Download, Step, TransferFailure, Transition } from './types';

const withPhase = (state: AgentState, { request }: Command, phase: CommandProgress['phase'] | 'over'): AgentState => ({
  ...state,
  commands: state.commands.flatMap((progress) => {
    if (progress.command.request !== request) return [progress];
    return phase === 'over' ? [] : [{ ...progress, phase }];
  }),
});

const isDownload = (command: Command): command is Download => command.name === 'Download()';

const transferComplete = (state: AgentState, now: number, download: Download): Transition => {
  // A bank that got no firmware is free again, for a controller that retries at once.
  const after = download.failure
    ? withImage(withPhase(state, download, 'failed'), download.image, { status: download.failure.status })
    : installed(state, download);
  return transferCompleteEvent(after, now, download);
};

const complete = (state: AgentState, now: number, command: Command): Transition => {
  const failure = isDownload(command) ? command.failure : undefined;
  const bootFollows = command.activates && !failure;
  const after = withPhase(state, command, bootFollows ? 'told' : 'over');
  if (!failure) return operationComplete(after, now, command, undefined);
  const told = operationComplete(after, now, command, { errCode: ERR.commandFailure, errMsg: failure.faultString });
  const event = { kind: 'upgrade-failed', detail: failure.faultString, version: softwareVersion(after) } as const;
  return { state: told.state, actions: [...told.actions, { kind: 'report', event }] };
};

/** Boots the image of a command. */
const activate = (state: AgentState, now: number, command: Command): Transition => {
  // Whatever the order of the delays, what boots has been downloaded.
  const filled = isDownload(command) ? installed(state, command) : state;
  const { commandKey } = command;
  // A real reboot ends all commands by itself, and this one early if its end has not been told.
  const ending = state.config.profile.realReboot ? filled : withPhase(filled, command, 'over');
  return reboot({ ...ending, bootImage: command.image }, now, {
    commandKey,
    cause: 'RemoteReboot',
    reason: 'FirmwareUpgrade',
  });
};

/** A reboot ends the commands of before; the reference's, which is none, does not. */
const isOver = ({ config, boots }: AgentState, asked: { readonly boots: number }) =>
  config.profile.realReboot && asked.boots !== boots;

const FIRST_BOOT: Boot = {
  // Not empty, as in the reference: an empty key would mean the operation that runs.
  commandKey: 'FirstBoot',
  cause: 'LocalReboot',
  reason: 'FirstBoot',
  firmwareUpdated: false,
  interrupted: [],
  changes: NO_CHANGES,
};

/** What the agent does when a delay is over. */
export const takeStep = (state: AgentState, now: number, step: Step): Transition => {
  if ('command' in step && isOver(state, step.command)) return { state, actions: [] };
  switch (step.kind) {
    case 'first-boot':
      // A device that was rebooted in the meantime has told a later boot.
      return isOver(state, { boots: 0 }) ? { state, actions: [] } : tellBoot(state, now, FIRST_BOOT);
    case 'transfer-complete':
      return transferComplete(state, now, step.command);
    case 'operation-complete':
      return complete(state, now, step.command);
    case 'activate':
      return activate(state, now, step.command);
    case 'reboot':
      return isOver(state, step) ? { state, actions: [] } : reboot(state, now, step.cause);
    case 'repeat':
      return repeat(state, now, step.msgId);
  }
};

/** A real download has come to its end: what else follows takes as long as after any. */
export const downloaded = (
  state: AgentState,
  now: number,
  command: Download,
  failure: TransferFailure | undefined,
): Transition => {
  if (isOver(state, command)) return { state, actions: [] };
  const ended = failure ? { ...command, failure } : command;
  const told = transferComplete(state, now, ended);
  const { transferSeconds } = state.config.timings;
  return { state: told.state, actions: [...told.actions, ...whatFollows(told.state, ended, transferSeconds)] };
};
