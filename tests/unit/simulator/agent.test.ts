import { encodeRecord, noSessionRecord } from '../../../proto/codec';
import { type AgentConfig, ORIGINAL_TIMINGS } from '../../../simulator/agent/config';
import type { AgentEvent } from '../../../simulator/agent/types';
import { CONTROLLER, REPLY_TO, RESPONSE, add, download, drive, get, notifyOf } from '../../support/agent-driver';

describe('an agent after its start', () => {
  test('sends its connect record, and its first Boot! after 30 s', () => {
    const agent = drive();
    agent.input({ kind: 'started' });
    agent.input({ kind: 'connected' });
    agent.advance(29);
    expect(agent.sent).toHaveLength(1);
    expect(agent.sent[0]).toMatchObject({
      topic: RESPONSE,
      record: {
        version: '1.3',
        toId: CONTROLLER,
        fromId: 'self::sim-1',
        mqttConnect: { subscribedTopic: 'agents/sim-1/usp/request' },
      },
    });
    agent.advance(1);
    expect(notifyOf(agent.sent[1]?.msg)?.event).toStrictEqual({
      objPath: 'Device.',
      eventName: 'Boot!',
      params: {
        CommandKey: 'FirstBoot',
        Cause: 'LocalReboot',
        Reason: 'FirstBoot',
        FirmwareUpdated: 'false',
        ParameterMap: '{"Device.DeviceInfo.SoftwareVersion":"1.2.1"}',
      },
    });
  });
});

describe('a firmware upgrade', () => {
  test('is answered at once on the reply-to topic, with the same msg_id and a Request object', () => {
    const agent = drive();
    agent.ask(download('https://x/1.2.3'));
    expect(agent.sent).toHaveLength(1);
    expect(agent.sent[0]).toMatchObject({
      at: 0,
      topic: RESPONSE,
      record: { version: '1.3', toId: CONTROLLER, fromId: 'self::sim-1' },
    });
    expect(agent.sent[0]?.msg).toStrictEqual({
      header: { msgId: 'FIRMWARE-DOWNLOAD@1', msgType: 'OPERATE_RESP' },
      body: {
        response: {
          operateResp: {
            operationResults: [
              {
                executedCommand: 'Device.DeviceInfo.FirmwareImage.2.Download()',
                reqObjPath: 'Device.LocalAgent.Request.1',
              },
            ],
          },
        },
      },
    });
  });

  test('sends TransferComplete!, OperationComplete and Boot! after 10, 15 and 20 s, and runs the version after the last slash', () => {
    const agent = drive();
    agent.ask(download('https://x/fw/1.2.3'));
    agent.advance(60);
    const [, transfer, operation, boot] = agent.sent;
    expect(agent.sent.map(({ at }) => at)).toStrictEqual([0, 10, 15, 20]);
    expect(notifyOf(transfer?.msg)).toStrictEqual({
      subscriptionId: 'simulator',
      event: {
        objPath: 'Device.LocalAgent.',
        eventName: 'TransferComplete!',
        params: {
          Command: 'Device.DeviceInfo.FirmwareImage.2.Download()',
          CommandKey: 'job-1',
          Requestor: CONTROLLER,
          TransferType: 'Download',
          Affected: 'Device.DeviceInfo.FirmwareImage.2.',
          TransferURL: 'https://x/fw/1.2.3',
          StartTime: '2026-01-01T00:00:00Z',
          CompleteTime: '2026-01-01T00:00:10Z',
          FaultCode: '0',
          FaultString: '',
        },
      },
    });
    expect(notifyOf(operation?.msg)?.operComplete).toStrictEqual({
      objPath: 'Device.DeviceInfo.FirmwareImage.2.',
      commandName: 'Download()',
      commandKey: 'job-1',
      reqOutputArgs: {},
    });
    expect(notifyOf(boot?.msg)?.event?.params).toMatchObject({
      CommandKey: 'job-1',
      Cause: 'RemoteReboot',
      FirmwareUpdated: 'true',
      ParameterMap: '{"Device.DeviceInfo.SoftwareVersion":"1.2.3"}',
    });
    expect(agent.events.at(-1)).toStrictEqual({ kind: 'upgraded', detail: 'runs 1.2.3', version: '1.2.3' });
  });

  test.each<[string, Partial<AgentConfig>, string]>([
    ['a URL with 404', {}, 'https://x/404/1.2.3'],
    ['the fault 404', { fault: '404' }, 'https://x/1.2.3'],
  ])('%s fails TransferComplete! and OperationComplete, and does not boot', (_what, config, url) => {
    const agent = drive(config);
    agent.ask(download(url));
    agent.advance(60);
    const [, transfer, operation, ...more] = agent.sent;
    expect(notifyOf(transfer?.msg)?.event?.params).toMatchObject({ FaultCode: '1478164480', CommandKey: 'job-1' });
    expect(notifyOf(operation?.msg)?.operComplete?.cmdFailure?.errCode).toBe(7022);
    expect(more).toStrictEqual([]);
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgrade-failed', version: '1.2.1' });
  });

  test.each<[string, Partial<AgentConfig>, string]>([
    ['a URL with boot_error', {}, 'https://x/boot_error/1.2.3'],
    ['the fault boot-into-old', { fault: 'boot-into-old' }, 'https://x/1.2.3'],
  ])('%s boots the old version and reports it in valid JSON', (_what, config, url) => {
    const agent = drive(config);
    agent.ask(download(url));
    agent.advance(60);
    const params = notifyOf(agent.sent[3]?.msg)?.event?.params ?? {};
    expect(params).toMatchObject({ FirmwareUpdated: 'false', CommandKey: 'job-1' });
    expect(JSON.parse(params['ParameterMap'] ?? '')).toStrictEqual({ 'Device.DeviceInfo.SoftwareVersion': '1.2.1' });
  });

  test('without AutoActivate the device does not boot, and the image stays in its bank', () => {
    const agent = drive();
    agent.ask(download('https://x/1.2.3', { autoActivate: 'false' }));
    agent.advance(60);
    expect(agent.sent).toHaveLength(3);
    expect(agent.state().images.map(({ version }) => version)).toStrictEqual(['1.2.1', '1.2.3']);
    expect(agent.state().activeImage).toBe(1);
  });

  test('steps run in any order', () => {
    const agent = drive({
      timings: { ...ORIGINAL_TIMINGS, rebootSeconds: 1, operationSeconds: 2, transferSeconds: 3 },
    });
    agent.ask(download('https://x/1.2.3'));
    agent.advance(60);
    const names = agent.sent
      .slice(1)
      .map(({ msg }) => notifyOf(msg)?.event?.eventName ?? notifyOf(msg)?.operComplete?.commandName);
    expect(names).toStrictEqual(['Boot!', 'Download()', 'TransferComplete!']);
  });

  test('a second upgrade uses the other bank', () => {
    const agent = drive();
    agent.ask(download('https://x/1.2.3'));
    agent.advance(60);
    agent.ask(download('https://x/1.2.4'));
    agent.advance(60);
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgraded', version: '1.2.4' });
    expect(agent.state().images.map(({ version }) => version)).toStrictEqual(['1.2.4', '1.2.3']);
  });

  test('a running download blocks another; a failed one does not', () => {
    const agent = drive();
    agent.ask(download('https://x/404/1'));
    agent.ask(download('https://x/1.2.3'));
    const failure = (index: number) =>
      agent.sent[index]?.msg?.body?.response?.operateResp?.operationResults?.[0]?.cmdFailure;
    expect(failure(1)?.errCode).toBe(7005);
    agent.advance(10);
    agent.ask(download('https://x/1.2.3'));
    agent.advance(60);
    expect(agent.events.at(-1)).toMatchObject({ kind: 'upgraded', version: '1.2.3' });
  });

  test('without send_resp the agent sends only the notifications', () => {
    const agent = drive();
    agent.ask(download('https://x/1.2.3', { sendResp: false }));
    expect(agent.sent).toStrictEqual([]);
    agent.advance(60);
    expect(agent.sent).toHaveLength(3);
  });

  test('with reconnectOnReboot the agent sends Boot! after it has reconnected', () => {
    const agent = drive({ reconnectOnReboot: true });
    agent.ask(download('https://x/1.2.3'));
    agent.advance(60);
    expect(agent.reconnects()).toBe(1);
    expect(agent.sent).toHaveLength(3);
    agent.input({ kind: 'connected' });
    agent.input({ kind: 'connected' });
    expect(agent.sent.slice(3).map(({ msg }) => notifyOf(msg)?.event?.eventName ?? 'connect')).toStrictEqual([
      'connect',
      'Boot!',
      'connect',
    ]);
  });

  test.each<[string, number | 'none', string]>([
    ['Device.DeviceInfo.FirmwareImage.[Status==Available].Download()', 'none', 'the unquoted search of the original'],
    ['Device.DeviceInfo.FirmwareImage.2.Download()', 'none', 'the free bank by its number'],
    ['Device.DeviceInfo.FirmwareImage.1.Download()', 7004, 'the active image'],
    ['Device.DeviceInfo.FirmwareImage.3.Download()', 7016, 'no such bank'],
    ['Device.DeviceInfo.FirmwareImage.[x].Download()', 7008, 'a malformed search'],
    ['Device.DeviceInfo.FirmwareImage.[Colour=="red"].Download()', 7026, 'a search for an unknown parameter'],
    ['Device.FactoryReset()', 7026, 'an unsupported command'],
    ['Device.WiFi.Reset()', 7026, 'an unsupported object'],
  ])('%s → %s (%s)', (command, expected) => {
    const agent = drive();
    agent.ask(download('https://x/1.2.3', { command }));
    const body = agent.sent[0]?.msg?.body;
    const code =
      body?.error?.errCode ?? body?.response?.operateResp?.operationResults?.[0]?.cmdFailure?.errCode ?? 'none';
    expect(code).toBe(expected);
  });

  test('a search that matches no image has no results; a missing URL is a command failure', () => {
    const agent = drive();
    agent.ask(download('https://x/1', { command: 'Device.DeviceInfo.FirmwareImage.[Status=="Fine"].Download()' }));
    agent.ask(download(''));
    expect(agent.sent[0]?.msg?.body).toStrictEqual({ response: { operateResp: {} } });
    expect(agent.sent[1]?.msg?.body?.response?.operateResp?.operationResults?.[0]?.cmdFailure?.errCode).toBe(7027);
  });
});

describe('Get', () => {
  test('reads objects, parameters, wildcards and searches', () => {
    const agent = drive();
    agent.ask(
      get(
        'Device.DeviceInfo.FirmwareImage.',
        'Device.DeviceInfo.ActiveFirmwareImage',
        'Device.DeviceInfo.FirmwareImage.*.Status',
        'Device.DeviceInfo.FirmwareImage.[Status=="Active"].Version',
        'Device.LocalAgent.Request.',
      ),
    );
    const results = agent.sent[0]?.msg?.body?.response?.getResp?.reqPathResults ?? [];
    expect(results[0]?.resolvedPathResults?.map(({ resolvedPath }) => resolvedPath)).toStrictEqual([
      'Device.DeviceInfo.FirmwareImage.1.',
      'Device.DeviceInfo.FirmwareImage.2.',
    ]);
    expect(results[1]?.resolvedPathResults).toStrictEqual([
      {
        resolvedPath: 'Device.DeviceInfo.',
        resultParams: { ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1' },
      },
    ]);
    expect(results[2]?.resolvedPathResults?.map(({ resultParams }) => resultParams?.['Status'])).toStrictEqual([
      'Active',
      'Available',
    ]);
    expect(results[3]?.resolvedPathResults?.[0]?.resultParams).toStrictEqual({ Version: '1.2.1' });
    expect(results[4]).toStrictEqual({ requestedPath: 'Device.LocalAgent.Request.' });
  });

  test('reports the path that does not exist', () => {
    const agent = drive();
    agent.ask(
      get(
        'Device.WiFi.',
        'Device.DeviceInfo.FirmwareImage.9.',
        'Device.DeviceInfo.Color',
        'Device.DeviceInfo.SoftwareVersion',
      ),
    );
    const results = agent.sent[0]?.msg?.body?.response?.getResp?.reqPathResults ?? [];
    expect(results.map(({ errCode }) => errCode)).toStrictEqual([7026, 7026, 7026, undefined]);
  });
});

describe('Add', () => {
  const subscription = { Enable: 'true', ID: 'fw-boot', NotifType: 'Event', ReferenceList: 'Device.Boot!' };
  const paths = (agent: ReturnType<typeof drive>) =>
    agent.sent.map(
      ({ msg }) => msg?.body?.response?.addResp?.createdObjResults?.[0]?.operStatus?.operSuccess?.instantiatedPath,
    );

  test('accepts a repeated subscription without a second row, and sends its ID in notifications', () => {
    const agent = drive({ timings: { ...ORIGINAL_TIMINGS, firstBootSeconds: 1 } });
    agent.ask(add('Device.LocalAgent.Subscription.', subscription));
    agent.ask(add('Device.LocalAgent.Subscription.', subscription));
    agent.ask(
      add('Device.LocalAgent.Subscription.', { ...subscription, ID: 'other', ReferenceList: 'Device.Periodic!' }),
    );
    expect(paths(agent)).toStrictEqual([1, 1, 2].map((n) => `Device.LocalAgent.Subscription.${n}.`));
    agent.input({ kind: 'started' });
    agent.advance(1);
    expect(notifyOf(agent.sent.at(-1)?.msg)?.subscriptionId).toBe('fw-boot');
  });

  test('accepts a search for the controller of a boot parameter', () => {
    const agent = drive();
    const table = `Device.LocalAgent.Controller.[EndpointID=="${CONTROLLER}"].BootParameter.`;
    agent.ask(add(table, { Enable: 'true', ParameterName: 'Device.DeviceInfo.SoftwareVersion' }));
    expect(paths(agent)).toStrictEqual(['Device.LocalAgent.Controller.1.BootParameter.1.']);
  });

  test('refuses unsupported tables and rows without a key: with an Error, or with oper_failure if allow_partial', () => {
    const agent = drive();
    agent.ask(add('Device.WiFi.SSID.', {}));
    agent.ask(add('Device.LocalAgent.Controller.1.BootParameter.', {}));
    agent.ask(add('Device.WiFi.SSID.', {}, true));
    const [table, key, partial] = agent.sent.map(({ msg }) => msg?.body);
    expect(table?.error?.errCode).toBe(7026);
    expect(key?.error?.errCode).toBe(7004);
    expect(partial?.response?.addResp?.createdObjResults?.[0]?.operStatus?.operFailure?.errCode).toBe(7026);
  });
});

describe('other messages', () => {
  test('GetSupportedProtocol returns the versions', () => {
    const agent = drive();
    agent.ask({
      header: { msgId: 'p', msgType: 'GET_SUPPORTED_PROTO' },
      body: { request: { getSupportedProtocol: {} } },
    });
    expect(agent.sent[0]?.msg?.body?.response?.getSupportedProtocolResp?.agentSupportedProtocolVersions).toMatch(
      /1\.3/,
    );
  });

  test('a request without a handler is answered with an Error', () => {
    const agent = drive();
    agent.ask({ header: { msgId: 's', msgType: 'REGISTER' }, body: { request: { register: {} } } });
    // ERROR is the default msg_type, so it is not on the wire.
    expect(agent.sent[0]?.msg).toMatchObject({ header: { msgId: 's' }, body: { error: { errCode: 7001 } } });
  });

  test('without a reply-to topic the answer goes to the topic of notifications', () => {
    const agent = drive();
    agent.ask(get('Device.DeviceInfo.SoftwareVersion'), 'agents/sim-1/usp/request');
    expect(agent.sent[0]?.topic).toBe(RESPONSE);
  });

  test('NotifyResp is accepted', () => {
    const agent = drive();
    agent.ask({ header: { msgId: 'n', msgType: 'NOTIFY_RESP' }, body: { response: { notifyResp: {} } } });
    expect(agent.events).toStrictEqual([{ kind: 'received', detail: 'NOTIFY_RESP' }]);
    expect(agent.sent).toStrictEqual([]);
  });

  test.each<[string, string, string, AgentEvent['kind']]>([
    ['to another agent', 'self::sim-2', CONTROLLER, 'ignored'],
    ['from another controller', 'self::sim-1', 'self::other', 'ignored'],
  ])('a request %s is ignored', (_what, toId, fromId, kind) => {
    const agent = drive();
    agent.input({
      kind: 'message',
      topic: REPLY_TO,
      payload: noSessionRecord({ toId, fromId, msg: download('https://x/1') }),
    });
    expect(agent.events.map((event) => event.kind)).toStrictEqual([kind]);
    expect(agent.sent).toStrictEqual([]);
  });

  test.each<[string, Uint8Array]>([
    ['JSON', Buffer.from('{"a":1}')],
    ['a truncated record', Buffer.from('0a05', 'hex')],
    [
      'a record around garbage',
      encodeRecord({
        toId: 'self::sim-1',
        fromId: CONTROLLER,
        noSessionContext: { payload: Buffer.from('ff', 'hex') },
      }),
    ],
  ])('%s is reported as malformed, and the agent keeps working', (_what, payload) => {
    const agent = drive();
    agent.input({ kind: 'message', topic: REPLY_TO, payload });
    expect(agent.events.map(({ kind }) => kind)).toStrictEqual(['malformed']);
    agent.ask(get('Device.DeviceInfo.SoftwareVersion'));
    expect(agent.sent).toHaveLength(1);
  });

  test('an empty message is ignored', () => {
    const agent = drive();
    agent.input({
      kind: 'message',
      topic: REPLY_TO,
      payload: encodeRecord({ toId: 'self::sim-1', fromId: CONTROLLER, noSessionContext: {} }),
    });
    expect(agent.events.map(({ kind }) => kind)).toStrictEqual(['ignored']);
  });
});
