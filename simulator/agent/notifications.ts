import { noSessionRecord } from '../../proto/codec';
import type { UspNotify } from '../../proto/generated/messages';
import { requestTopic, responseTopic, withReplyTo } from '../../proto/topics';
import { FIRMWARE_IMAGES, SUBSCRIPTIONS, softwareVersion } from './data-model';
import { ERR } from './errors';
import type { Action, AgentState, Boot, Download, Transition } from './types';

/** What the reference sends as FaultCode of a failed transfer. */
const TRANSFER_FAULT_CODE = '1478164480';

/** dateTime of TR-106: whole seconds, UTC. */
const dateTime = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** Where the agent sends what nobody asked for; like real MQTT 3.1.1 agents it says where to answer. */
export const notificationTopic = ({ config }: AgentState): string =>
  withReplyTo(responseTopic(config.controllerId, config.thingName), requestTopic(config.thingName));

const unmatchedId = 'simulator';

/** The id of the subscription that covers a reference; the reference simulator notifies without one, too. */
const subscriptionId = (state: AgentState, notifType: string, reference: string) => {
  const covers = (pattern: string) => pattern === reference || pattern === reference.replace(/\.\d+\./g, '.*.');
  const subscription = state.added.find(
    ({ path, params }) =>
      path.startsWith(SUBSCRIPTIONS) &&
      params['NotifType'] === notifType &&
      params['Enable'] !== 'false' &&
      (params['ReferenceList'] ?? '').split(',').some((pattern) => covers(pattern.trim())),
  );
  return subscription?.params['ID'] ?? unmatchedId;
};

const notify = (state: AgentState, now: number, kind: string, what: string, notification: UspNotify): Transition => {
  const { endpointId: fromId, controllerId: toId } = state.config;
  const notifications = state.notifications + 1;
  const action: Action = {
    kind: 'publish',
    topic: notificationTopic(state),
    what,
    payload: noSessionRecord({
      toId,
      fromId,
      msg: {
        header: { msgId: `${kind}-${dateTime(now)}-${notifications}`, msgType: 'NOTIFY' },
        body: { request: { notify: notification } },
      },
    }),
  };
  return { state: { ...state, notifications }, actions: [action] };
};

/** Boot! (TR-181 Device.Boot!). Always carries the version, as if a boot parameter asked for it. */
export const bootEvent = (state: AgentState, now: number, boot: Boot): Transition =>
  notify(state, now, 'Event', `Boot! ${softwareVersion(state)}`, {
    subscriptionId: subscriptionId(state, 'Event', 'Device.Boot!'),
    event: {
      objPath: 'Device.',
      eventName: 'Boot!',
      params: {
        CommandKey: boot.commandKey,
        Cause: boot.cause,
        Reason: boot.reason,
        FirmwareUpdated: String(boot.firmwareUpdated),
        ParameterMap: JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': softwareVersion(state) }),
      },
    },
  });

/** TransferComplete! (TR-181 Device.LocalAgent.TransferComplete!). */
export const transferCompleteEvent = (state: AgentState, now: number, download: Download): Transition => {
  const failed = download.fault === 'download';
  return notify(state, now, 'Event', `TransferComplete! ${failed ? TRANSFER_FAULT_CODE : 'ok'}`, {
    subscriptionId: subscriptionId(state, 'Event', 'Device.LocalAgent.TransferComplete!'),
    event: {
      objPath: 'Device.LocalAgent.',
      eventName: 'TransferComplete!',
      params: {
        Command: download.command,
        CommandKey: download.commandKey,
        Requestor: download.requestor,
        TransferType: 'Download',
        Affected: `${FIRMWARE_IMAGES}${download.image}.`,
        TransferURL: download.url,
        StartTime: dateTime(download.startedAt),
        CompleteTime: dateTime(now),
        FaultCode: failed ? TRANSFER_FAULT_CODE : '0',
        FaultString: failed ? `cannot download ${download.url}: 404 Not Found` : '',
      },
    },
  });
};

/** OperationComplete of Download(). */
export const operationComplete = (state: AgentState, now: number, download: Download): Transition => {
  const failed = download.fault === 'download';
  return notify(state, now, 'OperationComplete', `OperationComplete ${failed ? ERR.commandFailure : 'ok'}`, {
    subscriptionId: subscriptionId(state, 'OperationComplete', download.command),
    operComplete: {
      objPath: `${FIRMWARE_IMAGES}${download.image}.`,
      commandName: 'Download()',
      commandKey: download.commandKey,
      ...(failed
        ? { cmdFailure: { errCode: ERR.commandFailure, errMsg: `cannot download ${download.url}` } }
        : { reqOutputArgs: {} }),
    },
  });
};
