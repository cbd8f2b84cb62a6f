import { decodeRecord } from '../../../../proto/codec';
import {
  START,
  THING,
  TOPIC,
  CONTROLLER,
  world,
  says,
  notify,
  event,
  sentMessages,
  connects,
  inventory,
  TWO_BANKS,
} from '../support/device-world';

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
    ['what the search path finds, when it reports no image', {}, {}, '[Status=="Available"].'],
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
