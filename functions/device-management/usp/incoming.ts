import * as v from 'valibot';
import { splitReplyTo } from '../../../proto/topics';
import { type DeviceMessage, type Facts, UnusableMessageError } from '../protocol';
import { readInventory } from './inventory';
import { inventoryAskedAt, isEnsureAll, isEnsureOne, SOFTWARE_VERSION } from './reachability';
import {
  type AddResp,
  camelCased,
  eventSchema,
  type Failure,
  type GetResp,
  messageSchema,
  type Notify,
  type OperateResp,
  type UspMessage,
} from './schemas';

/** A Notify that the agent repeats until it is answered. */
export interface NotifyReceipt {
  readonly msgId: string;
  readonly subscriptionId: string;
}

/** What a record of an agent says. */
export interface AgentRecord {
  readonly thingName: string;
  readonly topic: string;
  /** Endpoint id of the agent. */
  readonly fromId: string;
  readonly message: Understood;
  readonly learnt?: Facts;
  readonly receipt?: NotifyReceipt;
}

/** `refused-all`: the agent did not take all subscriptions in one request; they are to be tried one by one. */
export type Understood =
  | Exclude<DeviceMessage, { kind: 'unreachable' }>
  | { readonly kind: 'refused-all'; readonly msgId: string };

const isTrue = (value: string | undefined) => value === 'true' || value === '1';

const faultOf = (problem: Failure | undefined) =>
  problem && { fault: { faultCode: problem.errCode, faultString: problem.errMsg } };

/** A search path that matched nothing is answered without results. */
const NO_RESULT: Failure = {
  errCode: '7016',
  errMsg: 'The device has no firmware image that the command applies to.',
};

/** TR-369, "Error Codes": invalid arguments (some agents' word for it), and a unique key that exists. */
const THERE_ALREADY = ['7004', '7025'];

/** @throws UnusableMessageError */
const versionIn = (parameterMap: string | undefined): { firmwareVersion?: string } => {
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

const ofEvent = (eventName: string, params: Readonly<Record<string, string>>): Understood => {
  switch (eventName) {
    case 'TransferComplete!': {
      const { CommandKey = '', FaultCode = '0', FaultString = '' } = params;
      const failed = FaultCode !== '0' && FaultCode !== '';
      const fault = failed ? { fault: { faultCode: FaultCode, faultString: FaultString } } : {};
      return { kind: 'transfer-complete', operationId: CommandKey, ...fault };
    }
    case 'Boot!':
      return {
        kind: 'boot',
        operationId: params['CommandKey'] ?? '',
        firmwareUpdated: isTrue(params['FirmwareUpdated']),
        ...versionIn(params['ParameterMap']),
      };
    default:
      return { kind: 'other', what: `event ${eventName}` };
  }
};

const ofNotify = ({ event, operComplete, valueChange, onBoardReq }: Notify): Understood => {
  if (event) return ofEvent(event.eventName, event.params);
  if (operComplete) {
    const { commandName, commandKey: operationId, cmdFailure } = operComplete;
    const command = /(^|\.)Download\(\)$/.test(commandName)
      ? 'download'
      : /(^|\.)Activate\(\)$/.test(commandName)
        ? 'activate'
        : undefined;
    if (command === undefined) return { kind: 'other', what: `completion of ${commandName}` };
    return { kind: 'operation-complete', command, operationId, ...faultOf(cmdFailure) };
  }
  if (valueChange && valueChange.paramPath === SOFTWARE_VERSION && valueChange.paramValue !== '')
    return { kind: 'version', firmwareVersion: valueChange.paramValue };
  // An agent that introduces itself wants to be made to report, too.
  if (onBoardReq !== undefined) return { kind: 'connected' };
  return { kind: 'other', what: valueChange ? `change of ${valueChange.paramPath}` : 'notification' };
};

/** `Device.DeviceInfo.FirmwareImage.2.Download()` → `Device.DeviceInfo.FirmwareImage.2.` */
const imageOf = (executedCommand: string) =>
  /^(Device\.DeviceInfo\.FirmwareImage\.\d+\.)Download\(\)$/.exec(executedCommand)?.[1];

const ofOperateResp = (
  requestId: string,
  { operationResults }: OperateResp,
): Pick<AgentRecord, 'message' | 'learnt'> => {
  const started = operationResults.find(({ cmdFailure }) => cmdFailure === undefined);
  if (!started)
    return { message: { kind: 'answer', requestId, ...faultOf(operationResults[0]?.cmdFailure ?? NO_RESULT) } };
  const image = imageOf(started.executedCommand);
  // The first sample's agents answer like this, too, with the path they were asked for: they have only begun.
  const completed = image !== undefined && started.reqOutputArgs !== undefined && started.reqObjPath === undefined;
  return {
    message: { kind: 'answer', requestId, ...(completed && { completed }) },
    ...(image !== undefined && { learnt: { stagedImage: image } }),
  };
};

const ofGetResp = (msgId: string, { reqPathResults }: GetResp): Pick<AgentRecord, 'message' | 'learnt'> => {
  const asOf = inventoryAskedAt(msgId);
  if (asOf === undefined) return { message: { kind: 'other', what: `answer ${msgId} to no request of ours` } };
  const objects = new Map<string, Readonly<Record<string, string>>>();
  for (const { resolvedPathResults } of reqPathResults)
    for (const { resolvedPath, resultParams } of resolvedPathResults)
      objects.set(resolvedPath, { ...objects.get(resolvedPath), ...resultParams });
  const learnt: Facts = readInventory(objects);
  const { firmwareVersion } = learnt;
  return {
    learnt,
    message:
      firmwareVersion === undefined
        ? { kind: 'nothing', what: 'inventory without a version' }
        : { kind: 'version', firmwareVersion, asOf },
  };
};

const ofAddResp = (msgId: string, { createdObjResults }: AddResp): Understood => {
  const failures = createdObjResults.flatMap(({ requestedPath, operStatus: { operFailure } }) =>
    operFailure && !THERE_ALREADY.includes(operFailure.errCode)
      ? [`${requestedPath} ${operFailure.errCode} ${operFailure.errMsg}`]
      : [],
  );
  return failures.length === 0
    ? { kind: 'nothing', what: `${msgId}: subscriptions are there` }
    : { kind: 'other', what: `refused subscription: ${failures.join('; ').slice(0, 500)}` };
};

const ofError = (msgId: string, failure: Failure): Understood => {
  if (isEnsureAll(msgId)) return { kind: 'refused-all', msgId };
  if (isEnsureOne(msgId))
    return THERE_ALREADY.includes(failure.errCode)
      ? { kind: 'nothing', what: `${msgId}: is there` }
      : { kind: 'other', what: `refused subscription ${msgId}: ${failure.errCode} ${failure.errMsg}` };
  if (inventoryAskedAt(msgId) !== undefined)
    return { kind: 'other', what: `refused inventory: ${failure.errCode} ${failure.errMsg}` };
  return { kind: 'answer', requestId: msgId, ...faultOf(failure) };
};

const ofMessage = ({ header: { msgId, msgType }, body }: UspMessage): Pick<AgentRecord, 'message' | 'learnt'> => {
  if (body.request?.notify) {
    const message = ofNotify(body.request.notify);
    const version = 'firmwareVersion' in message ? message.firmwareVersion : undefined;
    return { message, ...(version !== undefined && { learnt: { firmwareVersion: version } }) };
  }
  const { operateResp, getResp, addResp } = body.response ?? {};
  if (operateResp) return ofOperateResp(msgId, operateResp);
  if (getResp) return ofGetResp(msgId, getResp);
  if (addResp) return { message: ofAddResp(msgId, addResp) };
  if (body.error) return { message: ofError(msgId, body.error) };
  return { message: { kind: 'other', what: `message ${msgType || 'of unknown type'}` } };
};

/** An agent that names its reply topic in the topic speaks MQTT 3.1.1 (TR-369, MQTT binding). */
export const saysMqtt311 = (topic: string): boolean => splitReplyTo(topic).replyTopic !== undefined;

/** What an agent that introduces itself tells with any message. */
const introducedBy = (fromId: string, topic: string): Facts => ({
  endpointId: fromId,
  // What it runs may be another firmware than before: forgotten until it says so.
  firmwareVersion: '',
  ...(saysMqtt311(topic) && { mqttVersion: 'V3_1_1' }),
});

const issuesOf = (issues: readonly v.BaseIssue<unknown>[]) =>
  issues
    .map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`)
    .join('; ')
    .slice(0, 500);

/**
 * Understands what the device message rule hands over: the decoded Record and Msg of a USP agent.
 * @throws UnusableMessageError when it is undecodable, not for this controller, or of a kind that is not used
 */
export const parseIncoming = (event: unknown, controllerId: string): AgentRecord => {
  const parsed = v.safeParse(eventSchema, camelCased(event));
  if (!parsed.success) throw new UnusableMessageError(`Not a USP record: ${issuesOf(parsed.issues)}`);
  const { thingName, topic, record, payload } = parsed.output;
  const { version, toId, fromId, mqttConnect } = record;
  // TR-369 wants a version; the agents of the first sample send none.
  if (version !== '' && !/^1\.\d{1,3}$/.test(version))
    throw new UnusableMessageError(`Record has version ${version.slice(0, 20)}, this controller speaks 1.x`);
  if (toId !== controllerId)
    throw new UnusableMessageError(
      `Record is for ${toId.slice(0, 100) || 'nobody'}, this controller is ${controllerId}`,
    );
  const base = { thingName, topic, fromId };
  if (mqttConnect)
    return {
      ...base,
      message: { kind: 'connected' },
      learnt: {
        ...introducedBy(fromId, topic),
        mqttVersion: mqttConnect.version,
        subscribedTopic: mqttConnect.subscribedTopic,
      },
    };
  if (record.sessionContext !== undefined)
    throw new UnusableMessageError('Records with session context are not supported');
  if (record.noSessionContext === undefined)
    return { ...base, message: { kind: 'nothing', what: 'record without a message' } };
  const message = v.safeParse(messageSchema, payload);
  if (!message.success) throw new UnusableMessageError(`Not a USP message: ${issuesOf(message.issues)}`);
  const notify = message.output.body.request?.notify;
  return {
    ...base,
    ...ofMessage(message.output),
    ...(notify?.onBoardReq !== undefined && { learnt: introducedBy(fromId, topic) }),
    ...(notify?.sendResp && {
      receipt: { msgId: message.output.header.msgId, subscriptionId: notify.subscriptionId },
    }),
  };
};
