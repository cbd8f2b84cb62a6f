import type { UspGetRespRequestedPathResult } from '../../proto/generated/messages';
import type { DataObject } from './data-model';
import { ERR, errorMsg } from './errors';
import { formatValue } from './param-values';
import { genericPathOf, splitPath } from './paths';
import { resolveObjects } from './resolve';
import { supportedObject } from './supported-model';
import type { AgentState, HandlerResult, Request } from './types';

/** Depth of a path; a table and its rows count as one level. */
const depth = (path: string) => path.split('.').filter((name) => /^\D/.test(name)).length;

/** One path of a Get: an object path ends in a dot, a parameter path does not. */
const getPath = (
  state: AgentState,
  requestedPath: string,
  maxDepth: number,
  now: number,
): UspGetRespRequestedPathResult => {
  const { objPath, name } = splitPath(requestedPath);
  const resolved = resolveObjects(state, objPath, now);
  if ('errCode' in resolved) {
    // For a Get, a path to a missing instance is invalid (R-GET.0).
    const errCode = resolved.errCode === ERR.objectDoesNotExist ? ERR.invalidPath : resolved.errCode;
    return { requestedPath, errCode, errMsg: resolved.errMsg };
  }
  const { profile } = state.config;
  const resultOf = ({ path, params }: DataObject, names: readonly string[]) => ({
    resolvedPath: path,
    resultParams: Object.fromEntries(
      names.map((param) => [param, formatValue(profile, supportedObject(path)?.params[param], params[param] ?? '')]),
    ),
  });
  if (name === '') {
    const names = resolved.segments.filter(({ kind }) => kind === 'name').length;
    const withinDepth = resolved.subtree.filter(
      ({ path, params }) => Object.keys(params).length > 0 && (maxDepth === 0 || depth(path) - names < maxDepth),
    );
    const results = withinDepth.map((object) => resultOf(object, Object.keys(object.params)));
    return results.length > 0 ? { requestedPath, resolvedPathResults: results } : { requestedPath };
  }
  if (!supportedObject(genericPathOf(resolved.segments))?.params[name])
    return { requestedPath, errCode: ERR.invalidPath, errMsg: `${requestedPath}: this agent has no such parameter` };
  return resolved.exact.length > 0
    ? { requestedPath, resolvedPathResults: resolved.exact.map((object) => resultOf(object, [name])) }
    : { requestedPath };
};

/** Get: current parameter values. */
export const handleGet = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { paramPaths = [], maxDepth = 0 } = msg.body?.request?.get ?? {};
  if (paramPaths.length === 0) return { state, answer: errorMsg(msg, ERR.invalidArguments, 'Get has no param_paths') };
  return {
    state,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'GET_RESP' },
      body: {
        response: { getResp: { reqPathResults: paramPaths.map((path) => getPath(state, path, maxDepth, now)) } },
      },
    },
  };
};
