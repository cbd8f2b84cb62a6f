import * as v from 'valibot';

/** What a device told, in the terms of this domain. */
export type DeviceMessage =
  | { readonly kind: 'connected'; readonly mqttVersion: 'V3_1_1' | 'V5'; readonly subscribedTopic: string }
  | { readonly kind: 'answer'; readonly msgId: string; readonly fault?: Fault }
  | { readonly kind: 'transfer-complete'; readonly operationId: string; readonly fault?: Fault }
  | { readonly kind: 'operation-complete'; readonly operationId: string; readonly fault?: Fault }
  | {
      readonly kind: 'boot';
      /** Empty when the device rebooted of its own accord. */
      readonly operationId: string;
      readonly firmwareUpdated: boolean;
      readonly firmwareVersion?: string;
    }
  | { readonly kind: 'other'; readonly what: string };

export interface Fault {
  readonly faultCode: string;
  readonly faultString: string;
}

/** A Notify that the agent repeats until it is answered. */
export interface NotifyReceipt {
  readonly msgId: string;
  readonly subscriptionId: string;
}

export interface Incoming {
  readonly thingName: string;
  readonly topic: string;
  /** Endpoint id of the agent. */
  readonly fromId: string;
  readonly message: DeviceMessage;
  readonly receipt?: NotifyReceipt;
}

/** A message that cannot be used, and why. Repeating it would not help. */
export class UnusableMessageError extends Error {
  override readonly name = 'UnusableMessageError';
}

const SOFTWARE_VERSION = 'Device.DeviceInfo.SoftwareVersion';

/** Maps of a message: their keys are data, not field names. */
const MAPS = new Set(['params', 'inputArgs', 'outputArgs', 'resultParams', 'uniqueKeys', 'updatedParams']);

/**
 * AWS IoT does not document the JSON of a decoded protobuf message. Evidence says canonical proto3 JSON (lowerCamelCase),
 * one AWS example shows snake_case: this is the one place that reads both.
 */
const camelCased = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [name, MAPS.has(name) ? inner : camelCased(inner)];
    }),
  );
};

/** proto3 JSON omits fields that hold their default. */
const text = v.optional(v.string(), '');
const code = v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(String)), '0');
const failure = v.object({ errCode: code, errMsg: text });
const present = v.optional(v.unknown());

const eventSchema = v.object({
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
    disconnect: present,
  }),
  payload: present,
});

const notifySchema = v.object({
  subscriptionId: text,
  sendResp: v.optional(v.boolean(), false),
  event: v.optional(
    v.object({ objPath: text, eventName: text, params: v.optional(v.record(v.string(), v.string()), {}) }),
  ),
  operComplete: v.optional(
    v.object({ objPath: text, commandName: text, commandKey: text, cmdFailure: v.optional(failure) }),
  ),
});

const messageSchema = v.object({
  header: v.object({ msgId: v.pipe(v.string(), v.nonEmpty()), msgType: text }),
  body: v.object({
    request: v.optional(v.object({ notify: v.optional(notifySchema) })),
    response: v.optional(
      v.object({
        operateResp: v.optional(
          v.object({
            operationResults: v.optional(
              v.array(v.object({ executedCommand: text, cmdFailure: v.optional(failure) })),
              [],
            ),
          }),
        ),
      }),
    ),
    error: v.optional(failure),
  }),
});

const faultOf = (problem: { errCode: string; errMsg: string } | undefined) =>
  problem && { fault: { faultCode: problem.errCode, faultString: problem.errMsg } };

/** The zero result of a search path that matched nothing is an answer without results. */
const NO_RESULT = { errCode: '7016', errMsg: 'The device has no firmware image that the command applies to.' };

const isTrue = (value: string | undefined) => value === 'true' || value === '1';

/** @throws UnusableMessageError */
const versionOf = (parameterMap: string | undefined): { firmwareVersion?: string } => {
  if (parameterMap === undefined || parameterMap === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(parameterMap);
  } catch {
    throw new UnusableMessageError(`Boot! has a ParameterMap that is not JSON: ${parameterMap.slice(0, 200)}`);
  }
  const map = v.safeParse(v.record(v.string(), v.unknown()), parsed);
  if (!map.success) throw new UnusableMessageError('Boot! has a ParameterMap that is not a JSON object');
  const version = map.output[SOFTWARE_VERSION];
  return typeof version === 'string' && version !== '' ? { firmwareVersion: version } : {};
};

const ofEvent = (eventName: string, params: Readonly<Record<string, string>>): DeviceMessage => {
  switch (eventName) {
    case 'TransferComplete!': {
      const { CommandKey = '', FaultCode = '0', FaultString = '' } = params;
      const fault = FaultCode === '0' ? {} : { fault: { faultCode: FaultCode, faultString: FaultString } };
      return { kind: 'transfer-complete', operationId: CommandKey, ...fault };
    }
    case 'Boot!': {
      const firmwareUpdated = isTrue(params['FirmwareUpdated']);
      return {
        kind: 'boot',
        operationId: params['CommandKey'] ?? '',
        firmwareUpdated,
        ...versionOf(params['ParameterMap']),
      };
    }
    default:
      return { kind: 'other', what: `event ${eventName}` };
  }
};

const ofMessage = ({ header, body }: v.InferOutput<typeof messageSchema>): DeviceMessage => {
  const { msgId } = header;
  const notify = body.request?.notify;
  if (notify?.event) return ofEvent(notify.event.eventName, notify.event.params);
  if (notify?.operComplete) {
    const { commandName, commandKey, cmdFailure } = notify.operComplete;
    if (!commandName.endsWith('Download()')) return { kind: 'other', what: `completion of ${commandName}` };
    return { kind: 'operation-complete', operationId: commandKey, ...faultOf(cmdFailure) };
  }
  const operate = body.response?.operateResp;
  if (operate) {
    const [first] = operate.operationResults;
    const started = operate.operationResults.some(({ cmdFailure }) => cmdFailure === undefined);
    return { kind: 'answer', msgId, ...faultOf(started ? undefined : (first?.cmdFailure ?? NO_RESULT)) };
  }
  if (body.error) return { kind: 'answer', msgId, ...faultOf(body.error) };
  return { kind: 'other', what: `message ${header.msgType || 'of unknown type'}` };
};

const issuesOf = (issues: readonly v.BaseIssue<unknown>[]) =>
  issues.map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`).join('; ');

/**
 * Understands what the device message rule hands over: the decoded Record and Msg of a USP agent.
 * @throws UnusableMessageError when it is undecodable, not for this controller, or of a kind that is not used
 */
export const parseIncoming = (event: unknown, controllerId: string): Incoming => {
  const parsed = v.safeParse(eventSchema, camelCased(event));
  if (!parsed.success) throw new UnusableMessageError(`Not a USP record: ${issuesOf(parsed.issues)}`);
  const { thingName, topic, record, payload } = parsed.output;
  if (record.toId !== controllerId)
    throw new UnusableMessageError(`Record is for ${record.toId || 'nobody'}, this controller is ${controllerId}`);
  const base = { thingName, topic, fromId: record.fromId };
  if (record.mqttConnect) {
    const { version, subscribedTopic } = record.mqttConnect;
    return { ...base, message: { kind: 'connected', mqttVersion: version, subscribedTopic } };
  }
  if (record.sessionContext !== undefined)
    throw new UnusableMessageError('Records with session context are not supported');
  if (record.disconnect !== undefined) return { ...base, message: { kind: 'other', what: 'disconnect record' } };
  const message = v.safeParse(messageSchema, payload);
  if (!message.success) throw new UnusableMessageError(`Not a USP message: ${issuesOf(message.issues)}`);
  const notify = message.output.body.request?.notify;
  return {
    ...base,
    message: ofMessage(message.output),
    ...(notify?.sendResp && {
      receipt: { msgId: message.output.header.msgId, subscriptionId: notify.subscriptionId },
    }),
  };
};
