import type { UspGet } from '../../../proto/generated/messages';
import { PROFILES } from '../../../simulator/agent/profiles';
import { drive } from '../../support/agent-driver';

const tr369 = () => drive({ profile: PROFILES.tr369 });

const SUBSCRIPTIONS = 'Device.LocalAgent.Subscription.';
const subscription = { Enable: 'true', ID: 'fw-boot', NotifType: 'Event', ReferenceList: 'Device.Boot!' };
const settings = (params: { [param: string]: string }, required = false) =>
  Object.entries(params).map(([param, value]) => ({ param, value, required }));

type Agent = ReturnType<typeof drive>;
const get = (agent: Agent, request: UspGet) => agent.request({ get: request })?.response?.getResp?.reqPathResults ?? [];
const valuesOf = (agent: Agent, path: string) =>
  get(agent, { paramPaths: [path] })[0]?.resolvedPathResults?.map(({ resultParams }) => resultParams) ?? [];
const add = (agent: Agent, objPath: string, params: { [param: string]: string }, required = false) =>
  agent.request({ add: { createObjs: [{ objPath, paramSettings: settings(params, required) }] } });
const set = (
  agent: Agent,
  objPath: string,
  params: { [param: string]: string },
  required = true,
  allowPartial = false,
) => agent.request({ set: { allowPartial, updateObjs: [{ objPath, paramSettings: settings(params, required) }] } });
const remove = (agent: Agent, objPaths: string[], allowPartial = false) =>
  agent.request({ delete: { objPaths, allowPartial } });

describe('Get', () => {
  test.each<[string, number, string[]]>([
    ['Device.DeviceInfo.', 1, ['Device.DeviceInfo.']],
    ['Device.DeviceInfo.', 2, ['Device.DeviceInfo.', ...[1, 2].map((i) => `Device.DeviceInfo.FirmwareImage.${i}.`)]],
    ['Device.LocalAgent.Controller.', 1, ['Device.LocalAgent.Controller.1.']],
    ['Device.LocalAgent.MTP.*.', 0, ['Device.LocalAgent.MTP.1.', 'Device.LocalAgent.MTP.1.MQTT.']],
    ['Device.LocalAgent.MTP.*.', 1, ['Device.LocalAgent.MTP.1.']],
  ])('of %s is limited to depth %i', (path, maxDepth, paths) => {
    const [result] = get(tr369(), { paramPaths: [path], maxDepth });
    expect(result?.resolvedPathResults?.map(({ resolvedPath }) => resolvedPath)).toStrictEqual(paths);
  });

  test('of the root returns every object that has parameters', () => {
    const [result] = get(tr369(), { paramPaths: ['Device.'] });
    expect(result?.resolvedPathResults).toHaveLength(7);
  });

  test.each<[string, string[]]>([
    ['[Status=="Available"]', ['1.0.0']],
    ['[Status!="Available"]', ['1.2.1']],
    ['[Available==true&&Name=="factory"]', ['1.2.1']],
    ['[Available=="1"]', ['1.2.1', '1.0.0']],
    ['[Name!="a&&b"&&Status=="Active"]', ['1.2.1']],
    ['[Name=="none"]', []],
    ['2', ['1.0.0']],
  ])('finds images by %s', (search, versions) => {
    const found = valuesOf(tr369(), `Device.DeviceInfo.FirmwareImage.${search}.Version`);
    expect(found.map((params) => params?.['Version'])).toStrictEqual(versions);
  });

  test.each<[string, number]>([
    ['[USPNotifRetryMinimumWaitInterval>4]', 1],
    ['[USPNotifRetryMinimumWaitInterval<=4]', 0],
    ['[USPNotifRetryMinimumWaitInterval>=5]', 1],
    ['[USPNotifRetryMinimumWaitInterval<5]', 0],
    ['[EndpointID~="self::aws-dm-controller"]', 1],
  ])('compares by %s', (search, count) => {
    expect(valuesOf(tr369(), `Device.LocalAgent.Controller.${search}.EndpointID`)).toHaveLength(count);
  });

  test.each<[string, number]>([
    ['Device.DeviceInfo.FirmwareImage.[Status==Available].Version', 7008],
    ['Device..DeviceInfo.', 7008],
    ['Device.DeviceInfo.FirmwareImage.[Colour=="red"].Version', 7026],
    ['Device.DeviceInfo.FirmwareImage.[Status=="None"].Colour', 7026],
    ['Device.DeviceInfo.FirmwareImage.Version', 7026],
    ['Device.DeviceInfo.FirmwareImage.7.Version', 7026],
  ])('%s fails with %i', (path, code) => {
    expect(get(tr369(), { paramPaths: [path] })[0]?.errCode).toBe(code);
  });

  test('without a path fails with invalid arguments', () => {
    expect(tr369().request({ get: {} })?.error?.errCode).toBe(7004);
  });
});

describe('Add', () => {
  test('assigns missing values, and returns the unique keys', () => {
    const agent = tr369();
    const results = add(agent, SUBSCRIPTIONS, subscription)?.response?.addResp?.createdObjResults;
    expect(results?.[0]?.operStatus?.operSuccess).toStrictEqual({
      instantiatedPath: `${SUBSCRIPTIONS}1.`,
      uniqueKeys: { Alias: 'cpe-1', ID: 'fw-boot', Recipient: 'Device.LocalAgent.Controller.1' },
    });
    expect(valuesOf(agent, `${SUBSCRIPTIONS}1.`)).toStrictEqual([
      {
        ...subscription,
        Alias: 'cpe-1',
        Recipient: 'Device.LocalAgent.Controller.1',
        CreationDate: '2026-01-01T00:00:00Z',
        Persistent: 'false',
        TimeToLive: '0',
        NotifRetry: 'false',
        NotifExpiration: '0',
      },
    ]);
  });

  test('refuses a row with the unique keys of another', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    expect(add(agent, SUBSCRIPTIONS, subscription)?.error?.errCode).toBe(7025);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toHaveLength(1);
  });

  test('reuses no instance number', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    remove(agent, [`${SUBSCRIPTIONS}1.`]);
    const results = add(agent, SUBSCRIPTIONS, subscription)?.response?.addResp?.createdObjResults;
    expect(results?.[0]?.operStatus?.operSuccess?.instantiatedPath).toBe(`${SUBSCRIPTIONS}2.`);
  });

  test('fails if a required parameter fails; otherwise reports the failed parameter', () => {
    const agent = tr369();
    const bad = { ...subscription, NotifType: 'Sometimes', Colour: 'red' };
    const error = add(agent, SUBSCRIPTIONS, bad, true)?.error;
    expect(error?.errCode).toBe(7021);
    expect(error?.paramErrs?.map(({ paramPath, errCode }) => [paramPath, errCode])).toStrictEqual([
      [`${SUBSCRIPTIONS}NotifType`, 7012],
      [`${SUBSCRIPTIONS}Colour`, 7010],
    ]);
    const success = add(agent, SUBSCRIPTIONS, bad)?.response?.addResp?.createdObjResults?.[0]?.operStatus?.operSuccess;
    expect(success?.paramErrs?.map(({ param }) => param)).toStrictEqual(['NotifType', 'Colour']);
  });

  test.each<[string, number]>([
    ['Device.DeviceInfo.FirmwareImage.', 7019],
    ['Device.DeviceInfo.', 7018],
    ['Device.WiFi.SSID.', 7026],
    ['Device.LocalAgent.Controller.2.BootParameter.', 7016],
    ['Device.LocalAgent.Controller.[EndpointID=="self::other"].BootParameter.', 7016],
  ])('to %s fails with %i', (path, code) => {
    expect(add(tr369(), path, {})?.error?.errCode).toBe(code);
  });

  test('creates nothing if one object fails, but the valid objects with allow_partial', () => {
    const createObjs = [
      { objPath: SUBSCRIPTIONS, paramSettings: settings(subscription) },
      { objPath: 'Device.WiFi.SSID.' },
    ];
    const agent = tr369();
    expect(agent.request({ add: { createObjs } })?.error?.errCode).toBe(7026);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toStrictEqual([]);
    const results = agent.request({ add: { createObjs, allowPartial: true } })?.response?.addResp?.createdObjResults;
    expect(results?.map(({ operStatus }) => operStatus?.operFailure?.errCode)).toStrictEqual([undefined, 7026]);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toHaveLength(1);
  });
});

describe('Set', () => {
  test('updates rows and other objects, and returns the values', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    const updated = (path: string, params: { [param: string]: string }) =>
      set(agent, path, params)?.response?.setResp?.updatedObjResults?.[0]?.operStatus?.operSuccess?.updatedInstResults;
    expect(updated(`${SUBSCRIPTIONS}[ID=="fw-boot"].`, { Enable: '0' })).toStrictEqual([
      { affectedPath: `${SUBSCRIPTIONS}1.`, updatedParams: { Enable: 'false' } },
    ]);
    updated('Device.LocalAgent.Controller.1.', { USPNotifRetryMinimumWaitInterval: '3' });
    updated('Device.DeviceInfo.', { BootFirmwareImage: 'Device.DeviceInfo.FirmwareImage.2' });
    expect(valuesOf(agent, `${SUBSCRIPTIONS}1.Enable`)).toStrictEqual([{ Enable: 'false' }]);
    expect(valuesOf(agent, 'Device.LocalAgent.Controller.1.USPNotifRetryMinimumWaitInterval')).toStrictEqual([
      { USPNotifRetryMinimumWaitInterval: '3' },
    ]);
    expect(agent.state().bootImage).toBe(2);
  });

  test('of a search without matches changes nothing and succeeds', () => {
    const results = set(tr369(), `${SUBSCRIPTIONS}[ID=="x"].`, { Enable: '1' })?.response?.setResp?.updatedObjResults;
    expect(results?.[0]?.operStatus).toStrictEqual({ operSuccess: {} });
  });

  test.each<[string, { [param: string]: string }, number, number | undefined]>([
    ['Device.DeviceInfo.', { SoftwareVersion: '9' }, 7021, 7013],
    ['Device.DeviceInfo.', { Colour: 'red' }, 7021, 7010],
    ['Device.DeviceInfo.', { BootFirmwareImage: 'Device.DeviceInfo.FirmwareImage.9' }, 7021, 7012],
    ['Device.LocalAgent.MTP.1.', { Enable: 'maybe' }, 7021, 7011],
    ['Device.LocalAgent.Controller.1.', { USPNotifRetryMinimumWaitInterval: '-1' }, 7021, 7011],
    ['Device.LocalAgent.MTP.', { Enable: 'true' }, 7026, undefined],
    ['Device.LocalAgent.MTP.7.', { Enable: 'true' }, 7016, undefined],
    ['Device.WiFi.', { Enable: 'true' }, 7026, undefined],
  ])('%s %j fails with %i and the parameter with %s', (path, params, code, paramCode) => {
    const error = set(tr369(), path, params)?.error;
    expect(error?.errCode).toBe(code);
    expect(error?.paramErrs?.[0]?.errCode).toBe(paramCode);
  });

  test('with allow_partial reports the failed object and updates the other', () => {
    const agent = tr369();
    const results = agent.request({
      set: {
        allowPartial: true,
        updateObjs: [
          { objPath: 'Device.DeviceInfo.', paramSettings: settings({ SoftwareVersion: '9' }, true) },
          { objPath: 'Device.DeviceInfo.', paramSettings: settings({ ProvisioningCode: 'A' }, true) },
        ],
      },
    })?.response?.setResp?.updatedObjResults;
    expect(results?.[0]?.operStatus?.operFailure?.updatedInstFailures?.[0]?.affectedPath).toBe('Device.DeviceInfo.');
    expect(valuesOf(agent, 'Device.DeviceInfo.ProvisioningCode')).toStrictEqual([{ ProvisioningCode: 'A' }]);
  });

  test('succeeds if only a parameter that is not required fails', () => {
    const body = set(tr369(), 'Device.DeviceInfo.', { SoftwareVersion: '9', ProvisioningCode: 'A' }, false);
    const [result] = body?.response?.setResp?.updatedObjResults?.[0]?.operStatus?.operSuccess?.updatedInstResults ?? [];
    expect(result?.updatedParams).toStrictEqual({ ProvisioningCode: 'A' });
    expect(result?.paramErrs?.map(({ errCode }) => errCode)).toStrictEqual([7013]);
  });

  test('of a search updates all objects or none, and returns a SetResp even without allow_partial', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    add(agent, SUBSCRIPTIONS, { ...subscription, ID: 'other' });
    const results = set(agent, `${SUBSCRIPTIONS}*.`, { ID: 'other' })?.response?.setResp?.updatedObjResults;
    const failure = results?.[0]?.operStatus?.operFailure;
    expect(failure?.updatedInstFailures?.[0]).toMatchObject({
      affectedPath: `${SUBSCRIPTIONS}1.`,
      paramErrs: [{ param: 'ID', errCode: 7025 }],
    });
    expect(valuesOf(agent, `${SUBSCRIPTIONS}1.ID`)).toStrictEqual([{ ID: 'fw-boot' }]);
  });
});

describe('Delete', () => {
  test('removes the rows that a path matches', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    add(agent, SUBSCRIPTIONS, { ...subscription, ID: 'other' });
    const body = remove(agent, [`${SUBSCRIPTIONS}[ID=="other"].`]);
    expect(body?.response?.deleteResp?.deletedObjResults).toStrictEqual([
      {
        requestedPath: `${SUBSCRIPTIONS}[ID=="other"].`,
        operStatus: { operSuccess: { affectedPaths: [`${SUBSCRIPTIONS}2.`] } },
      },
    ]);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toHaveLength(1);
  });

  test.each([`${SUBSCRIPTIONS}5.`, `${SUBSCRIPTIONS}*.`])('of %s, which does not exist, succeeds', (path) => {
    const results = remove(tr369(), [path])?.response?.deleteResp?.deletedObjResults;
    expect(results).toStrictEqual([{ requestedPath: path, operStatus: { operSuccess: {} } }]);
  });

  test.each<[string, number]>([
    ['Device.DeviceInfo.FirmwareImage.1.', 7024],
    [SUBSCRIPTIONS, 7026],
    ['Device.WiFi.SSID.1.', 7026],
    ['Device.LocalAgent', 7008],
  ])('of %s fails with %i', (path, code) => {
    expect(remove(tr369(), [path])?.error).toMatchObject({ errCode: code, paramErrs: [{ paramPath: path }] });
  });

  test('removes nothing if one path fails, but the other rows with allow_partial', () => {
    const agent = tr369();
    add(agent, SUBSCRIPTIONS, subscription);
    const paths = [`${SUBSCRIPTIONS}1.`, 'Device.WiFi.SSID.1.'];
    remove(agent, paths);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toHaveLength(1);
    const results = remove(agent, paths, true)?.response?.deleteResp?.deletedObjResults;
    expect(results?.map(({ operStatus }) => operStatus?.operFailure?.errCode)).toStrictEqual([undefined, 7026]);
    expect(valuesOf(agent, SUBSCRIPTIONS)).toStrictEqual([]);
  });
});

describe('GetInstances', () => {
  const instances = (agent: Agent, path: string, firstLevelOnly = false) =>
    agent.request({ getInstances: { objPaths: [path], firstLevelOnly } })?.response?.getInstancesResp
      ?.reqPathResults?.[0];
  const withBootParameter = () => {
    const agent = tr369();
    add(agent, 'Device.LocalAgent.Controller.1.BootParameter.', { ParameterName: 'Device.DeviceInfo.SoftwareVersion' });
    return agent;
  };

  test.each<[string, boolean, string[]]>([
    ['Device.LocalAgent.Controller.', true, ['1.']],
    ['Device.LocalAgent.Controller.', false, ['1.', '1.BootParameter.1.']],
    ['Device.LocalAgent.Controller.*.', true, ['1.']],
    ['Device.LocalAgent.Controller.1.', false, ['1.', '1.BootParameter.1.']],
    ['Device.LocalAgent.Controller.*.BootParameter.', true, ['1.BootParameter.1.']],
  ])('of %s, first level only %s', (path, firstLevelOnly, rows) => {
    const found = instances(withBootParameter(), path, firstLevelOnly)?.currInsts ?? [];
    expect(found.map(({ instantiatedObjPath }) => instantiatedObjPath)).toStrictEqual(
      rows.map((row) => `Device.LocalAgent.Controller.${row}`),
    );
  });

  test('returns the unique keys', () => {
    const [row] = instances(tr369(), 'Device.LocalAgent.Controller.')?.currInsts ?? [];
    expect(row?.uniqueKeys).toStrictEqual({ Alias: 'cpe-1', EndpointID: 'self::aws-dm-controller' });
  });

  test.each<[string, number]>([
    ['Device.DeviceInfo.', 7018],
    ['Device.WiFi.', 7026],
    ['Device.LocalAgent.Controller.7.', 7016],
  ])('of %s fails with %i', (path, code) => {
    expect(instances(tr369(), path)?.errCode).toBe(code);
  });
});

describe('GetSupportedDM', () => {
  const supported = (path: string, more: { firstLevelOnly?: boolean; returnUniqueKeySets?: boolean } = {}) =>
    tr369().request({
      getSupportedDm: { objPaths: [path], returnCommands: true, returnEvents: true, returnParams: true, ...more },
    })?.response?.getSupportedDmResp?.reqObjResults?.[0];

  test('returns objects, commands, events and unique keys', () => {
    const result = supported('Device.', { returnUniqueKeySets: true });
    const objects = new Map(result?.supportedObjs?.map((object) => [object.supportedObjPath, object]));
    expect(objects.get('Device.')?.supportedCommands).toStrictEqual([
      { commandName: 'Reboot()', inputArgNames: ['Cause', 'Reason'], commandType: 'CMD_SYNC' },
    ]);
    expect(objects.get('Device.')?.supportedEvents?.[0]?.eventName).toBe('Boot!');
    expect(objects.get('Device.LocalAgent.Subscription.{i}.')).toMatchObject({
      access: 'OBJ_ADD_DELETE',
      isMultiInstance: true,
      uniqueKeySets: [{ keyNames: ['Alias'] }, { keyNames: ['ID', 'Recipient'] }],
    });
  });

  test('with first_level_only returns the children without details', () => {
    const objects = supported('Device.DeviceInfo.', { firstLevelOnly: true })?.supportedObjs;
    expect(
      objects?.map(({ supportedObjPath, supportedParams }) => [supportedObjPath, supportedParams?.length]),
    ).toEqual([
      ['Device.DeviceInfo.', 13],
      ['Device.DeviceInfo.FirmwareImage.{i}.', undefined],
    ]);
  });

  test.each<[string, string | undefined, number | undefined]>([
    [
      'Device.LocalAgent.Controller.{i}.BootParameter.',
      'Device.LocalAgent.Controller.{i}.BootParameter.{i}.',
      undefined,
    ],
    ['Device.LocalAgent.Controller.1.BootParameter.', 'Device.LocalAgent.Controller.{i}.BootParameter.{i}.', undefined],
    ['Device.LocalAgent.Controller.7.BootParameter.', undefined, 7016],
    ['Device.WiFi.', undefined, 7026],
  ])('of %s', (path, first, code) => {
    const result = supported(path);
    expect(result?.supportedObjs?.[0]?.supportedObjPath).toBe(first);
    expect(result?.errCode).toBe(code);
  });
});
