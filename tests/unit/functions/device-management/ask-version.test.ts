import { begun, event, inventory, sentMessages, START, THING, TWO_BANKS, type World } from '../support/device-world';

const REBOOTED = { name: 'DEVICE_REBOOTED', id: START.id, thingName: THING, status: 'SUCCESS' };
const runs = (w: World, SoftwareVersion: string) => w.handle(inventory(w, TWO_BANKS, { SoftwareVersion }));

describe('a device that has been silent for too long', () => {
  test('is asked for its version, within the time that the workflow waits for it', async () => {
    const w = await begun();
    w.state.now += 100_000;
    await w.askVersion();
    expect(sentMessages(w).at(-1)).toMatchObject({ header: { msgType: 'GET' } });
    expect(w.sent.at(-1)).toMatchObject({ messageExpiry: 20 });
    expect(w.published).toEqual([]);
  });

  test('counts as booted when it answers that it runs the firmware', async () => {
    const w = await begun();
    await w.askVersion();
    w.state.now += 1_000;
    await runs(w, START.firmwareVersion);
    expect(w.published).toMatchObject([{ ...REBOOTED, firmwareVersion: START.firmwareVersion }]);
  });

  test('reports nothing when it answers that it runs what it ran before: it may still be at work', async () => {
    const w = await begun();
    await w.askVersion();
    w.state.now += 1_000;
    await runs(w, '1.2.1');
    expect(w.published).toEqual([]);
  });

  test('is not asked when it is known to run the firmware', async () => {
    const w = await begun();
    const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': START.firmwareVersion });
    await w.handle(event('Boot!', { CommandKey: START.id, FirmwareUpdated: 'true', ParameterMap }));
    const sent = w.sent.length;
    w.published.splice(0);
    await w.askVersion();
    expect(w.published).toMatchObject([{ ...REBOOTED, firmwareVersion: START.firmwareVersion }]);
    expect(w.sent).toHaveLength(sent);
  });

  test('is not asked when nobody waits for the answer any more', async () => {
    const w = await begun();
    const sent = w.sent.length;
    w.state.now += 1_000 * START.timeLimitSeconds;
    await w.askVersion();
    expect(w.sent).toHaveLength(sent);
    expect(w.published).toEqual([]);
  });
});
