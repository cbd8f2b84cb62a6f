import * as v from 'valibot';
import { splitReplyTo } from '../../../proto/topics';
import { type Facts, UnusableMessageError } from '../protocol';
import { ofNotify } from './notify';
import { ofAddResp, ofError, ofGetResp, ofOperateResp } from './responses';
import { camelCased, eventSchema, messageSchema, type UspMessage } from './schemas';
import type { Understanding } from './understood';

/** A Notify that the agent repeats until it is answered. */
export interface NotifyReceipt {
  readonly msgId: string;
  readonly subscriptionId: string;
}

/** What a record of an agent means. */
export interface AgentRecord extends Understanding {
  readonly thingName: string;
  readonly topic: string;
  /** Endpoint id of the agent. */
  readonly fromId: string;
  readonly receipt?: NotifyReceipt;
}

const ofMessage = ({ header: { msgId, msgType }, body }: UspMessage, controllerId: string): Understanding => {
  if (body.request?.notify) {
    const message = ofNotify(body.request.notify, msgId);
    const version = 'firmwareVersion' in message ? message.firmwareVersion : undefined;
    const learnt = {
      ...(version !== undefined && { firmwareVersion: version }),
      // After a boot that does not say into what, the version is not known.
      ...(message.kind === 'boot' && { firmwareVersion: version ?? '', bootReport: msgId }),
    };
    return { message, learnt };
  }
  const { operateResp, getResp, addResp, deleteResp } = body.response ?? {};
  if (operateResp) return ofOperateResp(msgId, operateResp);
  if (getResp) return ofGetResp(msgId, getResp, controllerId);
  if (addResp) return { message: ofAddResp(msgId, addResp) };
  if (deleteResp !== undefined) return { message: { kind: 'nothing', what: `${msgId}: removed` } };
  if (body.error) return ofError(msgId, body.error, controllerId);
  return { message: { kind: 'other', what: `message ${msgType || 'of unknown type'}` } };
};

/** An agent that names its reply topic in the topic speaks MQTT 3.1.1 (TR-369, MQTT binding). */
export const saysMqtt311 = (topic: string): boolean => splitReplyTo(topic).replyTopic !== undefined;

/** What every message of an agent that introduces itself shows. */
const introducedBy = (fromId: string, topic: string): Facts => ({
  endpointId: fromId,
  // It may run another firmware than before: forget the version until the agent reports it.
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
  // TR-369 requires a version; the original's simulator sends none.
  if (version !== '' && !/^1\.\d{1,3}$/.test(version))
    throw new UnusableMessageError(`Record has version ${version.slice(0, 20)}, this controller speaks 1.x`);
  if (toId !== controllerId)
    throw new UnusableMessageError(
      `Record is for ${toId.slice(0, 100) || '(no endpoint)'}, this controller is ${controllerId}`,
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
    ...ofMessage(message.output, controllerId),
    ...(notify?.onBoardReq !== undefined && { learnt: introducedBy(fromId, topic) }),
    ...(notify?.sendResp && {
      receipt: { msgId: message.output.header.msgId, subscriptionId: notify.subscriptionId },
    }),
  };
};
