import {
  answer,
  CONTROLLER,
  connects,
  messageOf,
  says,
  sentMessages,
  START,
  THING,
  world,
  type World,
} from '../support/device-world';

const DOWNLOAD = 'Device.DeviceInfo.FirmwareImage.2.Download()';
const IDLE = { 1: { Status: 'Active', Version: '1.2.1' }, 2: { Status: 'Available', Version: '1.0.0' } };
const BEGUN = { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: START.id };
const BUSY = { name: 'DEVICE_STARTED_DOWNLOAD_FAIL', id: START.id, faultCode: 'DEVICE_BUSY' };
/** The task that asks again, when the first one has timed out. */
const AGAIN = { ...START, token: 'second', enteredAt: '1970-01-01T00:18:40.000Z' };

const downloadsSent = (w: World) => sentMessages(w).filter(({ body }) => body?.request?.operate !== undefined);
const questions = (w: World) =>
  sentMessages(w).filter(({ header }) => header?.msgId?.startsWith('DOWNLOADS@') === true);

interface Shown {
  readonly images?: Readonly<Record<string, object>>;
  readonly requests?: readonly object[];
  /** `undefined`: the agent does not show it. */
  readonly count?: string | undefined;
  readonly SoftwareVersion?: string;
}

/** The answer of the device to the last question. */
const shows = (w: World, { images = IDLE, requests = [], SoftwareVersion = '1.2.1', ...rest }: Shown = {}) => {
  const { count = String(requests.length) } = rest;
  const object = (resolvedPath: string, resultParams: object) => ({
    resolvedPathResults: [{ resolvedPath, resultParams }],
  });
  return says({
    header: { msgId: questions(w).at(-1)?.header?.msgId, msgType: 'GET_RESP' },
    body: {
      response: {
        getResp: {
          reqPathResults: [
            ...Object.entries(images).map(([n, params]) => object(`Device.DeviceInfo.FirmwareImage.${n}.`, params)),
            object('Device.DeviceInfo.', { SoftwareVersion }),
            'count' in rest && rest.count === undefined
              ? { errCode: 7026, resolvedPathResults: [] }
              : object('Device.LocalAgent.', { RequestNumberOfEntries: count }),
            ...requests.map((params, index) => object(`Device.LocalAgent.Request.${index + 1}.`, params)),
          ],
        },
      },
    },
  });
};
const request = (CommandKey: string) => ({ Command: DOWNLOAD, CommandKey, Status: 'Active', Originator: CONTROLLER });

/** A device that was asked, has not answered, and is asked about by the workflow again. */
const askedAgain = async () => {
  const w = world();
  await w.download(START);
  w.state.now += 120_000;
  await w.download(AGAIN);
  w.state.now += 100;
  return w;
};

describe('a command that the device has not answered, when the workflow asks again', () => {
  test('is looked for, not sent again', async () => {
    const w = await askedAgain();
    expect(downloadsSent(w)).toHaveLength(1);
    expect(questions(w).map(({ body }) => body?.request?.get?.paramPaths)).toEqual([
      expect.arrayContaining(['Device.LocalAgent.RequestNumberOfEntries', 'Device.LocalAgent.Request.']),
    ]);
    expect(w.sent.at(-1)).toMatchObject({ messageExpiry: 120 });
  });

  test.each([
    ['a request with its command key', { requests: [request(START.id)] }],
    ['an image that is being downloaded', { images: { ...IDLE, 2: { Status: 'Downloading' } } }],
    ['an image that is being checked', { images: { ...IDLE, 2: { Status: 'Validating' } } }],
    ['an image with the version', { images: { ...IDLE, 2: { Status: 'Available', Version: '1.2.3' } } }],
  ])('has begun when the device shows %s', async (_, shown) => {
    const w = await askedAgain();
    await w.handle(shows(w, shown));
    expect(w.published).toMatchObject([BEGUN, BEGUN]);
    expect(w.published.map((message) => 'token' in message && message.token)).toEqual(['first', 'second']);
    await w.download({ ...AGAIN, token: 'third' });
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test('is reported as begun and booted when the device runs the firmware', async () => {
    const w = await askedAgain();
    await w.handle(
      shows(w, { SoftwareVersion: '1.2.3', images: { 1: { Status: 'Available' }, 2: { Status: 'Active' } } }),
    );
    expect(w.published).toMatchObject([BEGUN, BEGUN, { name: 'DEVICE_REBOOTED', status: 'SUCCESS' }]);
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test('is sent once more, with the same request id, when the device shows that it did not arrive', async () => {
    const w = await askedAgain();
    await w.handle(shows(w));
    expect(w.published).toMatchObject([BUSY, BUSY]);
    w.state.now += 5_000;
    await w.download(AGAIN);
    const [first, second] = downloadsSent(w);
    expect(downloadsSent(w)).toHaveLength(2);
    expect(second?.header).toEqual(first?.header);
    expect(w.sent.at(-1)).toMatchObject({ messageExpiry: 114 });
    // What AWS delivers again of either request, or of the device's answer, changes nothing.
    await w.handle(shows(w));
    await expect(w.download(AGAIN)).rejects.toThrow('try again later');
    await w.download(START);
    expect(downloadsSent(w)).toHaveLength(2);
    await w.handle(answer({ ...w, operate: () => second ?? {} }, { executedCommand: DOWNLOAD, reqObjPath: 'r' }));
    expect(w.published.slice(2)).toMatchObject([BEGUN, BEGUN]);
  });

  test('is reported as lost also when the function dies before it has reported it', async () => {
    const w = await askedAgain();
    w.state.publishFails = true;
    await expect(w.handle(shows(w))).rejects.toThrow('throttled');
    w.state.publishFails = false;
    await w.handle(shows(w));
    expect(w.published).toMatchObject([BUSY, BUSY]);
  });

  test('is not sent once more when its answer comes late, before the workflow asks', async () => {
    const w = await askedAgain();
    await w.handle(shows(w));
    const [first] = downloadsSent(w);
    await w.handle(answer({ ...w, operate: () => first ?? {} }, { executedCommand: DOWNLOAD, reqObjPath: 'r' }));
    w.state.now += 5_000;
    w.published.splice(0);
    await w.download(AGAIN);
    expect(w.published).toMatchObject([BEGUN]);
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test('is not sent once more when an event shows that it has begun', async () => {
    const w = await askedAgain();
    await w.handle(shows(w));
    const failed = { commandName: 'Download()', commandKey: START.id, cmdFailure: { errCode: 7002, errMsg: 'no' } };
    const notify = { operComplete: failed };
    await w.handle(says({ header: { msgId: 'n', msgType: 'NOTIFY' }, body: { request: { notify } } }));
    w.state.now += 5_000;
    await w.download(AGAIN);
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test.each([
    ['does not show its requests', { count: undefined }],
    ['shows fewer requests than it has', { count: '1' }],
    ['shows no images', { images: {} }],
    ['has an image that failed, of whichever download', { images: { ...IDLE, 2: { Status: 'DownloadFailed' } } }],
    [
      'is at a download of another',
      { requests: [request('other')], images: { ...IDLE, 2: { Status: 'Downloading' } } },
    ],
  ])('is never sent again when the device %s', async (_, shown) => {
    const w = await askedAgain();
    await w.handle(shows(w, shown));
    expect(w.published).toEqual([]);
    w.state.now += 5_000;
    await w.download(AGAIN);
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test('is never sent again when the device refuses to be looked at', async () => {
    const w = await askedAgain();
    const msgId = questions(w).at(-1)?.header?.msgId;
    await w.handle(says({ header: { msgId, msgType: 'ERROR' }, body: { error: { errCode: 7006, errMsg: 'no' } } }));
    w.state.now += 5_000;
    await w.download(AGAIN);
    expect(downloadsSent(w)).toHaveLength(1);
  });

  test('is not looked for when AWS delivers the first request again', async () => {
    const w = world();
    await w.download(START);
    w.state.now += 1_000;
    // Whether its sender died is not known: Lambda tries again.
    await expect(w.download(START)).rejects.toThrow('try again later');
    expect(w.sent).toHaveLength(1);
  });

  test('is not sent any more when the workflow is over', async () => {
    const w = await askedAgain();
    await w.fails();
    await w.handle(shows(w));
    await w.download(AGAIN);
    expect(w.published).toEqual([]);
    expect(downloadsSent(w)).toHaveLength(1);
  });
});

describe('a device that connects before it has answered', () => {
  test('is asked whether it has the command, and gets it again if not', async () => {
    const w = world();
    await w.download(START);
    w.state.now += 30_000;
    await w.handle(connects());
    expect(questions(w)).toHaveLength(1);
    await w.handle(shows(w));
    expect(w.published).toMatchObject([{ ...BUSY, token: 'first' }]);
    w.state.now += 5_000;
    await w.download(START);
    expect(downloadsSent(w)).toHaveLength(2);
  });

  test('is not asked while the command is being sent: it may arrive after the question', async () => {
    const w = world();
    w.state.sendFails = true;
    await expect(w.download(START)).rejects.toThrow('throttled');
    w.state.sendFails = false;
    await w.handle(connects());
    expect(questions(w)).toEqual([]);
  });

  test.each([
    ['it has answered', (w: World) => w.handle(answer(w, { executedCommand: DOWNLOAD, reqObjPath: 'r' }))],
    ['the workflow is over', (w: World) => w.fails()],
  ])('is not asked when %s', async (_, happens) => {
    const w = world();
    await w.download(START);
    await happens(w);
    await w.handle(connects());
    expect(questions(w)).toEqual([]);
  });

  test('is asked nothing more by an answer to a question from before the command was sent', async () => {
    const w = world();
    await w.download(START);
    w.state.now += 30_000;
    await w.handle(connects());
    const old = shows(w);
    await w.handle(old);
    w.state.now += 5_000;
    await w.download(START);
    w.published.splice(0);
    await w.handle(old);
    expect(w.published).toEqual([]);
    expect(messageOf(w.sent.at(-1)).body?.request?.operate?.commandKey).toBe(START.id);
    expect(w.touched).toEqual(new Set([THING]));
  });
});
