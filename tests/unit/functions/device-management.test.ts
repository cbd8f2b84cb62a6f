import { decodeMsg, decodeRecord } from '../../../proto/codec';
import { downloadFirmware } from '../../../functions/device-management/download-firmware/download-firmware';
import type { Credentials } from '../../../functions/device-management/credentials';
import { handleDeviceMessage } from '../../../functions/device-management/message-handler/message-handler';
import type { OutgoingMessage } from '../../../functions/device-management/protocol';
import { protocolsFor } from '../../../functions/device-management/protocols';
import { activateFirmware } from '../../../functions/device-management/activate-firmware/activate-firmware';
import type { MessageInput } from '../../../functions/shared/messages';
import { fakeDevices } from './fake-devices';
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
  attributes: {},
  jobDocument: {},
} as const;

const messageOf = (sent: OutgoingMessage | undefined) =>
  decodeMsg(decodeRecord(sent?.payload ?? new Uint8Array()).noSessionContext?.payload ?? new Uint8Array());

const world = () => {
  const sent: OutgoingMessage[] = [];
  const topic = fakeTopic();
  const { log, lines } = fakeLog();
  const { port: devices } = fakeDevices();
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
    await topic.publish(message);
  };
  const base = { protocols: protocolsFor(CONTROLLER), devices, send, publish };
  const now = () => state.now;
  const urlTemplate = 'https://theupgradeurl.com/{firmwareVersion}';
  return {
    ...{ sent, lines, state, published: topic.published },
    download: (message: Parameters<ReturnType<typeof downloadFirmware>>[0]) =>
      downloadFirmware({
        ...base,
        urlTemplate,
        credentials: async (secret) =>
          secret === 'missing' ? Promise.reject(new Error('no secret missing')) : state.credentials,
        now,
      })(message, log),
    activate: () => activateFirmware({ ...base, now })({ ...START, name: 'ACTIVATE_FIRMWARE' }, log),
    handle: handleDeviceMessage({ ...base, log, now }),
    operate: () => messageOf(sent.at(-1)),
  };
};

type World = ReturnType<typeof world>;

/** The device says that it has begun. */
const begins = async (w: World) => {
  await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }));
  w.published.splice(0);
};
const begun = async () => {
  const w = world();
  await w.download(START);
  await begins(w);
  return w;
};

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
    w.sent.splice(0);
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
    const w = await begun();
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode }));
    expect(w.published).toMatchObject([
      { name: 'FIRMWARE_TRANSFERRED', operationId: 'job-1', thingName: THING, ...expected },
    ]);
  });

  test('publishes DOWNLOAD_OPERATION_DONE for the completion of Download()', async () => {
    const w = await begun();
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
    const w = await begun();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated, ParameterMap }));
    expect(w.published).toMatchObject([
      { name: 'DEVICE_REBOOTED', operationId: 'job-1', status, firmwareVersion: '1.2.3' },
    ]);
  });

  test('correlates a Boot! without command key by the running operation, once its firmware is there, and no other boot', async () => {
    const w = await begun();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.1"}';
    const boot = (CommandKey: string) =>
      w.handle(event('Boot!', { CommandKey, FirmwareUpdated: 'false', ParameterMap }));
    await boot('');
    expect(w.published).toEqual([]);
    await w.handle(event('TransferComplete!', { CommandKey: '', FaultCode: '0' }));
    await boot('FirstBoot');
    await boot('');
    expect(w.published.map(({ name }) => name)).toEqual(['FIRMWARE_TRANSFERRED', 'DEVICE_REBOOTED']);
  });

  test('hands on the execution that the operation belongs to, and measures the seconds since the request', async () => {
    const w = world();
    await w.download({ ...START, executionArn: 'arn:e' });
    w.state.now += 90_000;
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }));
    expect(w.published).toMatchObject([{ executionArn: 'arn:e' }, { executionArn: 'arn:e' }]);
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

const sentMessages = (w: World) => w.sent.map((message) => messageOf(message));
const connects = (mqttConnect: object = {}) => ({ thingName: THING, topic: TOPIC, record: { ...record, mqttConnect } });
/** The answer to the controller's last Get. */
const inventory = (w: World, images: Readonly<Record<string, object>>, info: object) =>
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
          ],
        },
      },
    },
  });
const TWO_BANKS = { 1: { Status: 'Active' }, 2: { Status: 'Available' } };

describe('an agent that connects', () => {
  test('is asked for the boot parameter, the subscriptions and its images, at every connect', async () => {
    const w = world();
    await w.handle(connects());
    await w.handle(connects());
    const [add, get] = sentMessages(w);
    expect(w.sent).toHaveLength(4);
    expect(add?.body?.request?.add).toMatchObject({
      allowPartial: true,
      createObjs: [
        { objPath: `Device.LocalAgent.Controller.[EndpointID=="${CONTROLLER}"].BootParameter.` },
        ...['Device.Boot!', 'Device.LocalAgent.TransferComplete!', expect.stringContaining('Download()')].map(
          (value: unknown) => ({
            objPath: 'Device.LocalAgent.Subscription.',
            paramSettings: expect.arrayContaining([expect.objectContaining({ param: 'ReferenceList', value })]),
          }),
        ),
        { objPath: 'Device.LocalAgent.Subscription.' },
      ],
    });
    expect(get?.body?.request?.get?.paramPaths).toContain('Device.DeviceInfo.FirmwareImage.');
    expect(decodeRecord(w.sent[0]?.payload ?? new Uint8Array()).toId).toBe(`self::${THING}`);
  });

  test('that introduces itself (on-board request) is treated alike and gets its receipt', async () => {
    const w = world();
    await w.handle(notify({ onBoardReq: { oui: '00D09E' } }, { sendResp: true }));
    expect(sentMessages(w).map(({ header }) => header?.msgType)).toEqual(['ADD', 'GET', 'NOTIFY_RESP']);
  });

  test('that introduces itself without a connect record is known by the name it gives', async () => {
    const w = world();
    const onBoardRequest = notify({ onBoardReq: { oui: '00D09E' } }, { sendResp: true });
    await w.handle({ ...onBoardRequest, topic: `${TOPIC}/reply-to=agents%2F${THING}%2Fusp%2Frequest` });
    for (const { payload } of w.sent) expect(decodeRecord(payload).toId).toBe(`self::${THING}`);
    for (const { responseTopic } of w.sent) expect(responseTopic).toBeUndefined();
    w.sent.splice(0);
    await w.handle({ ...onBoardRequest, record: { ...onBoardRequest.record, fromId: 'self::other' } });
    expect(decodeRecord(w.sent[0]?.payload ?? new Uint8Array()).toId).toBe('self::other');
  });

  test('that refuses them together is asked for one by one', async () => {
    const w = world();
    await w.handle(connects({ version: 'V5' }));
    const msgId = sentMessages(w)[0]?.header?.msgId;
    w.sent.splice(0);
    await w.handle(says({ header: { msgId }, body: { error: { errCode: 7004, errMsg: 'one at a time' } } }));
    expect(w.sent).toHaveLength(5);
    for (const message of sentMessages(w)) expect(message.body?.request?.add?.createObjs).toHaveLength(1);
    expect(w.sent[0]?.responseTopic).toBeDefined();
  });

  test.each([[7004], [7025]])('has its subscriptions when it answers %i: they are there already', async (errCode) => {
    const w = world();
    await w.handle(connects());
    const operStatus = { operFailure: { errCode, errMsg: 'exists' } };
    const addResp = { createdObjResults: [{ requestedPath: 'Device.LocalAgent.Subscription.', operStatus }] };
    await w.handle(says({ header: { msgId: sentMessages(w)[0]?.header?.msgId }, body: { response: { addResp } } }));
    expect(w.lines.filter(({ level }) => level === 'UnusedMessages')).toEqual([]);
  });

  test.each<readonly [string, Readonly<Record<string, object>>, object, string]>([
    ['the bank that does not run', TWO_BANKS, { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1' }, '2.'],
    [
      'the bank that does not run, although both read Available',
      { 1: { Status: 'Available' }, 2: { Status: 'Available' } },
      { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.2.' },
      '1.',
    ],
    [
      'the bank after a failed download',
      { 1: { Status: 'Active' }, 2: { Status: 'DownloadFailed' } },
      { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1' },
      '2.',
    ],
    ['the only bank', { 1: { Status: 'Active' } }, { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1' }, '1.'],
    ['what the search path finds, when it tells of no image', {}, {}, '[Status=="Available"].'],
  ])('downloads to %s', async (_, images, info, expected) => {
    const w = world();
    await w.handle(connects());
    await w.handle(inventory(w, images, info));
    await w.download(START);
    expect(w.operate().body?.request?.operate?.command).toBe(`Device.DeviceInfo.FirmwareImage.${expected}Download()`);
  });

  test('downloads to what the search path finds once it runs another image than its inventory says', async () => {
    const w = world();
    await w.handle(connects());
    const info = { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1', SoftwareVersion: '1.2.1' };
    await w.handle(inventory(w, TWO_BANKS, info));
    const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': '1.2.2' });
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap }));
    await w.download(START);
    const { command } = w.operate().body?.request?.operate ?? {};
    expect(command).toBe('Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()');
  });

  test('that runs the target already is not touched: it counts as booted into it', async () => {
    const w = world();
    await w.handle(connects());
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.3' }));
    w.sent.splice(0);
    await w.download(START);
    expect(w.sent).toEqual([]);
    expect(w.published).toMatchObject([
      { name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' },
      { name: 'DOWNLOAD_OPERATION_DONE', status: 'SUCCESS' },
      { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', token: 'first' },
    ]);
  });
});

describe('a download', () => {
  test.each([
    [
      'the device',
      async (w: World) => w.handle(connects()).then(() => w.handle(inventory(w, {}, { SoftwareVersion: '1.10.0' }))),
    ],
    ['the registry', async () => undefined],
  ])('of an older version than %s names is refused, unless the job allows it', async (_, prepare) => {
    const w = world();
    await prepare(w);
    w.sent.splice(0);
    const start = { ...START, attributes: { firmwareVersion: '1.10.0' } };
    await w.download(start);
    expect(w.sent).toEqual([]);
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode: 'DOWNGRADE_REFUSED' }]);
    await w.download({ ...start, jobDocument: { allowDowngrade: true } });
    expect(w.sent).toHaveLength(1);
  });

  test('carries what the job says of the firmware', async () => {
    const w = world();
    w.state.credentials = { username: 'u', password: 'p' };
    const checkSum = 'ab'.repeat(32);
    const firmware = {
      url: 'https://fw.example.com/{firmwareVersion}.bin',
      fileSize: 7,
      checkSumAlgorithm: 'SHA-256',
      checkSum,
    };
    await w.download({ ...START, jobDocument: { firmware, activation: { mode: 'WINDOW' } } });
    expect(w.operate().body?.request?.operate?.inputArgs).toEqual({
      AutoActivate: 'false',
      URL: 'https://fw.example.com/1.2.3.bin',
      Username: 'u',
      Password: 'p',
      FileSize: '7',
      CheckSumAlgorithm: 'SHA-256',
      CheckSum: checkSum,
    });
  });

  test.each<readonly [string, object, string]>([
    ['an unknown protocol', { attributes: { protocol: 'carrier-pigeon' } }, 'UNKNOWN_PROTOCOL'],
    ['a malformed job document', { jobDocument: { firmware: { url: 7 } } }, 'INVALID_JOB_DOCUMENT'],
    [
      'credentials that cannot be read',
      { jobDocument: { firmware: { credentialsSecret: 'missing' } } },
      'FIRMWARE_CREDENTIALS',
    ],
  ])('with %s is refused with a reason', async (_, fields, faultCode) => {
    const w = world();
    await w.download({ ...START, ...fields });
    expect(w.sent).toEqual([]);
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode }]);
  });

  test('that is done with its answer is told as done, when nothing else will tell it', async () => {
    const w = world();
    await w.download({ ...START, jobDocument: { activation: { mode: 'WINDOW' } } });
    await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqOutputArgs: {} }));
    expect(w.published.map(({ name }) => name)).toEqual(['DEVICE_STARTED_DOWNLOAD_SUCCESS', 'DOWNLOAD_OPERATION_DONE']);
  });
});

describe('a command whose answer was lost', () => {
  const begun = { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: 'job-1', token: 'first' };
  const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': '1.2.3' });

  test.each([
    ['transfer', event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }), 'FIRMWARE_TRANSFERRED'],
    ['failed transfer', event('TransferComplete!', { CommandKey: '', FaultCode: '7016' }), 'FIRMWARE_TRANSFERRED'],
    ['end', notify({ operComplete: { commandName: 'Download()', commandKey: 'job-1' } }), 'DOWNLOAD_OPERATION_DONE'],
    ['boot', event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }), 'DEVICE_REBOOTED'],
  ])('has begun when the device tells of its %s', async (_, message, name) => {
    const w = world();
    await w.download(START);
    await w.handle(message);
    expect(w.published).toMatchObject([begun, { name }]);
  });

  test('has begun once, whatever else the device tells', async () => {
    const w = world();
    await w.download(START);
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }));
    await w.handle(notify({ operComplete: { commandName: 'Download()', commandKey: 'job-1' } }));
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }));
    expect(w.published.filter(({ name }) => name === 'DEVICE_STARTED_DOWNLOAD_SUCCESS')).toHaveLength(1);
  });

  test('is an activation, when it boots after that', async () => {
    const w = world();
    await w.download({ ...START, jobDocument: { activation: { mode: 'WINDOW' } } });
    await w.activate();
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }));
    expect(w.published.map(({ name }) => name)).toEqual(['FIRMWARE_TRANSFERRED']);
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }));
    expect(w.published.slice(1)).toMatchObject([
      { name: 'DEVICE_STARTED_ACTIVATION_SUCCESS', token: 'first' },
      { name: 'DEVICE_REBOOTED' },
    ]);
  });

  test('may still be refused by an answer, when the device told of something else', async () => {
    const w = world();
    await w.download(START);
    await w.handle(event('TransferComplete!', { CommandKey: 'another', FaultCode: '0' }));
    await w.handle(answer(w, { executedCommand: 'x', cmdFailure: { errCode: 7022, errMsg: 'not now' } }));
    expect(w.published.at(-1)).toMatchObject({ name: 'DEVICE_STARTED_DOWNLOAD_FAIL' });
  });
});

describe('a two-phase upgrade', () => {
  const staged = async () => {
    const w = world();
    await w.download({ ...START, jobDocument: { activation: { mode: 'WINDOW' } } });
    await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }));
    w.published.splice(0);
    return w;
  };
  const ParameterMap = (version: string) => JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': version });

  test('takes no boot for its own before it is activated', async () => {
    const w = await staged();
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'false', ParameterMap: ParameterMap('1.2.1') }));
    expect(w.published).toEqual([]);
    await w.activate();
    await begins(w);
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap: ParameterMap('1.2.3') }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' }]);
  });

  test('activates the image that was downloaded, once', async () => {
    const w = await staged();
    await w.activate();
    await w.activate();
    expect(w.sent).toHaveLength(2);
    expect(w.operate().body?.request?.operate).toMatchObject({
      command: 'Device.DeviceInfo.FirmwareImage.2.Activate()',
      commandKey: 'job-1',
    });
    await w.handle(answer(w, { executedCommand: 'x', cmdFailure: { errCode: 7022, errMsg: 'not now' } }));
    expect(w.published).toMatchObject([
      { name: 'DEVICE_STARTED_ACTIVATION_FAIL', token: 'first', faultCode: '7022', faultString: 'not now' },
    ]);
  });

  test.each([
    ['fails', 7023, ['ACTIVATION_FAILED']],
    ['was cut off by its own reboot', 7022, []],
  ])('when the activation %s (%i)', async (_, errCode, expected) => {
    const w = await staged();
    await w.activate();
    await begins(w);
    const cmdFailure = { errCode, errMsg: 'x' };
    await w.handle(notify({ operComplete: { commandName: 'Activate()', commandKey: 'job-1', cmdFailure } }));
    expect(w.published.map(({ name }) => name)).toEqual(expected);
  });
});

describe('a boot', () => {
  const asked = begun;
  const silentBoot = event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true' });
  const change = (paramValue: string) =>
    notify({ valueChange: { paramPath: 'Device.DeviceInfo.SoftwareVersion', paramValue } });

  test('that does not say into what makes the controller ask; the answer decides', async () => {
    const w = await asked();
    w.state.now += 1000;
    await w.handle(silentBoot);
    expect(w.published).toEqual([]);
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', status: 'FAIL', firmwareVersion: '1.2.1' }]);
  });

  test('may be told by a change of the version alone', async () => {
    const w = await asked();
    await w.handle(change('1.2.3'));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', status: 'SUCCESS', firmwareVersion: '1.2.3' }]);
  });

  test('that is told twice, by Boot! and by the change, is told to the workflow once', async () => {
    const w = await asked();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }));
    await w.handle(change('1.2.3'));
    expect(w.published).toHaveLength(1);
  });

  test('is not lost when the topic refuses the message at first', async () => {
    const w = await asked();
    w.state.publishFails = true;
    await expect(w.handle(change('1.2.3'))).rejects.toThrow('throttled');
    w.state.publishFails = false;
    await w.handle(change('1.2.3'));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' }]);
  });

  test('that is not told at all is found out when the device connects again', async () => {
    const w = await asked();
    w.state.now += 60_000;
    await w.handle(connects());
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.3' }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' }]);
  });

  test('is not read into a lost connection: the old version is no verdict without a boot', async () => {
    const w = await asked();
    w.state.now += 60_000;
    await w.handle(connects());
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }));
    await w.handle(change('1.2.1'));
    expect(w.published).toEqual([]);
  });

  test('is not read into an answer from before the request', async () => {
    const w = world();
    await w.handle(connects());
    const old = inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.3' });
    w.state.now += 1000;
    await w.download(START);
    await w.handle(old);
    expect(w.published).toEqual([]);
  });

  test('into the wanted version counts, whatever command key it comes with', async () => {
    const w = await asked();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'cpe-7', FirmwareUpdated: '1', ParameterMap }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', id: 'job-1' }]);
  });
});

describe('a record that is not what it claims', () => {
  test('is refused and counted when its sender is not the one the device is known by', async () => {
    const w = world();
    await w.handle(connects());
    await w.download(START);
    const spoofed = event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true' }, { sendResp: true });
    const sent = w.sent.length;
    await w.handle({ ...spoofed, record: { ...spoofed.record, fromId: 'self::somebody-else' } });
    expect(w.published).toEqual([]);
    expect(w.sent).toHaveLength(sent);
    expect(w.lines.filter(({ level }) => level === 'SpoofedSenders')).toHaveLength(1);
  });

  test.each([
    ['an unknown version', { ...says({}), record: { ...record, version: '2.0', noSessionContext: {} } }],
    ['an unknown protocol', { ...says({}), protocol: 'carrier-pigeon' }],
  ])('is refused and counted when it has %s', async (_, message) => {
    const w = world();
    await w.handle(message);
    expect(w.lines.map(({ level }) => level)).toEqual(['UnusableDeviceMessages']);
  });
});
