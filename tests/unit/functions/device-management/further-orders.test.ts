import {
  answer,
  begun,
  connects,
  event,
  inventory,
  notify,
  sentMessages,
  START,
  TWO_BANKS,
  type World,
} from '../support/device-world';

const SECOND = { ...START, id: `${START.id}.2`, token: 'second', order: 2, enteredAt: '1970-01-01T00:20:00.000Z' };
const commandKeys = (w: World) => sentMessages(w).flatMap(({ body }) => body?.request?.operate?.commandKey ?? []);
const interrupted = notify({
  operComplete: {
    commandName: 'Download()',
    commandKey: START.id,
    cmdFailure: { errCode: 7022, errMsg: 'interrupted' },
  },
});

/** A device whose download a power cut has ended: it is back, and reports that. */
const cutOff = async () => {
  const w = await begun();
  w.state.now += 200_000;
  await w.handle(connects());
  await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: '1.2.1' }));
  await w.handle(interrupted);
  w.published.splice(0);
  return w;
};

describe('a download that the workflow orders again', () => {
  test('is a command of its own', async () => {
    const w = await cutOff();
    await w.download(SECOND);
    expect(commandKeys(w)).toEqual([START.id, SECOND.id]);
    await w.handle(answer(w, { executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()', reqObjPath: 'r' }));
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: SECOND.id, token: 'second' }]);
  });

  test('is refused when the device has not connected again: its failure was not an interruption', async () => {
    const w = await begun();
    w.state.now += 200_000;
    await w.handle(interrupted);
    w.published.splice(0);
    await w.download(SECOND);
    expect(w.published).toMatchObject([{ name: 'DEVICE_STARTED_DOWNLOAD_FAIL', faultCode: 'NOT_INTERRUPTED' }]);
    expect(commandKeys(w)).toEqual([START.id]);
  });

  test('is not needed when the device reports the target in the meantime', async () => {
    const w = await cutOff();
    const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': START.firmwareVersion });
    await w.handle(event('Boot!', { CommandKey: '', FirmwareUpdated: 'true', ParameterMap }, {}, 'n-2'));
    w.published.splice(0);
    await w.download(SECOND);
    expect(w.published).toMatchObject([
      { name: 'DEVICE_REBOOTED', id: SECOND.id, status: 'SUCCESS' },
      { name: 'DEVICE_STARTED_DOWNLOAD_SUCCESS', id: SECOND.id },
    ]);
    expect(commandKeys(w)).toEqual([START.id]);
  });

  test('is not touched by what the device still reports of an earlier order', async () => {
    const w = await cutOff();
    await w.download(SECOND);
    await w.handle(event('TransferComplete!', { CommandKey: START.id, FaultCode: '7002' }));
    await w.handle(interrupted);
    const ParameterMap = JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': '1.2.1' });
    await w.handle(event('Boot!', { CommandKey: START.id, FirmwareUpdated: 'false', ParameterMap }));
    expect(w.published.map((message) => 'id' in message && message.id)).toEqual([START.id, START.id]);
  });

  test('is not sent any more when the workflow is over', async () => {
    const w = await cutOff();
    await w.fails();
    await w.download(SECOND);
    expect(w.published).toEqual([]);
    expect(commandKeys(w)).toEqual([START.id]);
  });
});
