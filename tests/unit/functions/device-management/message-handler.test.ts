import { decodeMsg, decodeRecord } from '../../../../proto/codec';
import {
  START,
  THING,
  TOPIC,
  world,
  begun,
  says,
  notify,
  event,
  answer,
  record,
  connects,
} from '../support/device-world';

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
  ])('reports %s in the OperateResp as a refused download (defect 4)', async (_, result, faultCode, faultString) => {
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

  test('correlates a Boot! without command key by the running operation, if the firmware was on the device, and no other boot', async () => {
    const w = await begun();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.1"}';
    const boot = (CommandKey: string) =>
      w.handle(event('Boot!', { CommandKey, FirmwareUpdated: 'false', ParameterMap }));
    await boot('');
    await boot('FirstBoot');
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', status: 'FAIL', ifDownloadedBy: 1_000_000 }]);
  });

  test('hands on the execution that the operation belongs to, and measures the seconds since the request', async () => {
    const w = world();
    await w.download({ ...START, executionArn: 'arn:e' });
    w.state.now += 9_000;
    await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }));
    expect(w.published).toMatchObject([{ executionArn: 'arn:e' }]);
    expect(w.lines.at(-1)).toMatchObject({
      level: 'measure',
      fields: { DownloadStartSeconds: 9, operationId: 'job-1', thingName: THING, executionArn: 'arn:e' },
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
    ['a CommandKey that no table can hold', event('Boot!', { CommandKey: 'k'.repeat(2_000) })],
    ['a fault code of that length', event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '7'.repeat(2_000) })],
    [
      'an operation of that length',
      notify({ operComplete: { commandName: 'Download()', commandKey: 'k'.repeat(2_000) } }),
    ],
    [
      'a version of that length',
      notify({ valueChange: { paramPath: 'Device.DeviceInfo.SoftwareVersion', paramValue: '1'.repeat(2_000) } }),
    ],
    ['a message id of that length', notify({ event: { eventName: 'Boot!', params: {} } }, {}, 'n'.repeat(2_000))],
    ['an endpoint id of that length', { ...says({}), record: { ...record, fromId: 'f'.repeat(2_000) } }],
  ])('logs and counts %s with thing and topic, and publishes nothing', async (_, message) => {
    const w = await started();
    await w.handle(message);
    expect(w.published).toEqual([]);
    expect(w.lines.filter(({ level }) => level === 'UnusableDeviceMessages')).toMatchObject([
      { fields: { thingName: THING, topic: TOPIC } },
    ]);
  });
});

describe('a long error text of a device', () => {
  test('is cut by characters, not within one', async () => {
    const w = await begun();
    const FaultString = '\u{1f9ea}'.repeat(2_000);
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '7003', FaultString }));
    expect(w.published).toMatchObject([{ faultCode: '7003', faultString: '\u{1f9ea}'.repeat(1_024) }]);
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
