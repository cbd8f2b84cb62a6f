import {
  type UspMsg,
  UspCodecError,
  decodeMsg,
  decodeRecord,
  encodeRecord,
  noSessionRecord,
  RECORD_VERSION,
} from '../../proto/codec';
import type { UspRequest } from '../../proto/generated/messages';
import { requestTopic, splitReplyTo } from '../../proto/topics';
import { ERR, errorMsg } from './errors';
import { notifyBoot } from './boot';
import { withChangeNotifications } from './changes';
import { type AgentConfig, scaled } from './config';
import { faultNamed } from './faults';
import { withForeignDownload } from './foreign-download';
import { GOOD_IMAGE } from './images';
import { handleAdd } from './handle-add';
import { handleDelete } from './handle-delete';
import { handleGet } from './handle-get';
import { handleGetInstances } from './handle-get-instances';
import { handleGetSupportedDm } from './handle-get-supported-dm';
import { handleGetSupportedProtocol } from './handle-get-supported-protocol';
import { handleOperate } from './handle-operate';
import { handleSet } from './handle-set';
import { inSequence, onBoardRequest } from './notifications';
import { addressOf, notificationAddress } from './mqtt-binding';
import { acknowledge } from './notification-retry';
import { withSendingFaults } from './sending-faults';
import { downloaded, takeStep } from './steps';
import type { Action, AgentState, HandlerResult, Input, Request, Transition } from './types';

/** One handler per request type; any other type is answered with an Error. */
const HANDLERS: { readonly [request in keyof UspRequest]?: (state: AgentState, request: Request) => HandlerResult } = {
  add: handleAdd,
  delete: handleDelete,
  get: handleGet,
  getInstances: handleGetInstances,
  getSupportedDm: handleGetSupportedDm,
  getSupportedProtocol: handleGetSupportedProtocol,
  operate: handleOperate,
  set: handleSet,
};

/** An agent at power-on: one image is active, the other bank holds an older version. */
export const createAgent = (config: AgentConfig, firmwareVersion: string): AgentState => {
  const { delayFactor = 1, busy = false } = faultNamed(config.fault);
  const state: AgentState = {
    config: { ...config, timings: scaled(config.timings, delayFactor) },
    images: [
      { name: 'factory', version: firmwareVersion, ...GOOD_IMAGE },
      { name: 'previous', version: '1.0.0', ...GOOD_IMAGE },
    ],
    activeImage: 1,
    bootImage: 1,
    rows: [],
    lastRows: {},
    settings: {},
    commands: [],
    requests: 0,
    downloadsSent: 0,
    notifications: 0,
    unacknowledged: [],
    boots: 0,
    down: false,
    linkLost: false,
    held: [],
  };
  return busy ? withForeignDownload(state) : state;
};

const report = (state: AgentState, kind: 'received' | 'malformed' | 'ignored', detail: string): Transition => ({
  state,
  actions: [{ kind: 'report', event: { kind, detail } }],
});

type Message = Extract<Input, { kind: 'message' }>;

/** The topic to answer to: R-MQTT.23 (MQTT 5) and R-MQTT.25 (3.1.1). */
const replyTopicOf = ({ topic, responseTopic }: Message) => responseTopic ?? splitReplyTo(topic).replyTopic;

const answerAction = ({ config }: AgentState, incoming: Message, toId: string, answer: UspMsg): Action => {
  const replyTopic = replyTopicOf(incoming);
  return {
    kind: 'publish',
    ...(replyTopic === undefined ? notificationAddress(config) : addressOf(config, replyTopic)),
    payload: noSessionRecord({ toId, fromId: config.endpointId, msg: answer }),
    label: answer.header?.msgType ?? 'ERROR',
  };
};

const handleRequest = (state: AgentState, incoming: Message, request: Request): Transition => {
  const body = request.msg.body?.request ?? {};
  const type = request.msg.header?.msgType ?? 'ERROR';
  const [handler] = Object.entries(HANDLERS).flatMap(([kind, handle]) => (kind in body ? [handle] : []));
  const handled = handler?.(state, request) ?? {
    state,
    answer: errorMsg(request.msg, ERR.messageNotSupported, `${type} is not supported by this agent`),
  };
  const received = report(handled.state, 'received', type).actions;
  const answers = handled.answer
    ? [answerAction(handled.state, incoming, request.record.fromId ?? '', handled.answer)]
    : [];
  return { state: handled.state, actions: [...received, ...answers, ...(handled.actions ?? [])] };
};

const handleMessage = (state: AgentState, now: number, message: Message): Transition => {
  const record = decodeRecord(message.payload);
  const { endpointId, controllerId, profile } = state.config;
  if (record.toId !== endpointId) return report(state, 'ignored', `to_id ${record.toId ?? ''} is not ${endpointId}`);
  if (record.fromId !== controllerId && !profile.answersAnyController)
    return report(state, 'ignored', `from_id ${record.fromId ?? ''} is not ${controllerId}`);
  if (!record.noSessionContext) return report(state, 'ignored', 'the record has no no_session_context');
  const msg = decodeMsg(record.noSessionContext.payload ?? new Uint8Array());
  if (msg.body?.request) return handleRequest(state, message, { msg, record, now });
  if (msg.body?.response?.notifyResp)
    return report(acknowledge(state, msg.header?.msgId ?? ''), 'received', 'NOTIFY_RESP');
  return report(state, 'ignored', `unexpected ${msg.header?.msgType ?? 'ERROR'}`);
};

const connectRecord = ({ config }: AgentState): Uint8Array =>
  encodeRecord({
    version: RECORD_VERSION,
    toId: config.controllerId,
    fromId: config.endpointId,
    mqttConnect: {
      version: config.mqttVersion === '5' ? 'V5' : 'V3_1_1',
      subscribedTopic: requestTopic(config.thingName),
    },
  });

const handleConnected = (state: AgentState, now: number): Transition => {
  const connect: Action[] = state.config.profile.connectRecord
    ? [
        {
          kind: 'publish',
          ...notificationAddress(state.config),
          label: 'connect record',
          payload: connectRecord(state),
        },
      ]
    : [];
  const { pendingBoot, ...connected } = { ...state, linkLost: false };
  const notified = inSequence(connected, [
    (current) =>
      current.config.profile.onBoardRequest ? onBoardRequest(current, now) : { state: current, actions: [] },
    (current) => (pendingBoot ? notifyBoot(current, now, pendingBoot) : { state: current, actions: [] }),
  ]);
  return { state: notified.state, actions: [...connect, ...notified.actions] };
};

const handle = (state: AgentState, input: Input, now: number): Transition => {
  switch (input.kind) {
    case 'started':
      return {
        state: { ...state, upSince: now },
        actions: [{ kind: 'schedule', step: { kind: 'first-boot' }, seconds: state.config.timings.firstBootSeconds }],
      };
    case 'connected':
      return handleConnected(state, now);
    case 'due':
      return takeStep(state, now, input.step);
    case 'fetched':
      return downloaded(state, now, input.command, input.failure);
    case 'message':
      try {
        return handleMessage(state, now, input);
      } catch (error) {
        if (!(error instanceof UspCodecError)) throw error;
        return report(state, 'malformed', `${input.topic}: ${error.message}`);
      }
  }
};

/**
 * A USP agent (TR-369) as a pure function: input → next state and actions.
 * Bytes that are not USP are reported as malformed and change nothing.
 * @param now milliseconds since the epoch
 */
export const agentStep = (state: AgentState, input: Input, now: number): Transition => {
  if (state.down && !(input.kind === 'due' && input.step.kind === 'power-on')) return { state, actions: [] };
  return withSendingFaults(state, withChangeNotifications(state, handle(state, input, now), now));
};
