import { decodeMsg, decodeRecord } from '../../../../proto/codec';
import { awaitConnection } from '../../../../functions/device-management/connection';
import { askVersion } from '../../../../functions/device-management/download-firmware/ask-version';
import { downloadFirmware } from '../../../../functions/device-management/download-firmware/download-firmware';
import type { Credentials } from '../../../../functions/device-management/credentials';
import { handleDeviceMessage } from '../../../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../../../functions/device-management/protocol';
import { protocolsFor } from '../../../../functions/device-management/protocols';
import { activateFirmware } from '../../../../functions/device-management/activate-firmware/activate-firmware';
import { upgradeFailed } from '../../../../functions/device-management/download-firmware/upgrade-failed';
import type { MessageInput } from '../../../../functions/shared/messages';
import { fakeDevices } from './fake-devices';
import { fakeLog, fakeTopic } from './fakes';

export const CONTROLLER = 'self::aws-dm-controller';
export const THING = 'sim-1';
export const TOPIC = `controllers/${CONTROLLER}/agents/${THING}/response/reply-to=agents%2F${THING}%2Fusp%2Frequest`;
export const START = {
  name: 'START_UPGRADE',
  id: 'job-1',
  thingName: THING,
  firmwareVersion: '1.2.3',
  token: 'first',
  enteredAt: '1970-01-01T00:16:40.000Z',
  timeLimitSeconds: 120,
  connected: true,
  connectedSince: '',
  order: 1,
  thingTypeName: '',
  attributes: {},
  jobDocument: {},
} as const;

export const messageOf = (sent: OutgoingMessage | undefined) =>
  decodeMsg(decodeRecord(sent?.payload ?? new Uint8Array()).noSessionContext?.payload ?? new Uint8Array());

export const world = () => {
  const sent: OutgoingMessage[] = [];
  const topic = fakeTopic();
  const versionTopic = fakeTopic();
  const { log, lines } = fakeLog();
  const { port: devices, touched, calls } = fakeDevices();
  const state = {
    now: 1_000_000,
    sendFails: false,
    publishFails: false,
    credentials: undefined as Credentials | undefined,
  };
  const send = async (message: OutgoingMessage) => {
    if (state.sendFails) throw new Error('throttled');
    sent.push(message);
  };
  const publish = async (message: MessageInput) => {
    if (state.publishFails) throw new Error('throttled');
    await (message.name === 'DEVICE_VERSION_REPORTED' ? versionTopic : topic).publish(message);
  };
  const base = { protocols: protocolsFor(CONTROLLER), devices, send, publish };
  const now = () => state.now;
  const urlTemplate = 'https://theupgradeurl.com/{firmwareVersion}';
  return {
    ...{ sent, lines, log, state, touched, calls, devices, publish },
    /** What the workflow and the jobs domain get. */
    published: topic.published,
    /** What the registry is to follow. */
    versions: versionTopic.published,
    awaitConnection: (message: Parameters<ReturnType<typeof awaitConnection>>[0]) =>
      awaitConnection({ devices, publish, now })(message, log),
    download: (message: Parameters<ReturnType<typeof downloadFirmware>>[0]) =>
      downloadFirmware({
        ...base,
        urlTemplate,
        credentials: async (secret) =>
          secret === 'missing' ? Promise.reject(new Error('no secret missing')) : state.credentials,
        now,
      })(message, log),
    askVersion: () => {
      const { token: _, ...request } = START;
      return askVersion({ ...base, now })({ ...request, name: 'ASK_VERSION' }, log);
    },
    /** The workflow is over. */
    fails: () =>
      upgradeFailed({ devices, publish, now })(
        { name: 'FIRMWARE_UPGRADE_FAIL', id: START.id, operationId: START.id, thingName: THING },
        log,
      ),
    activate: (about: { readonly id?: string; readonly firmwareVersion?: string } = {}) =>
      activateFirmware({ ...base, now })({ ...START, ...about, name: 'ACTIVATE_FIRMWARE' }, log),
    handle: handleDeviceMessage({ ...base, log, now }),
    operate: () => messageOf(sent.at(-1)),
  };
};

export type World = ReturnType<typeof world>;

/** The device says that it has begun. */
export const begins = async (w: World) => {
  await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }));
  w.published.splice(0);
};
export const begun = async () => {
  const w = world();
  await w.download(START);
  await begins(w);
  return w;
};

export const record = { version: '1.3', toId: CONTROLLER, fromId: `self::${THING}` };
export const says = (payload: unknown, extra: object = {}) => ({
  thingName: THING,
  topic: TOPIC,
  record: { ...record, noSessionContext: {} },
  payload,
  ...extra,
});
/** Agents repeat a Notify with the same msg_id until it is acknowledged. */
export const notify = (content: object, extra: object = {}, msgId = 'n-1') =>
  says({
    header: { msgId, msgType: 'NOTIFY' },
    body: { request: { notify: { subscriptionId: 's', ...content, ...extra } } },
  });
export const event = (eventName: string, params: object, extra: object = {}, msgId?: string) =>
  notify({ event: { objPath: 'Device.', eventName, params } }, extra, msgId);
export const answer = (w: World, result: object) =>
  says({
    header: { msgId: w.operate().header?.msgId, msgType: 'OPERATE_RESP' },
    body: { response: { operateResp: { operationResults: [result] } } },
  });

export const sentMessages = (w: World) => w.sent.map((message) => messageOf(message));
export const connects = (mqttConnect: object = {}) => ({
  thingName: THING,
  topic: TOPIC,
  record: { ...record, mqttConnect },
});
/** The answer to the controller's last Get. `rows`: what else the agent has, by path. */
export const inventory = (
  w: World,
  images: Readonly<Record<string, object>>,
  info: object,
  rows: Readonly<Record<string, object>> = {},
) =>
  says({
    header: {
      msgId: sentMessages(w).findLast((message) => message.body?.request?.get)?.header?.msgId,
      msgType: 'GET_RESP',
    },
    body: {
      response: {
        getResp: {
          reqPathResults: [
            {
              requestedPath: 'Device.DeviceInfo.FirmwareImage.',
              resolvedPathResults: Object.entries(images).map(([instance, resultParams]) => ({
                resolvedPath: `Device.DeviceInfo.FirmwareImage.${instance}.`,
                resultParams,
              })),
            },
            { resolvedPathResults: [{ resolvedPath: 'Device.DeviceInfo.', resultParams: info }] },
            ...Object.entries(rows).map(([resolvedPath, resultParams]) => ({
              resolvedPathResults: [{ resolvedPath, resultParams }],
            })),
          ],
        },
      },
    },
  });
export const TWO_BANKS = { 1: { Status: 'Active' }, 2: { Status: 'Available' } };
