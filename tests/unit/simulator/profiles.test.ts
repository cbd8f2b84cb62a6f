import { PROFILES, type ProfileName } from '../../../simulator/agent/profiles';
import { drive, operate, read, subscribeAll, notified } from '../../support/agent-driver';

const DOWNLOAD = 'Device.DeviceInfo.FirmwareImage.2.Download()';

/** An agent of a profile, with all subscriptions, after an upgrade. */
const upgraded = (profile: ProfileName, URL = 'https://x/fw/1.2.3') => {
  const agent = drive({ profile: PROFILES[profile], reconnectOnReboot: PROFILES[profile].realReboot });
  subscribeAll(agent);
  operate(agent, DOWNLOAD, { URL, AutoActivate: 'true' });
  agent.advance(60);
  const beforeConnect = agent.sent.length;
  agent.input({ kind: 'connected' });
  return { agent, beforeConnect, boot: agent.notifications().find(({ event }) => event?.eventName === 'Boot!') };
};

const VERSION = 'Device.DeviceInfo.SoftwareVersion';

test.each<[ProfileName, (string | undefined)[]]>([
  ['tr369', ['TransferComplete!', 'Download()', 'Boot!', VERSION]],
  ['no-transfer-complete', ['Download()', 'Boot!', VERSION]],
  ['late-operation-complete', ['TransferComplete!', 'Boot!', 'Download()', VERSION]],
  ['numeric-booleans', ['TransferComplete!', 'Download()', 'Boot!', VERSION]],
  ['silent-boot', ['TransferComplete!', 'Download()', VERSION]],
  ['version-by-value-change', ['TransferComplete!', 'Download()', 'Boot!', VERSION]],
  ['on-board-request', ['TransferComplete!', 'Download()', undefined, 'Boot!', VERSION]],
  ['empty-command-key', ['TransferComplete!', 'Download()', 'Boot!', VERSION]],
])('%s notifies %j', (profile, names) => {
  expect(notified(upgraded(profile).agent)).toStrictEqual(names);
});

test('tr369 sends its connect record first', () => {
  const { agent, beforeConnect } = upgraded('tr369');
  expect(agent.sent[beforeConnect]?.record.mqttConnect).toStrictEqual({ subscribedTopic: 'agents/sim-1/usp/request' });
});

test('silent-boot sends only its connect record after a boot', () => {
  const { agent, beforeConnect } = upgraded('silent-boot');
  expect(agent.sent[beforeConnect]?.record.mqttConnect).toBeDefined();
  expect(read(agent, VERSION)).toStrictEqual({ [VERSION]: '1.2.3' });
});

test('original sends no connect record', () => {
  const agent = drive({ profile: PROFILES.original });
  agent.input({ kind: 'connected' });
  expect(agent.sent).toStrictEqual([]);
});

test('late-operation-complete reports a failure although the boot succeeded', () => {
  const { agent, boot } = upgraded('late-operation-complete');
  const completed = agent.notifications().find(({ operComplete }) => operComplete);
  expect(completed?.operComplete).toMatchObject({
    commandKey: 'key',
    cmdFailure: { errCode: 7022, errMsg: 'the command did not complete before reboot' },
  });
  expect(boot?.event?.params).toMatchObject({ FirmwareUpdated: 'true' });
});

test('late-operation-complete reports a failed transfer without a boot', () => {
  const { agent } = upgraded('late-operation-complete', 'https://x/404/1.2.3');
  expect(notified(agent)).toStrictEqual(['TransferComplete!', 'Download()']);
});

test('tr369 reports a TR-181 fault code when a transfer fails; then no image is Available', () => {
  const { agent } = upgraded('tr369', 'https://x/404/1.2.3');
  expect(agent.notifications()[0]?.event?.params).toMatchObject({
    FaultCode: '7016',
    FaultString: 'cannot download https://x/404/1.2.3: 404 Not Found',
  });
  const search = 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()';
  expect(operate(agent, search, { URL: 'https://x/1' })).toStrictEqual({ error: undefined });
});

test('numeric-booleans writes 1 and 0 in events and answers', () => {
  const { agent, boot } = upgraded('numeric-booleans');
  expect(boot?.event?.params?.['FirmwareUpdated']).toBe('1');
  expect(read(agent, 'Device.LocalAgent.Controller.1.Enable')).toStrictEqual({
    'Device.LocalAgent.Controller.1.Enable': '1',
  });
});

test('version-by-value-change omits the version from Boot! despite the boot parameter', () => {
  const { agent, boot } = upgraded('version-by-value-change');
  expect(boot?.event?.params?.['ParameterMap']).toBe('{}');
  expect(agent.notifications().at(-1)?.valueChange).toStrictEqual({ paramPath: VERSION, paramValue: '1.2.3' });
});

test('empty-command-key omits the CommandKey from Boot! only', () => {
  const { agent, boot } = upgraded('empty-command-key');
  expect(boot?.event?.params?.['CommandKey']).toBe('');
  expect(agent.notifications()[0]?.event?.params?.['CommandKey']).toBe('key');
});

test('without a boot parameter, the Boot! of tr369 has no version', () => {
  const agent = drive({ profile: PROFILES.tr369 });
  subscribeAll(agent);
  agent.request({ delete: { objPaths: ['Device.LocalAgent.Controller.1.BootParameter.*.'] } });
  operate(agent, 'Device.Reboot()');
  agent.advance(60);
  expect(agent.notifications()[0]?.event?.params?.['ParameterMap']).toBe('{}');
});
