import type { UspGetInstancesRespRequestedPathResult } from '../../proto/generated/messages';
import { uniqueKeysOf } from './data-model';
import { ERR } from './errors';
import { resolveObjects } from './resolve';
import { supportedRow } from './supported-model';
import type { AgentState, HandlerResult, Request } from './types';
import { genericPathOf } from './paths';

const isRow = (path: string) => /\.\d+\.$/.test(path);

const instancesOf = (
  state: AgentState,
  requestedPath: string,
  firstLevelOnly: boolean,
  now: number,
): UspGetInstancesRespRequestedPathResult => {
  const resolved = resolveObjects(state, requestedPath, now);
  if ('errCode' in resolved) return { requestedPath, errCode: resolved.errCode, errMsg: resolved.errMsg };
  const { subtree, segments } = resolved;
  const isTable = supportedRow(genericPathOf(segments)) !== undefined;
  const last = segments.at(-1);
  // `Table.*.` and `Table.[…].` also match rows; a single object has none.
  if (!isTable && last?.kind === 'name')
    return { requestedPath, errCode: ERR.notATable, errMsg: `${requestedPath}: not a table` };
  const depth = segments.length + (isTable ? 1 : 0);
  const rows = subtree.filter(({ path }) => isRow(path) && (!firstLevelOnly || path.split('.').length - 1 === depth));
  return {
    requestedPath,
    currInsts: rows.map((row) => ({ instantiatedObjPath: row.path, uniqueKeys: uniqueKeysOf(row) })),
  };
};

/** GetInstances: the rows of tables with their unique keys. */
export const handleGetInstances = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { objPaths = [], firstLevelOnly = false } = msg.body?.request?.getInstances ?? {};
  return {
    state,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'GET_INSTANCES_RESP' },
      body: {
        response: {
          getInstancesResp: {
            reqPathResults: objPaths.map((path) => instancesOf(state, path, firstLevelOnly, now)),
          },
        },
      },
    },
  };
};
