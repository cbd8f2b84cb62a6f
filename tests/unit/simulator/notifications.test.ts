import { PROFILES } from '../../../simulator/agent/profiles';
import { acknowledge, add, drive, operate, read, subscribeAll, notified } from '../../support/agent-driver';

const DOWNLOAD = 'Device.DeviceInfo.FirmwareImage.2.Download()';
const ARGS = { URL: 'https://x/fw/1.2.3', AutoActivate: 'false' };
const SUBSCRIPTIONS = 'Device.LocalAgent.Subscription.';

type Agent = ReturnType<typeof drive>;
const tr369 = () => drive({ profile: PROFILES.tr369 });
const subscribe = (agent: Agent, params: { [param: string]: string }) =>
  agent.ask(add(SUBSCRIPTIONS, { Enable: 'true', ID: 'one', NotifType: 'Event', ...params }));
const repeating = (more: { [param: string]: string } = {}) => {
  const agent = tr369();
  subscribe(agent, { ReferenceList: 'Device.LocalAgent.TransferComplete!', NotifRetry: 'true', ...more });
  operate(agent, DOWNLOAD, ARGS);
  return agent;
};
const times = (agent: Agent) => agent.notifications().map(({ at }) => at);

describe('subscriptions', () => {
  test('without one, nothing is sent', () => {
    const agent = tr369();
    operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'true' });
    agent.advance(60);
    expect(agent.notifications()).toStrictEqual([]);
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgraded' });
  });

  test('that are disabled, of another type, or to another path get nothing', () => {
    const agent = tr369();
    subscribe(agent, { ID: 'off', Enable: 'false', ReferenceList: 'Device.LocalAgent.TransferComplete!' });
    subscribe(agent, { ID: 'type', NotifType: 'ValueChange', ReferenceList: 'Device.LocalAgent.TransferComplete!' });
    subscribe(agent, { ID: 'other', ReferenceList: 'Device.Boot!,Device.LocalAgent.TransferComplete' });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(60);
    expect(agent.notifications()).toStrictEqual([]);
  });

  test.each([
    DOWNLOAD,
    'Device.DeviceInfo.FirmwareImage.*.Download()',
    'Device.DeviceInfo.FirmwareImage.[Name=="fw-1.2.3"].Download()',
    'Device.Boot!, Device.DeviceInfo.FirmwareImage.2.Download()',
    'Device.DeviceInfo.FirmwareImage.',
  ])('to %s get the OperationComplete of the download', (ReferenceList) => {
    const agent = tr369();
    subscribe(agent, { NotifType: 'OperationComplete', ReferenceList });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(60);
    expect(notified(agent)).toStrictEqual(['Download()']);
  });

  test('each get a notification with their own ID', () => {
    const agent = tr369();
    for (const ID of ['a', 'b']) subscribe(agent, { ID, ReferenceList: 'Device.LocalAgent.TransferComplete!' });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(60);
    expect(agent.notifications().map(({ subscriptionId }) => subscriptionId)).toStrictEqual(['a', 'b']);
  });

  test('that are not Persistent end at a reboot', () => {
    const agent = tr369();
    subscribe(agent, { ID: 'kept', Persistent: 'true', ReferenceList: 'Device.Boot!' });
    subscribe(agent, { ID: 'lost', ReferenceList: 'Device.Boot!' });
    operate(agent, 'Device.Reboot()');
    agent.advance(60);
    expect(agent.notifications().map(({ subscriptionId }) => subscriptionId)).toStrictEqual(['kept']);
    expect(read(agent, `${SUBSCRIPTIONS}*.ID`)).toStrictEqual({ [`${SUBSCRIPTIONS}1.ID`]: 'kept' });
  });

  test('to an object get the ValueChange of a parameter that a boot changes', () => {
    const agent = tr369();
    subscribe(agent, { NotifType: 'ValueChange', Persistent: 'true', ReferenceList: 'Device.DeviceInfo.' });
    operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'true' });
    agent.advance(60);
    expect(notified(agent)).toContain('Device.DeviceInfo.SoftwareVersion');
    expect(notified(agent)).toContain('Device.DeviceInfo.ActiveFirmwareImage');
    expect(notified(agent)).not.toContain('Device.DeviceInfo.UpTime');
  });
});

describe('changes', () => {
  test('of a value are sent to all its subscriptions, whoever made them', () => {
    const agent = tr369();
    const status = 'Device.DeviceInfo.FirmwareImage.*.Status';
    const code = 'Device.DeviceInfo.ProvisioningCode';
    subscribe(agent, { NotifType: 'ValueChange', ReferenceList: `${status},${code}` });
    const paramSettings = [{ param: 'ProvisioningCode', value: 'A', required: true }];
    const updateObjs = [{ objPath: 'Device.DeviceInfo.', paramSettings }];
    agent.request({ set: { updateObjs } });
    agent.request({ set: { updateObjs } });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(60);
    expect(agent.notifications().map(({ valueChange }) => valueChange?.paramValue)).toStrictEqual([
      'A',
      'Downloading',
      'Available',
    ]);
  });

  test('of a table are sent as ObjectCreation and ObjectDeletion', () => {
    const agent = tr369();
    const ReferenceList = 'Device.LocalAgent.Request.';
    subscribe(agent, { ID: 'new', NotifType: 'ObjectCreation', ReferenceList });
    subscribe(agent, { ID: 'gone', NotifType: 'ObjectDeletion', ReferenceList });
    operate(agent, DOWNLOAD, ARGS);
    agent.advance(60);
    const [created, deleted, ...more] = agent.notifications();
    expect(created?.objCreation).toStrictEqual({
      objPath: 'Device.LocalAgent.Request.1.',
      uniqueKeys: { Alias: 'cpe-1' },
    });
    expect(deleted?.objDeletion).toStrictEqual({ objPath: 'Device.LocalAgent.Request.1.' });
    expect(more).toStrictEqual([]);
  });
});

describe('a notification with NotifRetry', () => {
  test('is retried with the same msg_id at growing intervals until it is acknowledged', () => {
    const agent = repeating();
    agent.advance(100);
    expect(times(agent)).toStrictEqual([10, 15, 25, 45, 85]);
    const [first, ...others] = agent.notifications();
    expect(first?.sendResp).toBe(true);
    expect(others.every(({ msgId }) => msgId === first?.msgId)).toBe(true);
    acknowledge(agent, first?.msgId ?? '');
    agent.advance(10_000);
    expect(times(agent)).toHaveLength(5);
  });

  test('is not retried once acknowledged, whatever the subscription_id of the answer', () => {
    const agent = repeating();
    agent.advance(10);
    acknowledge(agent, agent.notifications()[0]?.msgId ?? '');
    agent.advance(10_000);
    expect(times(agent)).toStrictEqual([10]);
  });

  test('has a fixed interval from the tenth retry on', () => {
    const agent = repeating();
    agent.advance(40_000);
    const at = times(agent);
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(waits.slice(0, 12)).toStrictEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 2560, 2560]);
  });

  test('uses the interval that the controller set', () => {
    const agent = repeating();
    const paramSettings = Object.entries({
      USPNotifRetryMinimumWaitInterval: '2',
      USPNotifRetryIntervalMultiplier: '3000',
    }).map(([param, value]) => ({ param, value, required: true }));
    agent.request({ set: { updateObjs: [{ objPath: 'Device.LocalAgent.Controller.1.', paramSettings }] } });
    agent.advance(40);
    expect(times(agent)).toStrictEqual([10, 12, 18, 36]);
  });

  test('is dropped when it expires, or when its subscription is deleted', () => {
    const expiring = repeating({ NotifExpiration: '20' });
    expiring.advance(10_000);
    expect(times(expiring)).toStrictEqual([10, 15, 25]);
    const deleted = repeating();
    deleted.advance(16);
    deleted.request({ delete: { objPaths: [`${SUBSCRIPTIONS}1.`] } });
    deleted.advance(10_000);
    expect(times(deleted)).toStrictEqual([10, 15]);
  });

  test('is not retried after a reboot', () => {
    const agent = repeating();
    agent.advance(12);
    operate(agent, 'Device.Reboot()');
    agent.advance(10_000);
    expect(times(agent)).toStrictEqual([10, 15]);
  });
});

describe('Device.LocalAgent.Request.', () => {
  const REQUEST = 'Device.LocalAgent.Request.';

  test('has a row while a command runs', () => {
    const agent = tr369();
    operate(agent, DOWNLOAD, ARGS);
    expect(read(agent, REQUEST)).toStrictEqual({
      [`${REQUEST}1.Alias`]: 'cpe-1',
      [`${REQUEST}1.Originator`]: 'self::aws-dm-controller',
      [`${REQUEST}1.Command`]: DOWNLOAD,
      [`${REQUEST}1.CommandKey`]: 'key',
      [`${REQUEST}1.Status`]: 'Active',
    });
    agent.advance(15);
    expect(read(agent, REQUEST)).toStrictEqual({});
    expect(operate(agent, DOWNLOAD, ARGS).reqObjPath).toBe('Device.LocalAgent.Request.2');
  });
});

test('the notifications of an upgrade come in the order of a real agent', () => {
  const agent = tr369();
  subscribeAll(agent);
  operate(agent, DOWNLOAD, { ...ARGS, AutoActivate: 'true' });
  agent.advance(60);
  expect(notified(agent)).toStrictEqual([
    'TransferComplete!',
    'Download()',
    'Boot!',
    'Device.DeviceInfo.SoftwareVersion',
  ]);
});

describe('an OnBoardRequest', () => {
  const asked = () => {
    const agent = tr369();
    const { reqOutputArgs } = operate(agent, 'Device.LocalAgent.Controller.1.SendOnBoardRequest()');
    expect(reqOutputArgs).toBeDefined();
    return agent;
  };

  test('is sent on SendOnBoardRequest(), without a subscription', () => {
    expect(asked().notifications()).toMatchObject([
      {
        sendResp: true,
        onBoardReq: {
          oui: '00005E',
          productClass: 'SimulatedGateway',
          serialNumber: 'sim-1',
          agentSupportedProtocolVersions: expect.stringContaining('1.3'),
        },
      },
    ]);
    expect(asked().notifications()[0]?.subscriptionId ?? '').toBe('');
  });

  test('is retried unchanged until it is acknowledged', () => {
    const agent = asked();
    agent.advance(60);
    const ids = agent.notifications().map(({ msgId }) => msgId);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(1);
    acknowledge(agent, ids[0] ?? '');
    agent.advance(600);
    expect(agent.notifications()).toHaveLength(ids.length);
  });

  test('introduces agents that send no connect record', () => {
    const agent = drive({ profile: PROFILES['on-board-request'] });
    agent.input({ kind: 'connected' });
    expect(agent.sent).toHaveLength(1);
    expect(agent.notifications()[0]?.onBoardReq).toBeDefined();
  });
});
