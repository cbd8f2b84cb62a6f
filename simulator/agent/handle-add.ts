import type {
  UspAddCreateObject,
  UspAddRespCreatedObjectResult,
  UspErrorParamError,
} from '../../proto/generated/messages';
import {
  BOOT_PARAMETERS,
  CONTROLLER,
  SUBSCRIPTIONS,
  initialParams,
  instanceNumber,
  rowsOf,
  uniqueKeysOf,
} from './data-model';
import { ERR, type Problem, errorMsg } from './errors';
import type { AgentConfig } from './config';
import { deviceTime } from './date-time';
import { resolveObjects } from './resolve';
import { supportedRow } from './supported-model';
import type { AgentState, HandlerResult, Params, Request } from './types';
import { responseParam, errorMessageParam, writeParams } from './write-params';

interface Refusal extends Problem {
  readonly paramErrs?: readonly UspErrorParamError[];
}

type Created =
  | { readonly state: AgentState; readonly result: UspAddRespCreatedObjectResult }
  | { readonly refusal: Refusal };

/** `…Controller.[EndpointID=="x"].BootParameter.` → that table of each controller the search matches. */
const tablesOf = (state: AgentState, objPath: string, now: number): readonly string[] | Problem => {
  const [, parentPath = '', name = ''] = /^(.*\.)?([^.[\]]+\.)$/.exec(objPath) ?? [];
  const parents = resolveObjects(state, parentPath, now);
  if ('errCode' in parents) return parents;
  const tables = parents.exact.map(({ path }) => `${path}${name}`);
  const [table] = tables;
  if (table === undefined) return { errCode: ERR.objectDoesNotExist, errMsg: `${objPath}: matches no object` };
  const row = supportedRow(table);
  if (!row) {
    const resolved = resolveObjects(state, objPath, now);
    return 'errCode' in resolved ? resolved : { errCode: ERR.notATable, errMsg: `${objPath}: not a table` };
  }
  return row.creatable === true
    ? tables
    : { errCode: ERR.notCreatable, errMsg: `${objPath}: controllers cannot add rows here` };
};

/** Values that the agent assigns (R-ADD.5). */
const assigned = (config: AgentConfig, table: string, row: number, now: number): Params => ({
  Alias: `cpe-${row}`,
  ...(table === SUBSCRIPTIONS && {
    ID: `cpe-${row}`,
    Recipient: CONTROLLER.slice(0, -1),
    CreationDate: deviceTime(config, now),
  }),
});

const create = (state: AgentState, table: string, object: UspAddCreateObject, now: number): Created => {
  const { objPath = '', paramSettings = [] } = object;
  const supported = supportedRow(table);
  const { values, errors } = supported ? writeParams(supported, paramSettings) : { values: {}, errors: [] };
  if (errors.some(({ required }) => required)) {
    const errMsg = `${objPath}: ${errors.map(({ param }) => param).join(', ')} cannot be set`;
    return {
      refusal: {
        errCode: ERR.requiredParameterFailed,
        errMsg,
        paramErrs: errors.map((error) => errorMessageParam(objPath, error)),
      },
    };
  }
  const rows = rowsOf(state, table);
  const number = Math.max(state.lastRows[table] ?? 0, ...rows.map(({ path }) => instanceNumber(path))) + 1;
  const params = { ...initialParams(table), ...assigned(state.config, table, number, now), ...values };
  if (table === BOOT_PARAMETERS && params['ParameterName'] === '')
    return { refusal: { errCode: ERR.invalidArguments, errMsg: `${objPath}: ParameterName is required` } };

  const isRepeatable = table === BOOT_PARAMETERS && state.config.profile.repeatsBootParameters;
  const same = rows.find(
    (row) =>
      !isRepeatable && supported?.uniqueKeys?.some((keys) => keys.every((key) => row.params[key] === params[key])),
  );
  if (same && state.config.profile.needsSubscriptions)
    return { refusal: { errCode: ERR.duplicateKey, errMsg: `${objPath}: ${same.path} already has these keys` } };
  // Profiles that need no subscriptions accept a repeated Add.
  const row = {
    path: same?.path ?? `${table}${number}.`,
    params: { ...params, ...(same && { Alias: same.params['Alias'] ?? '' }) },
  };
  return {
    state: {
      ...state,
      rows: [...state.rows.filter((other) => other !== same), row],
      lastRows: { ...state.lastRows, [table]: Math.max(number - (same ? 1 : 0), state.lastRows[table] ?? 0) },
    },
    result: {
      requestedPath: objPath,
      operStatus: {
        operSuccess: {
          instantiatedPath: row.path,
          uniqueKeys: uniqueKeysOf(row),
          ...(errors.length > 0 && { paramErrs: errors.map(responseParam) }),
        },
      },
    },
  };
};

/** Add: creates rows. Without allow_partial, one failure fails the request (R-ADD.1). */
export const handleAdd = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { createObjs = [], allowPartial = false } = msg.body?.request?.add ?? {};
  let next = state;
  const results: UspAddRespCreatedObjectResult[] = [];
  for (const object of createObjs) {
    const tables = tablesOf(next, object.objPath ?? '', now);
    const created: Created[] = [];
    if ('errCode' in tables) created.push({ refusal: tables });
    else
      for (const table of tables) {
        const one = create(next, table, object, now);
        if ('state' in one) next = one.state;
        created.push(one);
      }
    for (const one of created) {
      if ('result' in one) results.push(one.result);
      else if (!allowPartial)
        return { state, answer: errorMsg(msg, one.refusal.errCode, one.refusal.errMsg, one.refusal.paramErrs) };
      else {
        const { errCode, errMsg } = one.refusal;
        results.push({ requestedPath: object.objPath ?? '', operStatus: { operFailure: { errCode, errMsg } } });
      }
    }
  }
  return {
    state: next,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'ADD_RESP' },
      body: { response: { addResp: { createdObjResults: results } } },
    },
  };
};
