import { decodeMsg, decodeRecord } from '../../../proto/codec';
import { downloadFirmware } from '../../../functions/device-management/download-firmware/download-firmware';
import type { Credentials } from '../../../functions/device-management/credentials';
import type { Device, Devices, Operation } from '../../../functions/device-management/devices';
import { handleDeviceMessage } from '../../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../../functions/device-management/usp/outgoing';
import { fakeLog, fakeTopic } from './fakes';

const CONTROLLER = 'self::aws-dm-controller';
const THING = 'sim-1';
const TOPIC = `controllers/${CONTROLLER}/agents/${THING}/response/reply-to=agents%2F${THING}%2Fusp%2Frequest`;
const START = {
  name: 'START_UPGRADE',
  id: 'job-1',
  thingName: THING,
  firmwareVersion: '1.2.3',
  token: 'first',
} as const;

/** The devices table in memory, with its conditions. */
const fakeDevices = () => {
  const operations = new Map<string, Operation>();
  let device: Device = { thingName: THING, endpointId: THING, mqttVersion: 'V3_1_1' };
  const change = (id: string, fields: Partial<Operation>) => {
    const operation = operations.get(id);
    if (operation) operations.set(id, { ...operation, ...fields });
    return operations.get(id);
  };
  const devices: Devices = {
    begin: async ({ operationId, token, now, msgId, firmwareVersion, executionArn }) => {
      const known = operations.get(operationId);
      const tokens = [...new Set([...(known?.tokens ?? []), token])];
      const operation: Operation = known
        ? { ...known, tokens }
        : {
            operationId,
            state: 'SENDING',
            msgId,
            firmwareVersion,
            sendingSince: now,
            tokens,
            ...(executionArn !== undefined && { executionArn }),
          };
      operations.set(operationId, operation);
      return { mine: known === undefined, operation };
    },
    takeOver: async (_thing, operation, now) => change(operation.operationId, { sendingSince: now }) !== undefined,
    run: async (_thing, { operationId, msgId, executionArn, sendingSince }) =>
      (device = {
        ...device,
        operationId,
        msgId,
        askedAt: sendingSince,
        ...(executionArn !== undefined && { executionArn }),
      }),
    sent: async (_thing, id) => void (operations.get(id)?.state === 'SENDING' && change(id, { state: 'SENT' })),
    read: async () => device,
    answered: async (_thing, id, fault) => change(id, fault ? { state: 'REFUSED', fault } : { state: 'STARTED' }),
    connected: async (address) => void (device = { ...device, ...address }),
  };
  return devices;
};

const world = () => {
  const sent: OutgoingMessage[] = [];
  const topic = fakeTopic();
  const { log, lines } = fakeLog();
  const devices = fakeDevices();
  const state = { now: 1_000_000, sendFails: false, credentials: undefined as Credentials | undefined };
  const send = async (message: OutgoingMessage) => {
    if (state.sendFails) throw new Error('throttled');
    sent.push(message);
  };
  const base = { controllerId: CONTROLLER, devices, send, publish: topic.publish };
  const now = () => state.now;
  const urlTemplate = 'https://theupgradeurl.com/{firmwareVersion}';
  return {
    ...{ sent, lines, state, published: topic.published },
    download: (message: Parameters<ReturnType<typeof downloadFirmware>>[0]) =>
      downloadFirmware({ ...base, urlTemplate, credentials: async () => state.credentials, now })(message, log),
    handle: handleDeviceMessage({ ...base, log, now }),
    operate: () =>
      decodeMsg(decodeRecord(sent[0]?.payload ?? new Uint8Array()).noSessionContext?.payload ?? new Uint8Array()),
  };
};

type World = ReturnType<typeof world>;

const record = { version: '1.3', toId: CONTROLLER, fromId: `self::${THING}` };
const says = (payload: unknown, extra: object = {}) => ({
  thingName: THING,
  topic: TOPIC,
  record: { ...record, noSessionContext: {} },
  payload,
  ...extra,
});
const notify = (content: object, extra: object = {}) =>
  says({
    header: { msgId: 'n-1', msgType: 'NOTIFY' },
    body: { request: { notify: { subscriptionId: 's', ...content, ...extra } } },
  });
const event = (eventName: string, params: object, extra: object = {}) =>
  notify({ event: { objPath: 'Device.', eventName, params } }, extra);
const answer = (w: World, result: object) =>
  says({
    header: { msgId: w.operate().header?.msgId, msgType: 'OPERATE_RESP' },
    body: { response: { operateResp: { operationResults: [result] } } },
  });

describe('DMDownloadFirmwareFunction', () => {
  test('sends the Operate of the reference, in 3.1.1 style to the thing name when the device never told its own', async () => {
    const w = world();
    await w.download(START);
    expect(w.sent[0]?.topic).toBe(
      `agents/${THING}/usp/request/reply-to=controllers%2F${CONTROLLER}%2Fagents%2F${THING}%2Fresponse`,
    );
    expect(decodeRecord(w.sent[0]?.payload ?? new Uint8Array())).toMatchObject({ toId: THING, fromId: CONTROLLER });
    expect(w.operate()).toEqual({
      header: { msgId: 'FIRMWARE-DOWNLOAD@1000000', msgType: 'OPERATE' },
      body: {
        request: {
          operate: {
            command: 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()',
            commandKey: 'job-1',
            sendResp: true,
            inputArgs: { AutoActivate: 'true', URL: 'https://theupgradeurl.com/1.2.3' },
          },
        },
      },
    });
  });

  test('sends the login of the firmware server when it wants one', async () => {
    const w = world();
    w.state.credentials = { username: 'u', password: 'p' };
    await w.download(START);
    expect(w.operate()).toMatchObject({
      body: { request: { operate: { inputArgs: { Username: 'u', Password: 'p' } } } },
    });
  });

  test('uses endpoint id and MQTT 5 properties from the connect record', async () => {
    const w = world();
    const mqttConnect = { version: 'V5', subscribedTopic: `agents/${THING}/usp/request` };
    await w.handle({ thingName: THING, topic: TOPIC, record: { ...record, mqttConnect } });
    await w.download(START);
    expect(w.sent[0]).toMatchObject({
      topic: `agents/${THING}/usp/request`,
      responseTopic: `controllers/${CONTROLLER}/agents/${THING}/response`,
      contentType: 'usp.msg',
    });
    expect(decodeRecord(w.sent[0]?.payload ?? new Uint8Array()).toId).toBe(`self::${THING}`);
  });

  test('a redelivered request sends no second Download(), and its newer token is answered too (defect 11)', async () => {
    const w = world();
    await w.download(START);
    await w.download({ ...START, token: 'second' });
    expect(w.sent).toHaveLength(1);
    await w.handle(answer(w, { executedCommand: 'x', reqObjPath: 'Device.LocalAgent.Request.1' }));
    expect(w.published.map((message) => 'token' in message && message.token)).toEqual(['first', 'second']);
    await w.download({ ...START, token: 'third' });
    expect(w.published.at(-1)).toMatchObject({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', token: 'third' });
    expect(w.sent).toHaveLength(1);
  });

  test('a sender that died is taken over once its time is up, not before', async () => {
    const w = world();
    w.state.sendFails = true;
    await expect(w.download(START)).rejects.toThrow('throttled');
    w.state.sendFails = false;
    await expect(w.download(START)).rejects.toThrow('try again later');
    expect(w.sent).toEqual([]);
    w.state.now += 60_000;
    await w.download(START);
    expect(w.operate().header?.msgId).toBe('FIRMWARE-DOWNLOAD@1000000');
  });
});

describe('DeviceMessageHandlerFunction', () => {
  const started = async () => {
    const w = world();
    await w.download(START);
    return w;
  };

  test.each([
    ['a command failure', { executedCommand: 'x', cmdFailure: { errCode: 7022, errMsg: 'busy' } }, '7022', 'busy'],
    [
      'a command failure in snake_case',
      { executed_command: 'x', cmd_failure: { err_code: 7022, err_msg: 'busy' } },
      '7022',
      'busy',
    ],
  ])('tells of %s in the OperateResp as a refused download (defect 4)', async (_, result, faultCode, faultString) => {
    const w = await started();
    await w.handle(answer(w, result));
    expect(w.published).toEqual([
      {
        name: 'DEVICE_STARTED_DOWNLOAD_FAIL',
        id: 'job-1',
        thingName: THING,
        firmwareVersion: '1.2.3',
        token: 'first',
        faultCode,
        faultString,
      },
    ]);
  });

  test('takes an Error message and an answer without results as refusals', async () => {
    for (const body of [{ error: { errCode: 7026, errMsg: 'no path' } }, { response: { operateResp: {} } }]) {
      const w = await started();
      await w.handle(says({ header: { msgId: w.operate().header?.msgId }, body }));
      expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL' }]);
    }
  });

  test('does not take an answer to something else for the answer', async () => {
    const w = await started();
    await w.handle(
      says({ header: { msgId: 'other' }, body: { response: { operateResp: { operationResults: [{}] } } } }),
    );
    expect(w.published).toEqual([]);
  });

  test.each([
    ['0', { status: 'SUCCESS' }],
    ['7002', { status: 'FAIL', faultCode: '7002' }],
  ])('publishes FIRMWARE_TRANSFERRED for TransferComplete! with FaultCode %s', async (FaultCode, expected) => {
    const w = await started();
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode }));
    expect(w.published).toMatchObject([
      { name: 'FIRMWARE_TRANSFERRED', operationId: 'job-1', thingName: THING, ...expected },
    ]);
  });

  test('publishes DOWNLOAD_OPERATION_DONE for the completion of Download()', async () => {
    const w = await started();
    await w.handle(
      notify({
        operComplete: { commandName: 'Download()', commandKey: 'job-1', cmdFailure: { errCode: 7022, errMsg: 'x' } },
      }),
    );
    await w.handle(notify({ operComplete: { commandName: 'Download()', commandKey: 'job-1', reqOutputArgs: {} } }));
    expect(w.published).toMatchObject([
      { name: 'DOWNLOAD_OPERATION_DONE', status: 'FAIL', faultCode: '7022' },
      { name: 'DOWNLOAD_OPERATION_DONE', status: 'SUCCESS' },
    ]);
  });

  test.each([
    ['true', 'SUCCESS'],
    ['1', 'SUCCESS'],
    ['false', 'FAIL'],
    ['0', 'FAIL'],
  ])('reads FirmwareUpdated "%s" of Boot! as %s (defect 3)', async (FirmwareUpdated, status) => {
    const w = await started();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated, ParameterMap }));
    expect(w.published).toMatchObject([
      { name: 'DEVICE_REBOOTED', operationId: 'job-1', status, firmwareVersion: '1.2.3' },
    ]);
  });

  test('correlates a Boot! without command key by the running operation, and tells nobody of other boots', async () => {
    const w = await started();
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'true' }));
    await w.handle(event('Boot!', { CommandKey: 'FirstBoot', FirmwareUpdated: 'false' }));
    expect(w.published.map(({ id }) => id)).toEqual(['job-1']);
  });

  test('hands on the execution that the operation belongs to, and measures the seconds since the request', async () => {
    const w = world();
    await w.download({ ...START, executionArn: 'arn:e' });
    w.state.now += 90_000;
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }));
    expect(w.published).toMatchObject([{ executionArn: 'arn:e' }]);
    expect(w.lines.at(-1)).toMatchObject({
      level: 'measure',
      fields: { TransferSeconds: 90, jobId: 'job-1', thingName: THING, executionArn: 'arn:e' },
    });
  });

  test('answers a Notify that asks for it, after the domain message', async () => {
    const w = await started();
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }, { sendResp: true }));
    const response = decodeRecord(w.sent[1]?.payload ?? new Uint8Array());
    expect(response.toId).toBe(`self::${THING}`);
    expect(decodeMsg(response.noSessionContext?.payload ?? new Uint8Array())).toMatchObject({
      header: { msgId: 'n-1', msgType: 'NOTIFY_RESP' },
      body: { response: { notifyResp: { subscriptionId: 's' } } },
    });
  });

  test.each([
    ['an undecodable record', { thingName: THING, topic: TOPIC }],
    ['an undecodable message', says(undefined)],
    [
      'a record for another controller',
      { ...says({}), record: { ...record, toId: 'self::other', noSessionContext: {} } },
    ],
    ['a record with session context', { ...says({}), record: { ...record, sessionContext: {} } }],
    ['a malformed ParameterMap', event('Boot!', { CommandKey: 'job-1', ParameterMap: '{"Device' })],
  ])('logs and counts %s with thing and topic, and publishes nothing', async (_, message) => {
    const w = await started();
    await w.handle(message);
    expect(w.published).toEqual([]);
    expect(w.lines.filter(({ level }) => level === 'UnusableDeviceMessages')).toMatchObject([
      { fields: { thingName: THING, topic: TOPIC } },
    ]);
  });
});
