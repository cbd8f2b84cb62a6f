import type { UspOperateRespOperationResult } from '../../../proto/generated/messages';
import type { DataObject } from '../data-model';
import { REQUESTS, instanceNumber } from '../data-model';
import type { Action, AgentState, Command, Request } from '../types';

/** One invocation of a command on one object. */
export interface CommandCall {
  readonly object: DataObject;
  readonly request: Request;
  readonly commandKey: string;
  readonly args: { readonly [arg: string]: string };
}

/** The result of a command, without its path, and the actions it starts. */
export interface CommandResult {
  readonly state: AgentState;
  readonly result: Omit<UspOperateRespOperationResult, 'executedCommand'>;
  readonly actions?: readonly Action[];
}

/** Starts a command of an object, or reports why it cannot start. */
export type RunCommand = (state: AgentState, call: CommandCall) => CommandResult;

/** The command fails with cmd_failure; the message itself does not (R-OPR.1). */
export const commandFailed = (state: AgentState, errCode: number, errMsg: string): CommandResult => ({
  state,
  result: { cmdFailure: { errCode, errMsg } },
});

/** The fields common to all asynchronous commands of a firmware image. */
export const newCommand = <Name extends Command['name']>(
  state: AgentState,
  name: Name,
  { object, request, commandKey }: CommandCall,
) => ({
  request: state.requests + 1,
  name,
  path: `${object.path}${name}`,
  commandKey,
  requestor: request.record.fromId ?? '',
  image: instanceNumber(object.path),
  startedAt: request.now,
  boots: state.boots,
});

/** Answers with the Request object that exists while the command runs (R-OPR.2). */
export const started = (state: AgentState, command: Command, actions: readonly Action[]): CommandResult => ({
  state: {
    ...state,
    commands: [...state.commands, { command, phase: 'running' }],
    requests: command.request,
  },
  result: { reqObjPath: `${REQUESTS}${command.request}` },
  actions,
});

/** Why no other command may start now, or undefined. */
export const blockingCommand = ({ commands }: AgentState): string | undefined => {
  const running = commands.find(({ phase }) => phase !== 'failed')?.command;
  return running && `${running.path} is running, command key ${running.commandKey}`;
};
