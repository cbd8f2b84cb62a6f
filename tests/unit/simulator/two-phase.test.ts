import { PROFILES } from '../../../simulator/agent/profiles';
import type { AgentConfig } from '../../../simulator/agent/config';
import { drive, operate, read, subscribeAll, notified } from '../../support/agent-driver';

const BANK = 'Device.DeviceInfo.FirmwareImage.2.';
const DOWNLOAD = `${BANK}Download()`;
const ACTIVATE = `${BANK}Activate()`;
const ARGS = { URL: 'https://x/fw/1.2.3', AutoActivate: 'false' };

const subscribed = (config: Partial<AgentConfig> = {}) => {
  const agent = drive({ profile: PROFILES.tr369, ...config });
  subscribeAll(agent);
  return agent;
};

/** An agent with a downloaded firmware in its second bank. */
const downloaded = (config: Partial<AgentConfig> = {}, args: { [arg: string]: string } = ARGS) => {
  const agent = subscribed(config);
  operate(agent, DOWNLOAD, args);
  agent.advance(60);
  return agent;
};

describe('an upgrade in two phases', () => {
  test('downloads without a boot: the image is Available and the Request object is gone', () => {
    const agent = subscribed();
    expect(operate(agent, DOWNLOAD, ARGS).reqObjPath).toBe('Device.LocalAgent.Request.1');
    expect(read(agent, `${BANK}Status`)).toStrictEqual({ [`${BANK}Status`]: 'Downloading' });
    agent.advance(60);
    expect(notified(agent)).toStrictEqual(['TransferComplete!', 'Download()']);
    expect(read(agent, `${BANK}Status`, `${BANK}Version`, 'Device.LocalAgent.Request.')).toStrictEqual({
      [`${BANK}Status`]: 'Available',
      [`${BANK}Version`]: '1.2.3',
    });
    expect(agent.state().activeImage).toBe(1);
  });

  test('Activate() answers, completes and boots the image', () => {
    const agent = downloaded();
    const { executedCommand, reqObjPath } = operate(agent, ACTIVATE);
    expect({ executedCommand, reqObjPath }).toStrictEqual({
      executedCommand: ACTIVATE,
      reqObjPath: 'Device.LocalAgent.Request.2',
    });
    agent.advance(60);
    const [, , completed, boot, changed] = agent.notifications();
    expect(completed?.operComplete).toStrictEqual({
      objPath: BANK,
      commandName: 'Activate()',
      commandKey: 'key',
      reqOutputArgs: {},
    });
    expect(boot?.event?.params).toStrictEqual({
      CommandKey: 'key',
      Cause: 'RemoteReboot',
      Reason: 'FirmwareUpgrade',
      FirmwareUpdated: 'true',
      ParameterMap: '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}',
    });
    expect(changed?.valueChange).toStrictEqual({
      paramPath: 'Device.DeviceInfo.SoftwareVersion',
      paramValue: '1.2.3',
    });
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgraded', version: '1.2.3' });
  });

  test('the version is the end of the URL path, without the query', () => {
    const agent = downloaded({}, { ...ARGS, URL: 'https://x/fw/1.2.3?signature=a/b' });
    expect(read(agent, `${BANK}Version`)).toStrictEqual({ [`${BANK}Version`]: '1.2.3' });
  });

  test('an image that does not boot is rolled back, with a BootFailureLog', () => {
    const agent = downloaded({}, { ...ARGS, URL: 'https://x/boot_error/1.2.3' });
    operate(agent, ACTIVATE);
    agent.advance(60);
    expect(agent.notifications().at(-1)?.event?.params?.['FirmwareUpdated']).toBe('false');
    expect(read(agent, BANK)).toMatchObject({
      [`${BANK}Status`]: 'ActivationFailed',
      [`${BANK}BootFailureLog`]: 'image 2 did not boot, rolled back to image 1',
    });
    expect(agent.events).toContainEqual(expect.objectContaining({ kind: 'upgrade-failed', version: '1.2.1' }));
  });

  test('only an Available image can be activated', () => {
    const agent = downloaded({}, { ...ARGS, URL: 'https://x/404/1.2.3' });
    expect(read(agent, `${BANK}Status`)).toStrictEqual({ [`${BANK}Status`]: 'DownloadFailed' });
    expect(operate(agent, ACTIVATE).cmdFailure?.errCode).toBe(7022);
    expect(operate(agent, 'Device.DeviceInfo.FirmwareImage.1.Activate()').cmdFailure?.errCode).toBe(7022);
    expect(operate(agent, 'Device.DeviceInfo.FirmwareImage.9.Activate()').error?.errCode).toBe(7016);
  });

  test('no command starts while another is about to reboot the device', () => {
    const agent = downloaded();
    operate(agent, ACTIVATE);
    expect(operate(agent, ACTIVATE).cmdFailure?.errCode).toBe(7005);
    expect(operate(agent, DOWNLOAD, ARGS).cmdFailure?.errCode).toBe(7005);
  });
});

describe('Device.Reboot()', () => {
  test('answers at once and boots the same image', () => {
    const agent = subscribed();
    expect(operate(agent, 'Device.Reboot()', { Reason: 'Maintenance' })).toStrictEqual({
      executedCommand: 'Device.Reboot()',
      reqOutputArgs: {},
      error: undefined,
    });
    agent.advance(60);
    expect(agent.notifications().map(({ event }) => event?.params)).toMatchObject([
      { CommandKey: 'key', Cause: 'RemoteReboot', Reason: 'Maintenance', FirmwareUpdated: 'false' },
    ]);
  });

  test('boots the image that BootFirmwareImage was set to', () => {
    const agent = subscribed();
    const paramSettings = [{ param: 'BootFirmwareImage', value: 'Device.DeviceInfo.FirmwareImage.2', required: true }];
    agent.request({ set: { updateObjs: [{ objPath: 'Device.DeviceInfo.', paramSettings }] } });
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(read(agent, 'Device.DeviceInfo.SoftwareVersion')).toStrictEqual({
      'Device.DeviceInfo.SoftwareVersion': '1.0.0',
    });
    expect(agent.events).toContainEqual(expect.objectContaining({ kind: 'upgraded', version: '1.0.0' }));
  });

  test('interrupts a download, which fails after the boot', () => {
    const agent = subscribed();
    operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'true' });
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(notified(agent)).toStrictEqual(['Boot!', 'Download()']);
    expect(agent.notifications().at(-1)?.operComplete?.cmdFailure).toStrictEqual({
      errCode: 7022,
      errMsg: 'the command did not complete before reboot',
    });
    expect(read(agent, 'Device.LocalAgent.Request.', `${BANK}Status`)).toStrictEqual({
      [`${BANK}Status`]: 'DownloadFailed',
    });
  });

  test('before the first Boot! replaces it', () => {
    const agent = subscribed();
    agent.input({ kind: 'started' });
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(agent.notifications().map(({ event }) => event?.params?.['CommandKey'])).toStrictEqual(['key']);
  });

  test('requested twice, boots once', () => {
    const agent = subscribed();
    operate(agent, 'Device.Reboot()');
    agent.advance(1);
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(notified(agent)).toStrictEqual(['Boot!']);
  });
});
