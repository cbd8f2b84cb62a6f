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

/** proto3 JSON omits fields that hold their default. */
const text = v.optional(v.string(), '');
const code = v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(String)), '0');
const failure = v.object({ errCode: code, errMsg: text });
const present = v.optional(v.unknown());
const texts = v.optional(v.record(v.string(), v.string()), {});

export type Failure = v.InferOutput<typeof failure>;

/** What the device message rule hands over. */
export const eventSchema = v.object({
  thingName: v.pipe(v.string(), v.nonEmpty()),
  topic: text,
  record: v.object({
    version: text,
    toId: text,
    fromId: v.pipe(v.string(), v.nonEmpty()),
    mqttConnect: v.optional(
      v.object({ version: v.optional(v.picklist(['V3_1_1', 'V5']), 'V3_1_1'), subscribedTopic: text }),
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
    v.object({ objPath: text, commandName: text, commandKey: text, cmdFailure: v.optional(failure) }),
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
  header: v.object({ msgId: v.pipe(v.string(), v.nonEmpty()), msgType: text }),
  body: v.object({
    request: v.optional(v.object({ notify: v.optional(notifySchema) })),
    response: v.optional(
      v.object({
        operateResp: v.optional(operateRespSchema),
        getResp: v.optional(getRespSchema),
        addResp: v.optional(addRespSchema),
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
