import type { UspDeleteRespDeletedObjectResult } from '../../proto/generated/messages';
import { ERR, type Problem, errorMsg } from './errors';
import { resolveObjects } from './resolve';
import { supportedObject } from './supported-model';
import type { AgentState, HandlerResult, Request } from './types';

/** The rows that a path deletes. Matching none is a success (R-DEL.2a). */
const deletable = (state: AgentState, path: string, now: number): readonly string[] | Problem => {
  const resolved = resolveObjects(state, path, now);
  if ('errCode' in resolved) return resolved.errCode === ERR.objectDoesNotExist ? [] : resolved;
  const paths = resolved.exact.map((object) => object.path);
  if (paths.length === 0 && !resolved.isSearch)
    return { errCode: ERR.invalidPath, errMsg: `${path}: a table, not its rows` };
  const kept = paths.find((one) => supportedObject(one)?.creatable !== true);
  return kept === undefined ? paths : { errCode: ERR.deleteFailure, errMsg: `${kept}: controllers cannot delete this` };
};

/** Delete: removes rows. Without allow_partial, one failure fails the request (R-DEL.1). */
export const handleDelete = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { objPaths = [], allowPartial = false } = msg.body?.request?.delete ?? {};
  let next = state;
  const results: UspDeleteRespDeletedObjectResult[] = [];
  for (const requestedPath of objPaths) {
    const paths = deletable(next, requestedPath, now);
    if ('errCode' in paths) {
      const { errCode, errMsg } = paths;
      if (!allowPartial)
        return { state, answer: errorMsg(msg, errCode, errMsg, [{ paramPath: requestedPath, errCode, errMsg }]) };
      results.push({ requestedPath, operStatus: { operFailure: { errCode, errMsg } } });
      continue;
    }
    next = { ...next, rows: next.rows.filter(({ path }) => !paths.includes(path)) };
    results.push({ requestedPath, operStatus: { operSuccess: { affectedPaths: [...paths] } } });
  }
  return {
    state: next,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'DELETE_RESP' },
      body: { response: { deleteResp: { deletedObjResults: results } } },
    },
  };
};
