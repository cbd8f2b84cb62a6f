import { PROFILES } from '../../../simulator/agent/profiles';
import { drive, operate, read, subscribeAll, notified } from '../../support/agent-driver';

const DOWNLOAD = 'Device.DeviceInfo.FirmwareImage.2.Download()';
const ARGS = { URL: 'https://x/404/1.2.3', AutoActivate: 'true', Username: 'u', Password: 'p' };

const asked = (args: { [arg: string]: string } = {}) => {
  const agent = drive({ profile: PROFILES.tr369, fetchFirmware: true });
  subscribeAll(agent);
  const result = operate(agent, DOWNLOAD, { ...ARGS, ...args });
  return { agent, result, command: agent.fetches[0] };
};

describe('a real download', () => {
  test('uses the arguments, and nothing else happens before it ends', () => {
    const { agent, command } = asked({ FileSize: '5', CheckSumAlgorithm: 'SHA-256', CheckSum: 'aB' });
    agent.advance(100);
    expect(command?.source).toStrictEqual({
      url: ARGS.URL,
      username: 'u',
      password: 'p',
      fileSize: 5,
      checkSum: { algorithm: 'SHA-256', hex: 'aB' },
    });
    expect(notified(agent)).toStrictEqual([]);
  });

  test('that succeeds is followed by the usual steps', () => {
    const { agent, command } = asked();
    agent.advance(100);
    agent.input({ kind: 'fetched', command: command! });
    agent.advance(60);
    expect(agent.notifications().map(({ at }) => at)).toStrictEqual([100, 105, 110, 110]);
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgraded', version: '1.2.3' });
  });

  test('that fails reports the reason, also in the Status of the image', () => {
    const { agent, command } = asked();
    const failure = { faultCode: '7018', faultString: 'corrupted', status: 'ValidationFailed' } as const;
    agent.input({ kind: 'fetched', command: command!, failure });
    agent.advance(60);
    expect(agent.notifications()[0]?.event?.params).toMatchObject({ FaultCode: '7018', FaultString: 'corrupted' });
    expect(agent.notifications()[1]?.operComplete?.cmdFailure).toStrictEqual({ errCode: 7022, errMsg: 'corrupted' });
    expect(agent.notifications()).toHaveLength(2);
    const status = 'Device.DeviceInfo.FirmwareImage.2.Status';
    expect(read(agent, status)).toStrictEqual({ [status]: 'ValidationFailed' });
  });

  test('that ends after a reboot has no effect', () => {
    const { agent, command } = asked();
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    const before = agent.notifications().length;
    agent.input({ kind: 'fetched', command: command! });
    agent.advance(60);
    expect(agent.notifications()).toHaveLength(before);
  });

  test('is not started if the device is configured to fail', () => {
    const agent = drive({ fetchFirmware: true, fault: '404' });
    operate(agent, DOWNLOAD, ARGS);
    expect(agent.fetches).toStrictEqual([]);
  });

  test.each<[{ [arg: string]: string }, string]>([
    [{ FileSize: 'big' }, 'FileSize "big"'],
    [{ CheckSum: 'xyz' }, 'CheckSum is not hexadecimal'],
    [{ CheckSum: 'ab', CheckSumAlgorithm: 'MD5' }, 'CheckSumAlgorithm "MD5"'],
    [{ AutoActivate: 'perhaps' }, 'AutoActivate "perhaps"'],
    [{ URL: '' }, 'URL is required'],
  ])('with %j is refused', (args, message) => {
    const { result } = asked(args);
    expect(result.cmdFailure?.errCode).toBe(7027);
    expect(result.cmdFailure?.errMsg).toContain(message);
  });
});
