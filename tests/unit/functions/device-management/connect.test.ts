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
  const CONTROLLER_ROW = { 'Device.LocalAgent.Controller.1.': { EndpointID: CONTROLLER } };
  /** Connects, and reports what rows it has. @returns what it is asked for then */
  const connectsWith = async (rows: Readonly<Record<string, object>>, w = world()) => {
    await w.handle(connects());
    const before = w.sent.length;
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }, { ...CONTROLLER_ROW, ...rows }));
    return sentMessages(w).slice(before);
  };

  test('is asked what it has at every connect: boot parameters, subscriptions, images and version', async () => {
    const w = world();
    await w.handle(connects());
    await w.handle(connects());
    expect(sentMessages(w).map(({ body }) => body?.request?.get?.paramPaths)).toEqual(
      Array.from({ length: 2 }, () => [
        'Device.DeviceInfo.FirmwareImage.',
        'Device.DeviceInfo.ActiveFirmwareImage',
        'Device.DeviceInfo.SoftwareVersion',
        `Device.LocalAgent.Controller.[EndpointID=="${CONTROLLER}"].EndpointID`,
        `Device.LocalAgent.Controller.[EndpointID=="${CONTROLLER}"].BootParameter.`,
        'Device.LocalAgent.Subscription.',
      ]),
    );
  });

  test('is asked for the boot parameter and the subscriptions that it lacks', async () => {
    const [add, ...others] = await connectsWith({});
    expect(others).toEqual([]);
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
  });

  const BOOT_PARAMETER = { Enable: 'true', ParameterName: 'Device.DeviceInfo.SoftwareVersion' };
  const [IDS, REFERENCES] = [
    ['wme-boot', 'wme-transfer', 'wme-operation', 'wme-version'],
    [
      'Device.Boot!',
      'Device.LocalAgent.TransferComplete!',
      'Device.DeviceInfo.FirmwareImage.*.Download(),Device.DeviceInfo.FirmwareImage.*.Activate()',
      'Device.DeviceInfo.SoftwareVersion',
    ],
  ];
  const subscriptions = Object.fromEntries(
    IDS.map((ID, index) => [
      `Device.LocalAgent.Subscription.${index + 1}.`,
      {
        ...{ Enable: '1', ID, Recipient: 'Device.LocalAgent.Controller.1', ReferenceList: REFERENCES[index] },
        NotifType: ['Event', 'Event', 'OperationComplete', 'ValueChange'][index],
      },
    ]),
  );
  const all = { ...subscriptions, 'Device.LocalAgent.Controller.1.BootParameter.1.': BOOT_PARAMETER };
  const added = (message?: ReturnType<typeof sentMessages>[number]) =>
    message?.body?.request?.add?.createObjs?.map(
      ({ paramSettings }) => paramSettings?.find(({ param }) => param === 'ID' || param === 'ParameterName')?.value,
    );

  test('is asked for nothing when it has everything', async () => {
    expect(await connectsWith(all)).toEqual([]);
  });

  test.each<readonly [string, string, object, readonly string[]]>([
    ['of another controller', 'Recipient', { Recipient: 'Device.LocalAgent.Controller.2' }, []],
    ['that is disabled', 'Enable', { Enable: 'false' }, ['Device.LocalAgent.Subscription.1.']],
    ['to something else', 'ReferenceList', { ReferenceList: 'Device.Other!' }, ['Device.LocalAgent.Subscription.1.']],
  ])('does not take a subscription %s for its own (%s)', async (_, __, fields, removed) => {
    const [first, second] = await connectsWith({
      ...all,
      'Device.LocalAgent.Subscription.1.': { ...subscriptions['Device.LocalAgent.Subscription.1.'], ...fields },
    });
    const add = removed.length === 0 ? first : second;
    if (removed.length > 0) expect(first?.body?.request?.delete?.objPaths).toEqual(removed);
    expect(added(add)).toEqual(['wme-boot']);
  });

  test('gets rid of the boot parameters that are one too many, where the agent takes more than one of a kind', async () => {
    const surplus = {
      'Device.LocalAgent.Controller.1.BootParameter.2.': BOOT_PARAMETER,
      'Device.LocalAgent.Controller.1.BootParameter.5.': BOOT_PARAMETER,
      'Device.LocalAgent.Controller.1.BootParameter.3.': { ...BOOT_PARAMETER, ParameterName: 'Device.X' },
      'Device.LocalAgent.Controller.2.BootParameter.1.': BOOT_PARAMETER,
    };
    const messages = await connectsWith({ ...all, ...surplus });
    expect(messages.map(({ body }) => body?.request)).toEqual([
      {
        delete: {
          allowPartial: true,
          objPaths: [
            'Device.LocalAgent.Controller.1.BootParameter.2.',
            'Device.LocalAgent.Controller.1.BootParameter.5.',
          ],
        },
      },
    ]);
  });

  test('lists the rows of inner objects under their parents, as some agents do', async () => {
    const inner = Object.entries({ EndpointID: CONTROLLER, ...BOOT_PARAMETER }).map(([name, value]) => [
      name === 'EndpointID' ? name : `BootParameter.1.${name}`,
      value,
    ]);
    const rows = { ...subscriptions, 'Device.LocalAgent.Controller.1.': Object.fromEntries(inner) };
    expect(await connectsWith(rows)).toEqual([]);
  });

  test('that refuses to be looked at is asked for everything: it refuses what it has', async () => {
    const w = world();
    await w.handle(connects());
    const msgId = sentMessages(w)[0]?.header?.msgId;
    w.sent.splice(0);
    await w.handle(says({ header: { msgId }, body: { error: { errCode: 7006, errMsg: 'permission denied' } } }));
    expect(added(sentMessages(w)[0])).toHaveLength(5);
  });

  test('is not asked again by the answer to a question for its version', async () => {
    const w = world();
    await w.download(START);
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true' }));
    const before = w.sent.length;
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.3' }));
    expect(w.sent).toHaveLength(before);
  });

  test('that introduces itself (on-board request) is treated alike and gets its receipt', async () => {
    const w = world();
    await w.handle(notify({ onBoardReq: { oui: '00D09E' } }, { sendResp: true }));
    expect(sentMessages(w).map(({ header }) => header?.msgType)).toEqual(['GET', 'NOTIFY_RESP']);
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
    const { 'Device.LocalAgent.Subscription.2.': transfer } = subscriptions;
    const rows = { 'Device.LocalAgent.Subscription.2.': transfer ?? {} };
    await w.handle(inventory(w, TWO_BANKS, {}, { ...CONTROLLER_ROW, ...rows }));
    const msgId = sentMessages(w).at(-1)?.header?.msgId;
    w.sent.splice(0);
    await w.handle(says({ header: { msgId }, body: { error: { errCode: 7004, errMsg: 'one at a time' } } }));
    expect(sentMessages(w).map(added)).toEqual([
      ['Device.DeviceInfo.SoftwareVersion'],
      ['wme-boot'],
      ['wme-operation'],
      ['wme-version'],
    ]);
    expect(w.sent[0]?.responseTopic).toBeDefined();
  });

  test.each([[7004], [7025]])('has its subscriptions when it answers %i: they are there already', async (errCode) => {
    const w = world();
    await connectsWith({}, w);
    const operStatus = { operFailure: { errCode, errMsg: 'exists' } };
    const addResp = { createdObjResults: [{ requestedPath: 'Device.LocalAgent.Subscription.', operStatus }] };
    await w.handle(says({ header: { msgId: sentMessages(w).at(-1)?.header?.msgId }, body: { response: { addResp } } }));
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
      { name: 'DEVICE_REBOOTED', status: 'SUCCESS', firmwareVersion: '1.2.3' },
      { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', token: 'first' },
    ]);
  });

  test('is not asked to remove more rows than a message of AWS IoT can name: 128 KB', async () => {
    const rows = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, index) => [`Device.LocalAgent.Subscription.${index}.`, { ID: 'wme-boot' }]),
    );
    const asked = await connectsWith(rows);
    expect(asked.map(({ header }) => header?.msgType)).toEqual(['DELETE', 'ADD']);
    expect(asked[0]?.body?.request?.delete?.objPaths).toHaveLength(500);
  });

  test('may report an object with as many parameters as fit into a message: not seconds, which other devices wait', async () => {
    const w = world();
    await w.handle(connects());
    const parameters = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`p${index}`, '']));
    const started = performance.now();
    await w.handle(inventory(w, TWO_BANKS, { ...parameters, SoftwareVersion: '1.2.1' }));
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(sentMessages(w).at(-1)?.header?.msgType).toBe('ADD');
  });
});
