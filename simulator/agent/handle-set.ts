import type {
  UspErrorParamError,
  UspSetRespUpdatedObjectResult,
  UspSetUpdateObject,
} from '../../proto/generated/messages';
import { DEVICE_INFO, FIRMWARE_IMAGES } from './data-model';
import { ERR, type Problem, errorMsg } from './errors';
import { formatValue } from './param-values';
import { resolveObjects } from './resolve';
import { supportedObject } from './supported-model';
import type { AgentState, HandlerResult, Params, Request } from './types';
import { type ParamError, responseParam, errorMessageParam, writeParams } from './write-params';

type Updated = { readonly state: AgentState; readonly result: UspSetRespUpdatedObjectResult } | Refused;

interface Refused {
  readonly failure: Problem;
  readonly instances: readonly { readonly path: string; readonly errors: readonly ParamError[] }[];
  /** Whether the path matches more than one object. */
  readonly several: boolean;
}

/** Checks across objects: the boot image must exist, keys must stay unique. */
const conflicts = (state: AgentState, path: string, values: Params): ParamError[] => {
  const bank = values['BootFirmwareImage'];
  if (path === DEVICE_INFO && bank !== undefined && !state.images.some((_, i) => bank === `${FIRMWARE_IMAGES}${i + 1}`))
    return [
      {
        param: 'BootFirmwareImage',
        errCode: ERR.invalidValue,
        errMsg: `${bank} is not a firmware image`,
        required: true,
      },
    ];
  const table = path.replace(/\d+\.$/, '');
  const keys = supportedObject(path)?.uniqueKeys ?? [];
  const row = state.rows.find((one) => one.path === path);
  return keys.flatMap((set) => {
    const changed = set.find((key) => key in values);
    const value = (key: string) => values[key] ?? row?.params[key];
    const same = state.rows.find(
      (other) =>
        other.path !== path && other.path.startsWith(table) && set.every((key) => other.params[key] === value(key)),
    );
    if (changed === undefined || !row || !same) return [];
    return [{ param: changed, errCode: ERR.duplicateKey, errMsg: `${same.path} already has this key`, required: true }];
  });
};

const store = (state: AgentState, path: string, values: Params): AgentState => {
  const { BootFirmwareImage: bank, ...others } = values;
  if (state.rows.some((row) => row.path === path))
    return {
      ...state,
      rows: state.rows.map((row) => (row.path === path ? { path, params: { ...row.params, ...values } } : row)),
    };
  return {
    ...state,
    ...(bank !== undefined && { bootImage: Number(bank.split('.').at(-1)) }),
    settings: { ...state.settings, [path]: { ...state.settings[path], ...others } },
  };
};

/** Updates all objects of one obj_path or none (R-SET.2a). */
const update = (state: AgentState, { objPath = '', paramSettings = [] }: UspSetUpdateObject, now: number): Updated => {
  const resolved = resolveObjects(state, objPath, now);
  if ('errCode' in resolved) return { failure: resolved, instances: [], several: false };
  if (resolved.exact.length === 0 && !resolved.isSearch)
    return {
      failure: { errCode: ERR.invalidPath, errMsg: `${objPath}: a table, not its rows` },
      instances: [],
      several: false,
    };
  const instances = resolved.exact.map(({ path }) => {
    const object = supportedObject(path);
    const written = object ? writeParams(object, paramSettings) : { values: {}, errors: [] };
    return { path, values: written.values, errors: [...written.errors, ...conflicts(state, path, written.values)] };
  });
  const failed = instances.filter(({ errors }) => errors.some(({ required }) => required));
  if (failed.length > 0)
    return {
      failure: { errCode: ERR.requiredParameterFailed, errMsg: `${objPath}: a required parameter cannot be set` },
      instances: failed,
      several: instances.length > 1,
    };
  const { profile } = state.config;
  return {
    state: instances.reduce((next, { path, values }) => store(next, path, values), state),
    result: {
      requestedPath: objPath,
      operStatus: {
        operSuccess: {
          updatedInstResults: instances.map(({ path, values, errors }) => ({
            affectedPath: path,
            ...(errors.length > 0 && { paramErrs: errors.map(responseParam) }),
            updatedParams: Object.fromEntries(
              Object.entries(values).map(([param, value]) => [
                param,
                formatValue(profile, supportedObject(path)?.params[param], value),
              ]),
            ),
          })),
        },
      },
    },
  };
};

const paramErrsOf = ({ instances }: Refused): UspErrorParamError[] =>
  instances.flatMap(({ path, errors }) => errors.map((error) => errorMessageParam(path, error)));

/** Set: writes parameters. Without allow_partial, one failure fails the request (R-SET.1). */
export const handleSet = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { updateObjs = [], allowPartial = false } = msg.body?.request?.set ?? {};
  let next = state;
  const results: UspSetRespUpdatedObjectResult[] = [];
  for (const object of updateObjs) {
    const updated = update(next, object, now);
    if ('state' in updated) {
      next = updated.state;
      results.push(updated.result);
      continue;
    }
    const { failure, instances } = updated;
    // A search that matches several objects gets a SetResp that lists the failed ones (R-SET.2a).
    if (!allowPartial && !(updated.several && updateObjs.length === 1))
      return { state, answer: errorMsg(msg, failure.errCode, failure.errMsg, paramErrsOf(updated)) };
    results.push({
      requestedPath: object.objPath ?? '',
      operStatus: {
        operFailure: {
          ...failure,
          updatedInstFailures: instances.map(({ path, errors }) => ({
            affectedPath: path,
            paramErrs: errors.map(responseParam),
          })),
        },
      },
    });
  }
  return {
    state: next,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'SET_RESP' },
      body: { response: { setResp: { updatedObjResults: results } } },
    },
  };
};
