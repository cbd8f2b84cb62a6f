import { START, world, notify, event, answer } from '../support/device-world';

describe('a command whose answer was lost', () => {
  const begun = { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: 'job-1', token: 'first' };
  const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': '1.2.3' });

  test.each([
    ['transfer', event('TransferComplete!', { CommandKey: '', FaultCode: '0' }), 'FIRMWARE_TRANSFERRED'],
    ['failed transfer', event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '7016' }), 'FIRMWARE_TRANSFERRED'],
    ['end', notify({ operComplete: { commandName: 'Download()', commandKey: '' } }), 'DOWNLOAD_OPERATION_DONE'],
    ['boot', event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }), 'DEVICE_REBOOTED'],
  ])('has begun when the device reports its %s', async (_, message, name) => {
    const w = world();
    await w.download(START);
    await w.handle(message);
    expect(w.published).toMatchObject([begun, { name }]);
  });

  test('has begun, also when that could not be published at first', async () => {
    const w = world();
    await w.download(START);
    const transfer = event('TransferComplete!', { CommandKey: '', FaultCode: '0' });
    w.state.publishFails = true;
    await expect(w.handle(transfer)).rejects.toThrow('throttled');
    w.state.publishFails = false;
    await w.handle(transfer);
    expect(w.published).toMatchObject([begun, { name: 'FIRMWARE_TRANSFERRED' }]);
  });

  test('has begun once, whatever else the device tells', async () => {
    const w = world();
    await w.download(START);
    await w.handle(event('TransferComplete!', { CommandKey: '', FaultCode: '0' }));
    await w.handle(notify({ operComplete: { commandName: 'Download()', commandKey: '' } }));
    await w.handle(event('Boot!', { CommandKey: 'job-1', FirmwareUpdated: 'true', ParameterMap }));
    expect(w.published.filter(({ name }) => name === 'DEVICE_STARTED_DOWNLOAD_SUCCESS')).toHaveLength(1);
  });

  /** The workflow keeps that; when it asks again, the device shows that it has begun. */
  test('costs no look at the device when a message of success names it', async () => {
    const w = world();
    await w.download(START);
    const calls = w.calls.length;
    await w.handle(event('TransferComplete!', { CommandKey: 'job-1', FaultCode: '0' }));
    await w.handle(notify({ operComplete: { commandName: 'Download()', commandKey: 'job-1' } }));
    expect(w.published.map(({ name }) => name)).toEqual(['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE']);
    expect(w.calls.slice(calls)).toEqual([]);
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
