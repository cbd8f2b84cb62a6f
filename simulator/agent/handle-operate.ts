import type { UspOperateRespOperationResult } from '../../proto/generated/messages';
import { FIRMWARE_IMAGES, REQUESTS, resolveObjects } from './data-model';
import { ERR, errorMsg } from './errors';
import { reboots } from './steps';
import type { AgentState, Download, Fault, Handled, Request } from './types';

const DOWNLOAD = 'Download()';

const respond = ({ msg }: Request, state: AgentState, results: UspOperateRespOperationResult[]): Handled => {
  // Without send_resp the controller wants no answer (TR-369, "The Operate Message").
  if (!msg.body?.request?.operate?.sendResp) return { state };
  return {
    state,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'OPERATE_RESP' },
      body: { response: { operateResp: { operationResults: results } } },
    },
  };
};

/** The reference chose the fault by the URL. */
const faultOfUrl = (url: string): Fault =>
  url.includes('404') ? 'download' : url.includes('boot_error') ? 'boot' : 'none';

/** Operate: starts Download() of a firmware image; its end is told by notifications. */
export const handleOperate = (state: AgentState, request: Request): Handled => {
  const { command = '', commandKey = '', inputArgs = {} } = request.msg.body?.request?.operate ?? {};
  const objPath = command.slice(0, -DOWNLOAD.length);
  if (!command.endsWith(DOWNLOAD) || !objPath.startsWith(FIRMWARE_IMAGES))
    return { state, answer: errorMsg(request.msg, ERR.invalidPath, `${command}: no such command`) };
  const images = resolveObjects(state, objPath);
  if ('problem' in images) {
    const code = images.problem === 'invalid path' ? ERR.invalidPath : ERR.objectDoesNotExist;
    return { state, answer: errorMsg(request.msg, code, `${objPath}: ${images.problem}`) };
  }
  const image = images.exact[0];
  if (!image) return respond(request, state, []);

  const executedCommand = `${image.path}${DOWNLOAD}`;
  const refuse = (errCode: number, errMsg: string) =>
    respond(request, state, [{ executedCommand, cmdFailure: { errCode, errMsg } }]);
  const { URL: url = '', AutoActivate: autoActivate = 'false' } = inputArgs;
  if (url === '') return refuse(ERR.invalidArguments, 'URL is required');
  if (state.download)
    return refuse(ERR.resourcesExceeded, `a download is running, command key ${state.download.commandKey}`);
  if (image.params['Status'] === 'Active') return refuse(ERR.invalidArguments, `${image.path} is the image that runs`);

  const { timings, fault } = state.config;
  const download: Download = {
    request: state.requests + 1,
    command: executedCommand,
    commandKey,
    requestor: request.record.fromId ?? '',
    url,
    version: url.slice(url.lastIndexOf('/') + 1),
    autoActivate: autoActivate === 'true' || autoActivate === '1',
    image: Number(image.path.split('.').at(-2)),
    fault: fault === 'none' ? faultOfUrl(url) : fault,
    startedAt: request.now,
  };
  const started = { ...state, download, requests: download.request };
  return {
    ...respond(request, started, [{ executedCommand, reqObjPath: `${REQUESTS}${download.request}` }]),
    actions: [
      { kind: 'schedule', step: { kind: 'transfer-complete', download }, seconds: timings.transferSeconds },
      { kind: 'schedule', step: { kind: 'operation-complete', download }, seconds: timings.operationSeconds },
      ...(reboots(download)
        ? [{ kind: 'schedule', step: { kind: 'reboot', download }, seconds: timings.rebootSeconds } as const]
        : []),
    ],
  };
};
