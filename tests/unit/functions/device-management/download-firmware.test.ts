import { decodeRecord } from '../../../../proto/codec';
import {
  messageOf,
  START,
  THING,
  TOPIC,
  CONTROLLER,
  world,
  answer,
  record,
  connects,
  inventory,
  type World,
} from '../support/device-world';

describe('DMDownloadFirmwareFunction', () => {
  test('sends the Operate of the original, in 3.1.1 style to the thing name when the device never told its own', async () => {
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

  test.each([
    [83, true],
    [84, false],
  ])('reaches an agent of MQTT 3.1.1 whose thing name has %d characters: %s', async (length, reached) => {
    const w = world();
    const thingName = 't'.repeat(length);
    await w.download({ ...START, thingName });
    expect(w.sent).toHaveLength(reached ? 1 : 0);
    expect(w.published).toMatchObject(
      reached
        ? []
        : [{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', thingName, token: 'first', faultCode: 'THING_NAME_TOO_LONG' }],
    );
  });

  test('reaches an agent of MQTT 5 whose thing name is as long as AWS allows', async () => {
    const w = world();
    const thingName = 't'.repeat(128);
    const mqttConnect = { version: 'V5', subscribedTopic: `agents/${thingName}/usp/request` };
    await w.handle({ thingName, topic: TOPIC.replaceAll(THING, thingName), record: { ...record, mqttConnect } });
    w.sent.splice(0);
    await w.download({ ...START, thingName });
    expect(w.sent[0]?.topic).toBe(`agents/${thingName}/usp/request`);
    expect(w.published).toEqual([]);
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
    await expect(w.download({ ...START, token: 'second' })).rejects.toThrow('try again later');
    expect(w.sent).toHaveLength(1);
    await w.handle(answer(w, { executedCommand: 'x', reqObjPath: 'Device.LocalAgent.Request.1' }));
    expect(w.published.map((message) => 'token' in message && message.token)).toEqual(['first', 'second']);
    await w.download({ ...START, token: 'third' });
    expect(w.published.at(-1)).toMatchObject({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', token: 'third' });
    expect(w.sent).toHaveLength(1);
  });

  test('waits until a device that has just connected for the first time has given its address', async () => {
    const w = world();
    const start = { ...START, connectedSince: new Date(w.state.now - 1_900).toISOString() };
    await w.download(start);
    expect(w.sent).toEqual([]);
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode: 'NOT_INTRODUCED' }]);
    await w.handle({ thingName: THING, topic: TOPIC, record: { ...record, mqttConnect: { version: 'V5' } } });
    w.sent.splice(0);
    await w.download(start);
    expect(decodeRecord(w.sent[0]?.payload ?? new Uint8Array()).toId).toBe(`self::${THING}`);
  });

  test('does not wait for an agent that never gives its address', async () => {
    const w = world();
    await w.download({ ...START, connectedSince: (w.state.now - 2_000) / 1000 });
    expect(w.sent).toHaveLength(1);
  });

  const refusedAsBusy = async () => {
    const w = world();
    await w.download(START);
    await w.handle(answer(w, { executedCommand: 'x', cmdFailure: { errCode: 7005, errMsg: 'Download() is running' } }));
    return w;
  };

  test('a device that is busy is asked again, by another request, when the workflow asks again', async () => {
    const w = await refusedAsBusy();
    expect(w.published.splice(0)).toMatchObject([
      { name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode: 'DEVICE_BUSY', faultString: '7005: Download() is running' },
    ]);
    const first = w.operate().header?.msgId;
    w.state.now += 5_000;
    await w.download({ ...START, token: 'second' });
    expect(w.sent).toHaveLength(2);
    expect(w.operate().header?.msgId).not.toBe(first);
    await w.handle(answer(w, { executedCommand: 'x', reqObjPath: 'Device.LocalAgent.Request.1' }));
    expect(w.published.at(-1)).toMatchObject({ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', token: 'second' });
  });

  test('a workflow that is stopped late does not command a device after one that began later', async () => {
    const w = world();
    await w.download({ ...START, id: 'new.1', startedAt: '1970-01-01T00:16:00.000Z' });
    w.published.splice(0);
    await w.download({ ...START, id: 'old.1', startedAt: '1970-01-01T00:15:00.000Z' });
    expect(w.sent).toHaveLength(1);
    expect(w.published).toMatchObject([
      { name: 'DEVICE_STARTED_DOWNLOAD_FAIL', id: 'old.1', token: 'first', faultCode: 'SUPERSEDED' },
    ]);
  });

  test('a device that is busy for longer than the time limit has refused the command', async () => {
    const w = await refusedAsBusy();
    w.published.splice(0);
    w.state.now += 120_000;
    await w.download({ ...START, token: 'second' });
    expect(w.sent).toHaveLength(1);
    expect(w.published).toMatchObject([
      {
        name: 'DEVICE_STARTED_DOWNLOAD_FAIL',
        token: 'second',
        faultCode: '7005',
        faultString: 'Download() is running',
      },
    ]);
  });

  test('expires at the broker when the workflow waits no longer', async () => {
    const w = world();
    w.state.now += 20_500;
    await w.download(START);
    expect(w.sent).toMatchObject([{ messageExpiry: 99 }]);
  });

  test.each([
    ['delivered for the first time', async () => undefined],
    [
      'whose first sender died',
      async (w: World) => {
        w.state.sendFails = true;
        await expect(w.download(START)).rejects.toThrow('throttled');
        w.state.sendFails = false;
      },
    ],
  ])('a request that is too late is dropped, %s', async (_, prepare) => {
    const w = world();
    await prepare(w);
    w.state.now += 120_000;
    await w.download(START);
    await w.activate();
    expect(w.sent).toEqual([]);
    expect(w.published).toEqual([]);
    expect(w.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'Dropped: the workflow waits no longer for the device to download' },
      { message: 'Dropped: the workflow waits no longer for the device to activate' },
    ]);
  });

  test.each([
    ['begun', async () => undefined],
    [
      'sent',
      async (w: World) => {
        w.state.sendFails = true;
        await expect(w.download(START)).rejects.toThrow('throttled');
        w.state.sendFails = false;
        w.state.now += 60_000;
      },
    ],
  ])('a request whose workflow was over before it was %s is dropped', async (_, prepare) => {
    const w = world();
    await prepare(w);
    await w.fails();
    await w.download(START);
    await w.activate();
    expect(w.sent).toEqual([]);
    expect(w.published).toEqual([]);
  });

  test('when a sender died, the device is asked whether it has the command, once the time of that sender is up', async () => {
    const w = world();
    w.state.sendFails = true;
    await expect(w.download(START)).rejects.toThrow('throttled');
    w.state.sendFails = false;
    await expect(w.download(START)).rejects.toThrow('try again later');
    expect(w.sent).toEqual([]);
    w.state.now += 60_000;
    await w.download(START);
    expect(w.operate()).toMatchObject({ header: { msgId: 'DOWNLOADS@1060000' }, body: { request: { get: {} } } });
  });

  /** An activation cannot be looked for. */
  test('a sender that died is taken over once its time is up, not before, where the device cannot be asked', async () => {
    const w = world();
    w.state.sendFails = true;
    await expect(w.activate()).rejects.toThrow('throttled');
    w.state.sendFails = false;
    await expect(w.activate()).rejects.toThrow('try again later');
    expect(w.sent).toEqual([]);
    w.state.now += 60_000;
    await w.activate();
    await w.activate();
    expect(w.sent.map((message) => messageOf(message).header?.msgId)).toEqual(['FIRMWARE-ACTIVATE@1000000']);
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
