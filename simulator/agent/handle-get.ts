import type { UspGetRespRequestedPathResult } from '../../proto/generated/messages';
import { resolveObjects } from './data-model';
import { ERR, errorMsg } from './errors';
import type { AgentState, Handled, Request } from './types';

const failed = (requestedPath: string, errCode: number, errMsg: string): UspGetRespRequestedPathResult => ({
  requestedPath,
  errCode,
  errMsg,
});

/** One path of a Get: an object path ends in a dot, a parameter path does not (TR-369, "The Get Message"). */
const getPath = (state: AgentState, requestedPath: string): UspGetRespRequestedPathResult => {
  const dot = requestedPath.lastIndexOf('.');
  const param = requestedPath.slice(dot + 1);
  const resolved = resolveObjects(state, requestedPath.slice(0, dot + 1));
  if ('problem' in resolved) {
    const code = resolved.problem === 'invalid path' ? ERR.invalidPath : ERR.objectDoesNotExist;
    return failed(requestedPath, code, `${requestedPath}: ${resolved.problem}`);
  }
  if (param === '') {
    const results = resolved.below.map(({ path, params }) => ({ resolvedPath: path, resultParams: { ...params } }));
    return results.length > 0 ? { requestedPath, resolvedPathResults: results } : { requestedPath };
  }
  const results = resolved.exact.flatMap(({ path, params }) => {
    const value = params[param];
    return value === undefined ? [] : [{ resolvedPath: path, resultParams: { [param]: value } }];
  });
  if (results.length === 0 && resolved.exact.length > 0)
    return failed(requestedPath, ERR.invalidPath, `${requestedPath}: no such parameter`);
  return results.length > 0 ? { requestedPath, resolvedPathResults: results } : { requestedPath };
};

/** Get: the current values of parameters. */
export const handleGet = (state: AgentState, { msg }: Request): Handled => {
  const paths = msg.body?.request?.get?.paramPaths ?? [];
  if (paths.length === 0) return { state, answer: errorMsg(msg, ERR.invalidArguments, 'Get names no path') };
  return {
    state,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'GET_RESP' },
      body: { response: { getResp: { reqPathResults: paths.map((path) => getPath(state, path)) } } },
    },
  };
};
