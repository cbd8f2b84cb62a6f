import { softwareVersion } from '../../../simulator/agent/data-model';
import { FAULTS, type FaultName } from '../../../simulator/agent/faults';
import { PROFILES, type ProfileName } from '../../../simulator/agent/profiles';
import { get, operate, read } from '../../support/agent-driver';
import { ARGS, BANK, DOWNLOAD, faulty, upgraded, VERSION } from '../../support/faulty-agent';

const NAMES = Object.keys(FAULTS) as FaultName[];

describe('a download that fails', () => {
  test.each([
    ['404', '7016', 'DownloadFailed', '404 Not Found'],
    ['broken-download', '7017', 'DownloadFailed', 'the connection broke in the middle'],
    ['bad-checksum', '7018', 'ValidationFailed', 'the checksum does not match'],
    ['out-of-space', '7005', 'DownloadFailed', 'no space left on the device'],
  ] as const)(
    'with fault %s has FaultCode %s and image status %s, and no boot follows',
    (fault, code, status, reason) => {
      const { agent, said, version } = upgraded(fault);
      expect(said).toStrictEqual([`10 TransferComplete! ${code}`, '15 OperationComplete 7022']);
      const [transfer, operation] = agent.notifications();
      expect(transfer?.event?.params?.['FaultString']).toBe(`cannot download ${ARGS.URL}: ${reason}`);
      expect(operation?.operComplete?.cmdFailure?.errMsg).toContain(reason);
      expect(read(agent, `${BANK}Status`)).toStrictEqual({ [`${BANK}Status`]: status });
      expect(version()).toBe('1.2.1');
    },
  );
});

describe('a boot that fails', () => {
  test('boot-into-old rolls back to the old version', () => {
    const { agent, boot } = upgraded('boot-into-old');
    expect(boot).toMatchObject({ FirmwareUpdated: 'false', ParameterMap: `{"${VERSION}":"1.2.1"}` });
    expect(read(agent, `${BANK}Status`)).toStrictEqual({ [`${BANK}Status`]: 'ActivationFailed' });
  });

  test('wrong-version boots into a version that is neither the old nor the target', () => {
    const { boot, version } = upgraded('wrong-version');
    expect(boot).toMatchObject({ FirmwareUpdated: 'true', CommandKey: 'key' });
    expect(['1.2.1', '1.2.3']).not.toContain(version());
    expect(boot?.['ParameterMap']).toBe(JSON.stringify({ [VERSION]: version() }));
  });

  test('never-comes-back disconnects at the reboot, and does nothing any more', () => {
    const { agent, said } = upgraded('never-comes-back');
    expect(said).toStrictEqual(['10 TransferComplete! ok', '15 OperationComplete ok']);
    expect(agent.link).toStrictEqual([{ at: 20, kind: 'disconnect' }]);
  });
});

describe('a device that does not do what it is asked', () => {
  test('silent answers Download(), and then nothing', () => {
    const { agent, result, said } = upgraded('silent');
    expect(result.reqObjPath).toBe('Device.LocalAgent.Request.1');
    expect(said).toStrictEqual([]);
    expect(agent.request({ get: { paramPaths: [VERSION] } })).toBeUndefined();
    agent.input({ kind: 'connected' });
    expect(agent.sent.at(-1)?.action.label).toBe('OPERATE_RESP');
  });

  test('no-answer ignores Download(), and answers everything else', () => {
    const { agent, result, said, version } = upgraded('no-answer');
    expect(result).toStrictEqual({ error: undefined });
    expect(said).toStrictEqual([]);
    expect(version()).toBe('1.2.1');
    expect(agent.state().commands).toStrictEqual([]);
  });

  test('lost-command ignores the first Download(), and takes the second', () => {
    const { agent, result, said, version } = upgraded('lost-command');
    expect(result).toStrictEqual({ error: undefined });
    expect(said).toStrictEqual([]);
    expect(agent.state().commands).toStrictEqual([]);
    expect(operate(agent, DOWNLOAD, ARGS).reqObjPath).toBe('Device.LocalAgent.Request.1');
    agent.advance(600);
    expect(version()).toBe('1.2.3');
    expect(agent.state()).toMatchObject({ requests: 1, downloadsSent: 2 });
  });

  test('lost-answer takes the first Download(), without an answer', () => {
    const { agent, result, said, version } = upgraded('lost-answer');
    expect(result).toStrictEqual({ error: undefined });
    expect(said.length).toBeGreaterThan(0);
    expect(version()).toBe('1.2.3');
    expect(agent.state()).toMatchObject({ requests: 1, downloadsSent: 1 });
  });

  test('busy refuses Download() with 7005 and shows why, until it reboots', () => {
    const { agent, result, said } = upgraded('busy');
    expect(result.cmdFailure).toStrictEqual({
      errCode: 7005,
      errMsg: `${DOWNLOAD} is running, command key of-another-controller`,
    });
    expect(said).toStrictEqual([]);
    const request = 'Device.LocalAgent.Request.1.';
    expect(read(agent, `${BANK}Status`, request)).toMatchObject({
      [`${BANK}Status`]: 'Downloading',
      [`${request}Originator`]: 'self::another-controller',
    });
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(operate(agent, DOWNLOAD, ARGS).reqObjPath).toBe('Device.LocalAgent.Request.2');
  });

  test('slow takes ten times as long', () => {
    const { said } = upgraded('slow');
    expect(said.slice(0, 3)).toStrictEqual([
      '100 TransferComplete! ok',
      '150 OperationComplete ok',
      '200 connect record',
    ]);
  });
});

describe('a power loss', () => {
  const off = (from: number) => [
    { at: from, kind: 'disconnect' },
    { at: from + 30, kind: 'reconnect' },
  ];

  test('while downloading leads to the old version, and interrupts the operation', () => {
    const { agent, said, boot } = upgraded('power-loss-downloading');
    expect(agent.link).toStrictEqual(off(5));
    expect(said).toStrictEqual(['35 connect record', '35 Boot! 1.2.1', '35 OperationComplete 7022']);
    expect(boot).toMatchObject({ CommandKey: '', Cause: 'LocalReboot', FirmwareUpdated: 'false' });
    expect(agent.notifications().at(-1)?.operComplete).toMatchObject({
      commandKey: 'key',
      cmdFailure: { errCode: 7022, errMsg: 'the command did not complete before reboot' },
    });
    expect(read(agent, `${BANK}Status`)).toStrictEqual({ [`${BANK}Status`]: 'DownloadFailed' });
  });

  test('while downloading does not come again in the next download', () => {
    const { agent, version } = upgraded('power-loss-downloading');
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(600);
    expect(version()).toBe('1.2.3');
    expect(agent.state().requests).toBe(2);
  });

  test('while downloading by HTTP ends the same way, whatever comes of the download', () => {
    const { agent, said } = upgraded('power-loss-downloading', { fetchFirmware: true });
    expect(agent.fetches).toStrictEqual([]);
    expect(said).toStrictEqual(['35 connect record', '35 Boot! 1.2.1', '35 OperationComplete 7022']);
  });

  test('while flashing leads to the new version, and interrupts the operation', () => {
    const { agent, said, boot } = upgraded('power-loss-flashing');
    expect(agent.link).toStrictEqual(off(12.5));
    expect(said).toStrictEqual([
      '10 TransferComplete! ok',
      '42.5 connect record',
      '42.5 Boot! 1.2.3',
      '42.5 OperationComplete 7022',
      `42.5 ValueChange ${VERSION} 1.2.3`,
    ]);
    expect(boot).toMatchObject({ CommandKey: '', Cause: 'LocalReboot', FirmwareUpdated: 'true' });
  });

  test('while flashing a firmware that is not to be activated leads to the old version', () => {
    const agent = faulty('power-loss-flashing');
    operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'false' });
    agent.advance(60);
    expect(read(agent, VERSION, `${BANK}Status`)).toStrictEqual({ [VERSION]: '1.2.1', [`${BANK}Status`]: 'Available' });
  });

  test('before Boot! leads to the report of a boot without an update', () => {
    const { agent, said, boot } = upgraded('power-loss-before-boot-event');
    expect(agent.link).toStrictEqual(off(20));
    expect(said).toStrictEqual([
      '10 TransferComplete! ok',
      '15 OperationComplete ok',
      '50 connect record',
      '50 Boot! 1.2.3',
    ]);
    expect(boot).toMatchObject({ CommandKey: '', Cause: 'LocalReboot', FirmwareUpdated: 'false' });
  });

  test('before Boot! does not lose the report of the interrupted operation', () => {
    const profile = PROFILES['late-operation-complete'];
    expect(upgraded('power-loss-before-boot-event', { profile }).said.at(-1)).toBe('50 OperationComplete 7022');
  });

  test('loses messages and steps that come while the device is off', () => {
    const agent = faulty('power-loss-downloading');
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(2);
    // Due 7 s after the download began, when the device is off.
    operate(agent, 'Device.Reboot()');
    agent.advance(4);
    const before = agent.sent.length;
    agent.advance(20);
    agent.ask(get(VERSION));
    expect(agent.sent).toHaveLength(before);
  });
});

test('reboot-before-operation-complete reboots when the operation should end, and reports it as interrupted', () => {
  const { said, boot } = upgraded('reboot-before-operation-complete');
  expect(said.slice(0, 4)).toStrictEqual([
    '10 TransferComplete! ok',
    '15 connect record',
    '15 Boot! 1.2.3',
    '15 OperationComplete 7022',
  ]);
  expect(boot).toMatchObject({ CommandKey: 'key', Cause: 'RemoteReboot', FirmwareUpdated: 'true' });
});

test('reboot-before-operation-complete interrupts Activate() as well', () => {
  const agent = faulty('reboot-before-operation-complete');
  operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'false' });
  agent.advance(60);
  expect(agent.notifications().at(-1)?.operComplete).toMatchObject({ commandName: 'Download()', reqOutputArgs: {} });
  operate(agent, `${BANK}Activate()`);
  agent.advance(60);
  const ends = agent.notifications().flatMap(({ operComplete }) => operComplete ?? []);
  expect(ends.at(-1)).toMatchObject({ commandName: 'Activate()', cmdFailure: { errCode: 7022 } });
});

describe('every fault', () => {
  test.each(NAMES)('%s replays with the same seed', (fault) => {
    const run = (seed: number) => upgraded(fault, { seed }).agent.performed;
    expect(run(5)).toStrictEqual(run(5));
    // An agent that would not depend on the seed at all would pass the line above, too.
    const isRandom = ['duplicates', 'reordering', 'flapping-link', 'wrong-clock'].includes(fault);
    const others = [6, 7, 8, 9, 10].map(run);
    expect(others.some((other) => JSON.stringify(other) !== JSON.stringify(run(5)))).toBe(isRandom);
  });

  const pairs = NAMES.flatMap((fault) =>
    (Object.keys(PROFILES) as ProfileName[]).map((profile) => [fault, profile] as const),
  );

  test.each(pairs)('%s combines with profile %s: the device runs the target exactly if it should', (fault, name) => {
    const profile = PROFILES[name];
    const { agent } = upgraded(fault, { profile, reconnectOnReboot: profile.realReboot });
    // The controller orders it again.
    if (fault === 'lost-command' || fault === 'power-loss-downloading') {
      operate(agent, DOWNLOAD, ARGS);
      agent.advance(600);
    }
    expect(softwareVersion(agent.state()) === '1.2.3').toBe(FAULTS[fault].expected !== 'fails');
  });
});
