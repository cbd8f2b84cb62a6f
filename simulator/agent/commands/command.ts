import type { UspOperateRespOperationResult } from '../../../proto/generated/messages';
import type { DataObject } from '../data-model';
import { REQUESTS, instanceNumber } from '../data-model';
import type { Action, AgentState, Command, Request } from '../types';

/** What a command is asked to do. */
export interface Call {
  readonly object: DataObject;
  readonly request: Request;
  readonly commandKey: string;
  readonly args: { readonly [arg: string]: string };
}

/** What a command answers, without its path, and what it sets off. */
export interface Answered {
  readonly state: AgentState;
  readonly result: Omit<UspOperateRespOperationResult, 'executedCommand'>;
  readonly actions?: readonly Action[];
}

/** A command of an object: starts it, or says why not. */
export type RunCommand = (state: AgentState, call: Call) => Answered;

/** The command cannot be run: a failure of its own, not of the message (R-OPR.1). */
export const refused = (state: AgentState, errCode: number, errMsg: string): Answered => ({
  state,
  result: { cmdFailure: { errCode, errMsg } },
});

/** The parts of an asynchronous command of a firmware image that follow from how it was called. */
export const newCommand = <Name extends Command['name']>(
  state: AgentState,
  name: Name,
  { object, request, commandKey }: Call,
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

/** Answers with the row of Device.LocalAgent.Request. that stands for the command while it runs. */
export const started = (state: AgentState, command: Command, actions: readonly Action[]): Answered => ({
  state: {
    ...state,
    commands: [...state.commands, { command, phase: 'running' }],
    requests: command.request,
  },
  result: { reqObjPath: `${REQUESTS}${command.request}` },
  actions,
});

/** Why no further command may start, or undefined. */
export const busy = ({ commands }: AgentState): string | undefined => {
  const running = commands.find(({ phase }) => phase !== 'failed')?.command;
  return running && `${running.path} is running, command key ${running.commandKey}`;
};
