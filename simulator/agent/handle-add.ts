import type { UspAddCreateObject, UspAddRespCreatedObjectResult } from '../../proto/generated/messages';
import { BOOT_PARAMETERS, SUBSCRIPTIONS, resolveObjects } from './data-model';
import { ERR, errorMsg } from './errors';
import type { AgentState, Handled, Request } from './types';

/** Tables that a controller may add to, and the parameter that makes a row unique. */
const KEYS: { readonly [table: string]: string } = { [SUBSCRIPTIONS]: 'ID', [BOOT_PARAMETERS]: 'ParameterName' };

/** `…Controller.[EndpointID=="x"].BootParameter.` → `…Controller.1.BootParameter.` */
const tableOf = (state: AgentState, objPath: string): string | undefined => {
  if (objPath in KEYS) return objPath;
  const parent = objPath.replace(/BootParameter\.$/, '');
  const resolved = parent === objPath ? { problem: 'invalid path' } : resolveObjects(state, parent);
  return 'exact' in resolved && resolved.exact.length === 1 ? BOOT_PARAMETERS : undefined;
};

const rowNumber = (path: string) => Number(path.split('.').at(-2));

interface Created {
  readonly state: AgentState;
  readonly result?: UspAddRespCreatedObjectResult;
  readonly problem?: { readonly errCode: number; readonly errMsg: string };
}

const create = (state: AgentState, { objPath = '', paramSettings = [] }: UspAddCreateObject): Created => {
  const table = tableOf(state, objPath);
  const key = table === undefined ? undefined : KEYS[table];
  if (table === undefined || key === undefined)
    return { state, problem: { errCode: ERR.invalidPath, errMsg: `${objPath}: cannot add objects here` } };
  const params = Object.fromEntries(paramSettings.map(({ param = '', value = '' }) => [param, value]));
  const id = params[key];
  if (id === undefined || id === '')
    return { state, problem: { errCode: ERR.invalidArguments, errMsg: `${objPath}: ${key} is required` } };
  const rows = state.added.filter(({ path }) => path.startsWith(table));
  const known = rows.find((row) => row.params[key] === id);
  // A row that is there already is taken as created, so that a controller may repeat its set-up.
  const path = known?.path ?? `${table}${Math.max(0, ...rows.map((row) => rowNumber(row.path))) + 1}.`;
  return {
    state: { ...state, added: [...state.added.filter((row) => row !== known), { path, params }] },
    result: {
      requestedPath: objPath,
      operStatus: { operSuccess: { instantiatedPath: path, uniqueKeys: { [key]: id } } },
    },
  };
};

/** Add: subscriptions and boot parameters. Without allow_partial, one refused object refuses all (TR-369, "The Add Message"). */
export const handleAdd = (state: AgentState, { msg }: Request): Handled => {
  const { createObjs = [], allowPartial = false } = msg.body?.request?.add ?? {};
  let next = state;
  const results: UspAddRespCreatedObjectResult[] = [];
  for (const object of createObjs) {
    const created = create(next, object);
    if (created.problem && !allowPartial)
      return { state, answer: errorMsg(msg, created.problem.errCode, created.problem.errMsg) };
    next = created.state;
    results.push(
      created.result ?? { requestedPath: object.objPath ?? '', operStatus: { operFailure: created.problem ?? {} } },
    );
  }
  return {
    state: next,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'ADD_RESP' },
      body: { response: { addResp: { createdObjResults: results } } },
    },
  };
};
