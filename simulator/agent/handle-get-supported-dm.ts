import type {
  UspGetSupportedDM,
  UspGetSupportedDMRespRequestedObjectResult,
  UspGetSupportedDMRespSupportedObjectResult,
  UspGetSupportedDMRespSupportedParamResult,
} from '../../proto/generated/messages';
import { ERR } from './errors';
import { resolveObjects } from './resolve';
import { SUPPORTED_MODEL, type SupportedObject, type SupportedParam, genericPath } from './supported-model';
import type { AgentState, HandlerResult, Request } from './types';

const DATA_MODEL = 'urn:broadband-forum-org:tr-181-2-12-0';

const VALUE_TYPES = {
  boolean: 'PARAM_BOOLEAN',
  dateTime: 'PARAM_DATE_TIME',
  string: 'PARAM_STRING',
  unsignedInt: 'PARAM_UNSIGNED_INT',
} as const satisfies {
  readonly [type in SupportedParam['type']]: UspGetSupportedDMRespSupportedParamResult['valueType'];
};

/** These change constantly, so they cause no ValueChange. */
const COUNTERS = ['UpTime'];

type Details = Pick<UspGetSupportedDM, 'returnCommands' | 'returnEvents' | 'returnParams' | 'returnUniqueKeySets'>;

const describeObject = (
  { path, params, commands = {}, events = {}, creatable = false, uniqueKeys = [] }: SupportedObject,
  details: Details,
): UspGetSupportedDMRespSupportedObjectResult => ({
  supportedObjPath: path,
  access: creatable ? 'OBJ_ADD_DELETE' : 'OBJ_READ_ONLY',
  isMultiInstance: path.endsWith('{i}.'),
  ...(details.returnCommands === true && {
    supportedCommands: Object.entries(commands).map(([commandName, { type, inputArgs }]) => ({
      commandName,
      inputArgNames: [...inputArgs],
      commandType: type === 'sync' ? ('CMD_SYNC' as const) : ('CMD_ASYNC' as const),
    })),
  }),
  ...(details.returnEvents === true && {
    supportedEvents: Object.entries(events).map(([eventName, args]) => ({ eventName, argNames: [...args] })),
  }),
  ...(details.returnParams === true && {
    supportedParams: Object.entries(params).map(([paramName, { type, writable }]) => ({
      paramName,
      access: writable ? ('PARAM_READ_WRITE' as const) : ('PARAM_READ_ONLY' as const),
      valueType: VALUE_TYPES[type],
      valueChange: COUNTERS.includes(paramName)
        ? ('VALUE_CHANGE_WILL_IGNORE' as const)
        : ('VALUE_CHANGE_ALLOWED' as const),
    })),
  }),
  ...(details.returnUniqueKeySets === true && {
    uniqueKeySets: uniqueKeys.map((keyNames) => ({ keyNames: [...keyNames] })),
  }),
});

/** Depth of a path; a table and its rows count as one level. */
const depth = (path: string) => path.replaceAll('{i}.', '').split('.').length;

const supported = (
  state: AgentState,
  reqObjPath: string,
  firstLevelOnly: boolean,
  details: Details,
  now: number,
): UspGetSupportedDMRespRequestedObjectResult => {
  // Accepts paths of the Supported and the Instantiated Data Model, with or without the last `{i}.`.
  const path = genericPath(reqObjPath);
  const root = SUPPORTED_MODEL.find((object) => object.path === path || object.path === `${path}{i}.`);
  if (!root) return { reqObjPath, errCode: ERR.invalidPath, errMsg: `${reqObjPath}: this agent has no such object` };
  const resolved = reqObjPath.includes('{i}') ? undefined : resolveObjects(state, reqObjPath, now);
  if (resolved && 'errCode' in resolved) return { reqObjPath, errCode: resolved.errCode, errMsg: resolved.errMsg };
  const objects = SUPPORTED_MODEL.filter((object) => object.path.startsWith(root.path));
  const withinDepth = objects.filter((object) => depth(object.path) <= depth(root.path) + 1);
  return {
    reqObjPath,
    dataModelInstUri: DATA_MODEL,
    supportedObjs: firstLevelOnly
      ? withinDepth.map((object) => describeObject(object, object === root ? details : {}))
      : objects.map((object) => describeObject(object, details)),
  };
};

/** GetSupportedDM: the Supported Data Model, whether instantiated or not. */
export const handleGetSupportedDm = (state: AgentState, { msg, now }: Request): HandlerResult => {
  const { objPaths = [], firstLevelOnly = false, ...details } = msg.body?.request?.getSupportedDm ?? {};
  return {
    state,
    answer: {
      header: { msgId: msg.header?.msgId ?? '', msgType: 'GET_SUPPORTED_DM_RESP' },
      body: {
        response: {
          getSupportedDmResp: {
            reqObjResults: objPaths.map((path) => supported(state, path, firstLevelOnly, details, now)),
          },
        },
      },
    },
  };
};
