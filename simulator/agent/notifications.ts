import { noSessionRecord } from '../../proto/codec';
import type { UspNotify } from '../../proto/generated/messages';
import {
  BOOT_PARAMETERS,
  CONTROLLER,
  DEVICE_INFO,
  FIRMWARE_IMAGES,
  PROTOCOL_VERSIONS,
  SOFTWARE_VERSION,
  objectsOf,
  rowsOf,
  softwareVersion,
} from './data-model';
import { deviceTime } from './date-time';
import { ERR, type Problem } from './errors';
import { notificationAddress } from './mqtt-binding';
import { parseBoolean, writeBoolean } from './param-values';
import { splitPath } from './paths';
import { readParams } from './resolve';
import { type NotifType, type Subscription, subscriptionsTo } from './subscriptions';
import { sendUntilAcknowledged } from './notification-retry';
import type { AgentState, Boot, Command, Download, Params, Publish, Transition } from './types';

/** Stands in for a subscription in profiles that need none. */
const UNSUBSCRIBED: Subscription = { path: '', id: 'simulator', retry: false, expiration: 0 };

/** OnBoardRequest has no subscription id (R-NOT.7) and is retried until it is answered (R-NOT.6a). */
const ON_BOARD_REQUEST: Subscription = { path: '', id: '', retry: true, expiration: 0 };

interface Notification {
  readonly type: NotifType | 'OnBoardRequest';
  /** Full path of the event, command, parameter or object. */
  readonly reference: string;
  /** For logs. */
  readonly label: string;
  readonly content: Omit<UspNotify, 'subscriptionId' | 'sendResp'>;
}

const send = (state: AgentState, now: number, to: Subscription, { type, label, content }: Notification): Transition => {
  const { endpointId: fromId, controllerId: toId } = state.config;
  const counted = { ...state, notifications: state.notifications + 1 };
  const msgId = `${type}-${deviceTime(state.config, now)}-${counted.notifications}`;
  const publish: Publish = {
    kind: 'publish',
    ...notificationAddress(state.config),
    label,
    notification: counted.notifications,
    payload: noSessionRecord({
      toId,
      fromId,
      msg: {
        header: { msgId, msgType: 'NOTIFY' },
        body: { request: { notify: { subscriptionId: to.id, sendResp: to.retry, ...content } } },
      },
    }),
  };
  if (!to.retry) return { state: counted, actions: [publish] };
  const { path: subscription, expiration } = to;
  return sendUntilAcknowledged(counted, now, { msgId, subscription, publish, sentAt: now, expiration, retries: 0 });
};

/** Runs transitions one after another. */
export const inSequence = (state: AgentState, parts: readonly ((state: AgentState) => Transition)[]): Transition =>
  parts.reduce<Transition>(
    (before, part) => {
      const after = part(before.state);
      return { state: after.state, actions: [...before.actions, ...after.actions] };
    },
    { state, actions: [] },
  );

/** Sends a notification to each matching subscription. */
const notify = (state: AgentState, now: number, notification: Notification & { type: NotifType }): Transition => {
  const subscriptions = subscriptionsTo(state, notification.type, notification.reference, now);
  // Like the original, some profiles send each event once, with or without a subscription.
  const isEvent = notification.type === 'Event' || notification.type === 'OperationComplete';
  const unsubscribed = !state.config.profile.needsSubscriptions && isEvent;
  const to = unsubscribed ? [subscriptions[0] ?? UNSUBSCRIBED] : subscriptions;
  return inSequence(
    state,
    to.map((subscription) => (current) => send(current, now, subscription, notification)),
  );
};

/** ParameterMap of Boot!: the values that the BootParameter table selects. */
const parameterMap = (state: AgentState, now: number): Params => {
  const { versionInBoot } = state.config.profile;
  if (versionInBoot === 'always') return { [SOFTWARE_VERSION]: softwareVersion(state) };
  const paths = rowsOf(state, BOOT_PARAMETERS)
    .filter(({ params }) => parseBoolean(params['Enable'] ?? '') === true)
    .map(({ params }) => params['ParameterName'] ?? '');
  const values = paths.flatMap((path) => Object.entries(readParams(state, path, now)));
  return Object.fromEntries(values.filter(([path]) => versionInBoot !== 'never' || path !== SOFTWARE_VERSION));
};

/** The text of the map, or what the original sends after a failed boot. */
const parameterMapText = (state: AgentState, now: number, boot: Boot): string =>
  state.config.profile.malformedMapAfterFailedBoot && boot.commandKey !== '' && !boot.firmwareUpdated && state.boots > 0
    ? `{"${SOFTWARE_VERSION}":${softwareVersion(state)}"}`
    : JSON.stringify(parameterMap(state, now));

/** Boot! (TR-181 Device.Boot!). */
export const bootEvent = (state: AgentState, now: number, boot: Boot): Transition => {
  const { profile } = state.config;
  if (!profile.bootEvent) return { state, actions: [] };
  return notify(state, now, {
    type: 'Event',
    reference: 'Device.Boot!',
    label: `Boot! ${softwareVersion(state)}`,
    content: {
      event: {
        objPath: 'Device.',
        eventName: 'Boot!',
        params: {
          CommandKey: profile.bootCommandKey ? boot.commandKey : '',
          Cause: boot.cause,
          Reason: boot.reason,
          FirmwareUpdated: writeBoolean(profile, boot.firmwareUpdated),
          ParameterMap: parameterMapText(state, now, boot),
        },
      },
    },
  });
};

/** TransferComplete! (TR-181 Device.LocalAgent.TransferComplete!). */
export const transferCompleteEvent = (state: AgentState, now: number, download: Download): Transition => {
  if (!state.config.profile.transferComplete) return { state, actions: [] };
  const { faultCode = '0', faultString = '' } = download.failure ?? {};
  return notify(state, now, {
    type: 'Event',
    reference: 'Device.LocalAgent.TransferComplete!',
    label: `TransferComplete! ${faultCode === '0' ? 'ok' : faultCode}`,
    content: {
      event: {
        objPath: 'Device.LocalAgent.',
        eventName: 'TransferComplete!',
        params: {
          Command: download.path,
          CommandKey: download.commandKey,
          Requestor: download.requestor,
          TransferType: 'Download',
          Affected: `${FIRMWARE_IMAGES}${download.image}.`,
          TransferURL: download.source.url,
          StartTime: deviceTime(state.config, download.startedAt),
          CompleteTime: deviceTime(state.config, now),
          FaultCode: faultCode,
          FaultString: faultString,
        },
      },
    },
  });
};

/** OperationComplete: reports how an asynchronous command ended. */
export const operationComplete = (
  state: AgentState,
  now: number,
  command: Command,
  failure: Problem | undefined,
): Transition => {
  const { objPath, name: commandName } = splitPath(command.path);
  return notify(state, now, {
    type: 'OperationComplete',
    reference: command.path,
    label: `OperationComplete ${failure ? failure.errCode : 'ok'}`,
    content: {
      operComplete: {
        objPath,
        commandName,
        commandKey: command.commandKey,
        ...(failure ? { cmdFailure: { ...failure } } : { reqOutputArgs: {} }),
      },
    },
  });
};

/** The failure of a command that a reboot interrupted. */
export const INTERRUPTED: Problem = {
  errCode: ERR.commandFailure,
  errMsg: 'the command did not complete before reboot',
};

/** ObjectCreation. @param objPath of the new row */
export const objectCreation = (
  state: AgentState,
  now: number,
  objPath: string,
  uniqueKeys: { [param: string]: string },
): Transition =>
  notify(state, now, {
    type: 'ObjectCreation',
    reference: objPath,
    label: `ObjectCreation ${objPath}`,
    content: { objCreation: { objPath, uniqueKeys } },
  });

/** ObjectDeletion. @param objPath of the deleted row */
export const objectDeletion = (state: AgentState, now: number, objPath: string): Transition =>
  notify(state, now, {
    type: 'ObjectDeletion',
    reference: objPath,
    label: `ObjectDeletion ${objPath}`,
    content: { objDeletion: { objPath } },
  });

/** ValueChange. @param path full path of the parameter */
export const valueChange = (state: AgentState, now: number, path: string, value: string): Transition =>
  notify(state, now, {
    type: 'ValueChange',
    reference: path,
    label: `ValueChange ${path} ${value}`,
    content: { valueChange: { paramPath: path, paramValue: value } },
  });

/** OnBoardRequest: introduces the device to a controller that may not know it. */
export const onBoardRequest = (state: AgentState, now: number): Transition => {
  const { params = {} } = objectsOf(state, now).find(({ path }) => path === DEVICE_INFO) ?? {};
  const { ManufacturerOUI: oui = '', ProductClass: productClass = '', SerialNumber: serialNumber = '' } = params;
  return send(state, now, ON_BOARD_REQUEST, {
    type: 'OnBoardRequest',
    reference: CONTROLLER,
    label: 'OnBoardRequest',
    content: { onBoardReq: { oui, productClass, serialNumber, agentSupportedProtocolVersions: PROTOCOL_VERSIONS } },
  });
};
