import type { UspOperateRespOperationResult } from '../../proto/generated/messages';
import { runActivate } from './commands/activate';
import type { RunCommand } from './commands/command';
import { runDownload } from './commands/download';
import { runReboot } from './commands/reboot';
import { runSendOnBoardRequest } from './commands/send-on-board-request';
import { ERR, errorMsg } from './errors';
import { faultNamed } from './faults';
import { genericPathOf, splitPath } from './paths';
import { resolveObjects } from './resolve';
import type { Action, AgentState, HandlerResult, Request } from './types';

/** Commands by their path in the Supported Data Model. */
const COMMANDS: { readonly [command: string]: RunCommand } = {
  'Device.Reboot()': runReboot,
  'Device.LocalAgent.Controller.{i}.SendOnBoardRequest()': runSendOnBoardRequest,
  'Device.DeviceInfo.FirmwareImage.{i}.Activate()': runActivate,
  'Device.DeviceInfo.FirmwareImage.{i}.Download()': runDownload,
};

/** Runs a command on each object that the path matches; a search may match none. */
const operate = (state: AgentState, request: Request): HandlerResult => {
  const { msg, now } = request;
  const { command = '', commandKey = '', inputArgs: args = {}, sendResp = false } = msg.body?.request?.operate ?? {};
  const { objPath, name } = splitPath(command);
  const objects = resolveObjects(state, objPath, now);
  if ('errCode' in objects) return { state, answer: errorMsg(msg, objects.errCode, objects.errMsg) };
  const run = COMMANDS[`${genericPathOf(objects.segments)}${name}`];
  if (!run) return { state, answer: errorMsg(msg, ERR.invalidPath, `${command}: this agent has no such command`) };

  let next = state;
  const actions: Action[] = [];
  const operationResults: UspOperateRespOperationResult[] = [];
  for (const object of objects.exact) {
    const answered = run(next, { object, request, commandKey, args });
    next = answered.state;
    actions.push(...(answered.actions ?? []));
    operationResults.push(
      state.config.profile.echoesCommand && !answered.result.cmdFailure
        ? { executedCommand: command, reqOutputArgs: {} }
        : { executedCommand: `${object.path}${name}`, ...answered.result },
    );
  }
  return {
    state: next,
    actions,
    // R-OPR.4: no answer without send_resp.
    ...(sendResp && {
      answer: {
        header: { msgId: msg.header?.msgId ?? '', msgType: 'OPERATE_RESP' as const },
        body: { response: { operateResp: { operationResults } } },
      },
    }),
  };
};

/** Operate, with the faults of what is lost on its way. */
export const handleOperate = (state: AgentState, request: Request): HandlerResult => {
  const { name } = splitPath(request.msg.body?.request?.operate?.command ?? '');
  if (name !== 'Download()') return operate(state, request);
  const { ignoresDownload = false, losesFirst } = faultNamed(state.config.fault);
  const sent = { ...state, downloadsSent: state.downloadsSent + 1 };
  const lost = state.downloadsSent === 0 ? losesFirst : undefined;
  if (ignoresDownload || lost === 'command') return { state: sent };
  const { answer, ...handled } = operate(sent, request);
  return { ...handled, ...(answer && lost !== 'answer' && { answer }) };
};
