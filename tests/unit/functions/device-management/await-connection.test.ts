import { connects, event, inventory, sentMessages, START, THING, TWO_BANKS, world } from '../support/device-world';

const AWAIT = { ...START, name: 'AWAIT_CONNECTION', timeLimitSeconds: 3_600 } as const;
const CONNECTED = { name: 'DEVICE_CONNECTED', id: START.id, thingName: THING, token: 'first' };
const present = (thingName = THING) => ({ protocol: 'presence', thingName, receivedAt: 1_030_000 });

describe('the connection of a device that is offline', () => {
  /** A device that reported its connection long ago, and is waited for. */
  const awaited = async (firmwareVersion = '1.2.1') => {
    const w = world();
    await w.handle({ ...connects(), receivedAt: 1 });
    await w.handle({ ...inventory(w, TWO_BANKS, { SoftwareVersion: firmwareVersion }), receivedAt: 2 });
    await w.awaitConnection(AWAIT);
    return w;
  };

  test('is reported once the device has said what a command needs, not before', async () => {
    const w = await awaited();
    await w.handle({ ...connects(), receivedAt: 1_020_000 });
    expect(w.published).toEqual([]);
    await w.handle({ ...inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }), receivedAt: 1_020_100 });
    expect(w.published).toEqual([CONNECTED]);
    await w.handle({ ...connects(), receivedAt: 1_030_000 });
    await w.handle({ ...inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }), receivedAt: 1_030_100 });
    expect(w.published).toHaveLength(1);
  });

  test('is reported also when the device refuses to say it', async () => {
    const w = await awaited();
    await w.handle({ ...connects(), receivedAt: 1_020_000 });
    const msgId = sentMessages(w).at(-1)?.header?.msgId;
    const refusal = { header: { msgId }, body: { error: { errCode: 7006, errMsg: 'no' } } };
    await w.handle({
      ...connects(),
      record: { ...connects().record, mqttConnect: undefined, noSessionContext: {} },
      payload: refusal,
    });
    expect(w.published).toEqual([CONNECTED]);
  });

  test.each([
    ['AWS IoT reports it', present()],
    ['it sends anything', event('Boot!', { CommandKey: '', FirmwareUpdated: 'false' })],
  ])('of an agent that does not report it itself is reported when %s', async (_, message) => {
    const w = world();
    await w.awaitConnection(AWAIT);
    expect(w.published).toEqual([]);
    await w.handle(message);
    await w.handle(present());
    expect(w.published).toEqual([CONNECTED]);
  });

  test('is left to an agent that reports it itself when AWS IoT reports it', async () => {
    const w = await awaited();
    await w.handle(present());
    expect(w.published).toEqual([]);
  });

  test('of clients that are no devices leaves nothing behind', async () => {
    const w = world();
    await w.handle(present('a-console'));
    await w.handle({ protocol: 'presence', thingName: 7 });
    expect(w.touched).toEqual(new Set());
  });

  test.each([
    ['it has connected since the workflow looked', 1_000_500, '1.2.1'],
    ['it connected so shortly before that AWS IoT may not have known', 995_000, '1.2.1'],
    ['it reported before that it runs the firmware already', 1, START.firmwareVersion],
  ])('is not waited for when %s', async (_, receivedAt, firmwareVersion) => {
    const w = world();
    await w.handle({ ...connects(), receivedAt });
    await w.handle({ ...inventory(w, TWO_BANKS, { SoftwareVersion: firmwareVersion }), receivedAt });
    await w.awaitConnection(AWAIT);
    expect(w.published).toEqual([CONNECTED]);
  });

  test('is not reported to a workflow that waits no longer', async () => {
    const w = await awaited();
    w.state.now += 3_600_000;
    await w.handle(connects());
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }));
    await w.awaitConnection(AWAIT);
    expect(w.published).toEqual([]);
  });
});

describe('a device that cannot run the firmware', () => {
  const jobDocument = {
    firmware: { compatibleWith: { thingTypeName: 'gateway', attributes: { model: ['G2', 'G3'], revision: 'B' } } },
  };
  const compatible = { thingTypeName: 'gateway', attributes: { model: 'G3', revision: 'B', firmwareVersion: '1.2.1' } };

  test.each([
    ['another type', { ...compatible, thingTypeName: 'lamp' }],
    ['no type', { ...compatible, thingTypeName: '' }],
    ['another model', { ...compatible, attributes: { ...compatible.attributes, model: 'G1' } }],
    ['no model', { ...compatible, attributes: { revision: 'B' } }],
    ['another revision', { ...compatible, attributes: { ...compatible.attributes, revision: 'A' } }],
  ])('is refused before anything is sent: a thing of %s', async (_, fields) => {
    const w = world();
    await w.download({ ...START, jobDocument, ...fields });
    expect(w.sent).toEqual([]);
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode: 'IncompatibleDevice' }]);
  });

  test('is none that has all that the job asks for', async () => {
    const w = world();
    await w.download({ ...START, jobDocument, ...compatible });
    expect(w.sent).toHaveLength(1);
  });
});
