import { START, world, begins, connects, inventory, notify, event, answer } from '../support/device-world';

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
    await w.handle(
      event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap: ParameterMap('1.2.3') }, {}, 'n-2'),
    );
    expect(w.published).toMatchObject([{ name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' }]);
  });

  test('does not activate what the device runs already, after a boot of its own: the idle bank is the old firmware', async () => {
    const w = await staged();
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap: ParameterMap('1.2.3') }));
    expect(w.published.splice(0)).toMatchObject([{ name: 'DEVICE_REBOOTED', firmwareVersion: '1.2.3' }]);
    const sent = w.sent.length;
    await w.activate();
    expect(w.sent).toHaveLength(sent);
    expect(w.published).toMatchObject([
      { name: 'DEVICE_REBOOTED', status: 'SUCCESS', firmwareVersion: '1.2.3' },
      { name: 'DEVICE_STARTED_ACTIVATION_SUCCESS', token: 'first' },
    ]);
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

  test('activates the bank that does not run when an earlier upgrade staged the one that runs now, and this answer was lost', async () => {
    const w = await staged();
    await w.activate();
    await w.handle(connects());
    const swapped = { 1: { Status: 'Available' }, 2: { Status: 'Active' } };
    const ActiveFirmwareImage = 'Device.DeviceInfo.FirmwareImage.2';
    await w.handle(inventory(w, swapped, { SoftwareVersion: '1.2.3', ActiveFirmwareImage }));
    const next = { id: 'job-2', firmwareVersion: '1.2.4' } as const;
    await w.download({ ...START, ...next, jobDocument: { activation: { mode: 'WINDOW' } } });
    await w.handle(notify({ operComplete: { commandName: 'Download()', commandKey: 'job-2', reqOutputArgs: {} } }));
    await w.activate(next);
    expect(w.operate().body?.request?.operate?.command).toBe('Device.DeviceInfo.FirmwareImage.1.Activate()');
  });
});
