import { START, world, begun, notify, event, connects, inventory, TWO_BANKS } from '../support/device-world';

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

  test('has no consequence once the workflow is over', async () => {
    const w = await asked();
    await w.fails();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }));
    await w.handle(change('1.2.3'));
    expect(w.published).toEqual([]);
  });

  test('of an earlier attempt, reported late, decides nothing and is not believed: the device is asked', async () => {
    const w = await asked();
    await w.download({ ...START, id: 'job-1.2' });
    w.published.splice(0);
    const before = w.sent.length;
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }, { sendResp: true }));
    expect(w.published).toEqual([]);
    expect(w.sent).toHaveLength(before + 2);
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }));
    expect(w.published).toEqual([]);
    await w.download({ ...START, id: 'job-1.3' });
    expect(w.published).toEqual([]);
  });

  test('into the wanted version counts, whatever command key it comes with', async () => {
    const w = await asked();
    const ParameterMap = '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}';
    await w.handle(event('Boot!', { CommandKey: 'cpe-7', FirmwareUpdated: '1', ParameterMap }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', id: 'job-1' }]);
  });

  const ParameterMap = (version: string) => JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': version });

  test('without a version makes what the device runs unknown: a job for what it ran before is no success', async () => {
    const w = world();
    await w.handle(event('Boot!', { CommandKey: '', ParameterMap: ParameterMap('1.2.3') }, {}, 'n-1'));
    w.state.now += 1000;
    await w.handle(event('Boot!', { CommandKey: '' }, {}, 'n-2'));
    await w.download(START);
    expect(w.published).toEqual([]);
    expect(w.operate().body?.request?.operate?.commandKey).toBe('job-1');
  });

  test('without a version that is reported again does not make unknown what the device has answered since', async () => {
    const w = await asked();
    await w.handle(silentBoot);
    w.state.now += 1000;
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.4' }));
    w.state.now += 1000;
    await w.handle(silentBoot);
    const sent = w.sent.length;
    await w.download({ ...START, id: 'job-2', firmwareVersion: '1.2.4' });
    expect(w.sent).toHaveLength(sent);
  });

  test.each([
    ['does not say whether the firmware was updated', {}, []],
    ['says that the firmware was not updated', { FirmwareUpdated: '0' }, [{ name: 'DEVICE_REBOOTED', status: 'FAIL' }]],
  ])('with an unreadable version that %s', async (_, params, expected) => {
    const w = await asked();
    const sent = w.sent.length;
    await w.handle(event('Boot!', { CommandKey: 'job-1', ParameterMap: '{oops', ...params }));
    expect(w.published).toMatchObject(expected);
    expect(w.sent).toHaveLength(sent + 1 - expected.length);
  });
});
