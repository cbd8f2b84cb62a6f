import * as v from 'valibot';

/** Maps of a message: their keys are data, not field names. */
const MAPS = new Set(['params', 'inputArgs', 'outputArgs', 'resultParams', 'uniqueKeys', 'updatedParams']);

/** Records of a device are nested less deep than this; deeper ones are refused before they are walked. */
const MAX_DEPTH = 32;

/**
 * AWS IoT does not document the JSON of a decoded protobuf message. Evidence points to canonical proto3 JSON (lowerCamelCase),
 * one AWS example shows snake_case: this is the one place that reads both.
 */
export const camelCased = (value: unknown, depth = 0): unknown => {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => camelCased(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [name, MAPS.has(name) ? inner : camelCased(inner, depth + 1)];
    }),
  );
};

/**
 * Texts of a device end up in keys and items of DynamoDB, in messages and in logs, so each is bounded; a message with a longer one
 * is not used. 255 characters of four bytes fit into a sort key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const KEY_LENGTH = 255;
const TEXT_LENGTH = 4096;
/** An error text is cut instead. */
const ERROR_LENGTH = 1024;

/** proto3 JSON omits fields that hold their default. */
const text = v.optional(v.pipe(v.string(), v.maxLength(TEXT_LENGTH)), '');
const id = v.pipe(v.string(), v.maxLength(KEY_LENGTH));
const key = v.optional(id, '');
const code = v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(String), v.maxLength(KEY_LENGTH)), '0');
const errorText = v.optional(
  v.pipe(
    v.string(),
    v.transform((long) =>
      Array.from(long.slice(0, 2 * ERROR_LENGTH))
        .slice(0, ERROR_LENGTH)
        .join(''),
    ),
  ),
  '',
);
const failure = v.object({ errCode: code, errMsg: errorText });
const present = v.optional(v.unknown());
const texts = v.optional(v.record(v.string(), v.string()), {});

/** Agents write booleans as words and as digits. */
export const isTrue = (value: string): boolean => value === 'true' || value === '1';

/** A firmware version. */
export const versionText = id;

/** Arguments of events, as far as they are used (TR-181, Device.LocalAgent.TransferComplete! and Device.Boot!). */
export const transferCompleteSchema = v.object({
  CommandKey: key,
  FaultCode: v.optional(id, '0'),
  FaultString: errorText,
});
export const bootSchema = v.object({ CommandKey: key, FirmwareUpdated: key, ParameterMap: v.optional(v.string(), '') });

export type Failure = v.InferOutput<typeof failure>;

/** What the device message rule hands over. */
export const eventSchema = v.object({
  thingName: v.pipe(v.string(), v.nonEmpty()),
  topic: text,
  record: v.object({
    version: text,
    toId: text,
    fromId: v.pipe(id, v.nonEmpty()),
    mqttConnect: v.optional(
      v.object({ version: v.optional(v.picklist(['V3_1_1', 'V5']), 'V3_1_1'), subscribedTopic: key }),
    ),
    noSessionContext: present,
    sessionContext: present,
    websocketConnect: present,
    stompConnect: present,
    udsConnect: present,
    disconnect: present,
  }),
  payload: present,
});

const notifySchema = v.object({
  subscriptionId: text,
  sendResp: v.optional(v.boolean(), false),
  event: v.optional(v.object({ objPath: text, eventName: text, params: texts })),
  operComplete: v.optional(
    v.object({ objPath: text, commandName: text, commandKey: key, cmdFailure: v.optional(failure) }),
  ),
  valueChange: v.optional(v.object({ paramPath: text, paramValue: text })),
  onBoardReq: present,
});

const getRespSchema = v.object({
  reqPathResults: v.optional(
    v.array(
      v.object({
        errCode: code,
        resolvedPathResults: v.optional(v.array(v.object({ resolvedPath: text, resultParams: texts })), []),
      }),
    ),
    [],
  ),
});

const addRespSchema = v.object({
  createdObjResults: v.optional(
    v.array(
      v.object({
        requestedPath: text,
        operStatus: v.optional(v.object({ operFailure: v.optional(failure), operSuccess: present }), {}),
      }),
    ),
    [],
  ),
});

const operateRespSchema = v.object({
  operationResults: v.optional(
    v.array(
      v.object({
        executedCommand: text,
        reqObjPath: v.optional(v.string()),
        reqOutputArgs: present,
        cmdFailure: v.optional(failure),
      }),
    ),
    [],
  ),
});

/** A USP message, as far as this controller reads it. */
export const messageSchema = v.object({
  header: v.object({ msgId: v.pipe(id, v.nonEmpty()), msgType: text }),
  body: v.object({
    request: v.optional(v.object({ notify: v.optional(notifySchema) })),
    response: v.optional(
      v.object({
        operateResp: v.optional(operateRespSchema),
        getResp: v.optional(getRespSchema),
        addResp: v.optional(addRespSchema),
        deleteResp: present,
      }),
    ),
    error: v.optional(failure),
  }),
});

export type UspMessage = v.InferOutput<typeof messageSchema>;
export type Notify = v.InferOutput<typeof notifySchema>;
export type OperateResp = v.InferOutput<typeof operateRespSchema>;
export type GetResp = v.InferOutput<typeof getRespSchema>;
export type AddResp = v.InferOutput<typeof addRespSchema>;
