import { type AddressInfo, type Server, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { decodeMsg, decodeRecord, noSessionRecord } from '../../../proto/codec';
import { isEndpointId } from '../../../proto/endpoint-ids';
import { requestTopic, splitReplyTo, thingOfResponseTopic, withReplyTo } from '../../../proto/topics';
import { type Fleet, startFleet } from '../../../simulator/fleet';
import { upgraded } from '../../support/faulty-agent';
import { startFirmwareServer } from '../../support/firmware-server';

const CONTROLLER = 'self::aws-dm-controller';
const FREE_BANK = 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()';

/** A broker and a minimal controller: it receives all messages and can send requests. */
const startBroker = async () => {
  const aedes = await Aedes.createBroker();
  const server: Server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const heard: { thing: string; what: string; params?: { [name: string]: string } }[] = [];
  const waiting: { test: () => boolean; resolve: () => void }[] = [];
  aedes.on('publish', (packet) => {
    const thing = thingOfResponseTopic(packet.topic);
    if (thing === undefined) return;
    const record = decodeRecord(Buffer.from(packet.payload));
    const msg = record.noSessionContext?.payload && decodeMsg(record.noSessionContext.payload);
    const notify = msg?.body?.request?.notify;
    heard.push({
      thing,
      what: notify?.event?.eventName ?? notify?.operComplete?.commandName ?? msg?.header?.msgType ?? 'connect',
      ...(notify?.event?.params && { params: notify.event.params }),
    });
    for (const { test, resolve } of waiting) if (test()) resolve();
  });
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    until: (test: () => boolean) =>
      test() ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ test, resolve })),
    operate: (thing: string, toId = `self::${thing}`, command = FREE_BANK, url = 'https://x/1.2.3') =>
      aedes.publish(
        {
          cmd: 'publish',
          topic: withReplyTo(requestTopic(thing), `controllers/${CONTROLLER}/agents/${thing}/response`),
          payload: Buffer.from(
            noSessionRecord({
              toId,
              fromId: CONTROLLER,
              msg: {
                header: { msgId: 'm', msgType: 'OPERATE' },
                body: {
                  request: {
                    operate: {
                      command,
                      commandKey: 'job',
                      sendResp: true,
                      inputArgs: { URL: url, AutoActivate: 'true' },
                    },
                  },
                },
              },
            }),
          ),
          qos: 1,
          dup: false,
          retain: false,
        },
        () => undefined,
      ),
    aedes,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};

let broker: Awaited<ReturnType<typeof startBroker>>;
let fleet: Fleet | undefined;

beforeEach(async () => {
  broker = await startBroker();
});

afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
  await broker.close();
});

const things = (count: number) => Array.from({ length: count }, (_, index) => ({ thingName: `sim-${index}` }));
const whatOf = (thing: string) => broker.heard.filter((message) => message.thing === thing).map(({ what }) => what);

test('devices connect, are upgraded over MQTT with scaled delays, and one of them fails as planned', async () => {
  const progress: number[] = [];
  fleet = await startFleet({
    things: things(20),
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
    timeScale: 0.004,
    timings: { firstBootSeconds: 5000 },
    faultOf: (thingName) => (thingName === 'sim-1' ? '404' : 'none'),
    onProgress: (connected) => progress.push(connected),
    concurrency: 5,
  });
  expect(progress.at(-1)).toBe(20);
  expect(broker.aedes.connectedClients).toBe(20);
  broker.operate('sim-0');
  broker.operate('sim-1');
  await broker.until(() => whatOf('sim-0').length === 5 && whatOf('sim-1').length === 4);
  expect(whatOf('sim-0')).toStrictEqual(['connect', 'OPERATE_RESP', 'TransferComplete!', 'Download()', 'Boot!']);
  expect(whatOf('sim-1')).toStrictEqual(['connect', 'OPERATE_RESP', 'TransferComplete!', 'Download()']);
  expect(
    broker.heard.find(({ thing, what }) => thing === 'sim-0' && what === 'Boot!')?.params?.['FirmwareUpdated'],
  ).toBe('true');
  expect(whatOf('sim-2')).toStrictEqual(['connect']);
  await fleet.close();
  expect(fleet.devices.filter((device) => device.connected)).toStrictEqual([]);
});

test('every answer has a reply-to topic', async () => {
  const topics: string[] = [];
  broker.aedes.on('publish', ({ topic }) => topics.push(topic));
  fleet = await startFleet({ things: things(1), mqttUrl: broker.url, firmwareVersion: '1.2.1' });
  await broker.until(() => whatOf('sim-0').length === 1);
  const answers = topics.filter((topic) => thingOfResponseTopic(topic) !== undefined);
  expect(answers.map((topic) => splitReplyTo(topic).replyTopic)).toStrictEqual(['agents/sim-0/usp/request']);
});

test('a thing with key and certificate connects to a plain broker without them', async () => {
  fleet = await startFleet({
    things: [{ thingName: 'sim-0', clientKey: 'KEY', certificate: 'CERT' }],
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
  });
  expect(broker.aedes.connectedClients).toBe(1);
});

test('with reconnectOnReboot a device reconnects before it sends Boot!', async () => {
  fleet = await startFleet({
    things: things(1),
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
    reconnectOnReboot: true,
    timeScale: 0.001,
    timings: { firstBootSeconds: 90_000 },
  });
  broker.operate('sim-0');
  await broker.until(() => whatOf('sim-0').includes('Boot!'));
  // QoS 1 delivers at least once: what was not acknowledged before the reboot comes again, however much of it.
  const once = whatOf('sim-0').filter((label, index, all) => label === 'connect' || all.indexOf(label) === index);
  expect(once).toStrictEqual(['connect', 'OPERATE_RESP', 'TransferComplete!', 'Download()', 'connect', 'Boot!']);
});

test('a device that loses power is disconnected until it is back; one that never comes back stays disconnected', async () => {
  const seen = new Map<string, string[]>(things(2).map(({ thingName }) => [thingName, []]));
  fleet = await startFleet({
    things: things(2),
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
    timeScale: 0.004,
    timings: { firstBootSeconds: 5000 },
    faultOf: (thingName) => (thingName === 'sim-0' ? 'never-comes-back' : 'power-loss-before-boot-event'),
    onEvent: (thingName, { kind }) => {
      if (kind === 'connected' || kind === 'disconnected') seen.get(thingName)?.push(kind);
    },
  });
  broker.operate('sim-0');
  broker.operate('sim-1');
  await broker.until(() => whatOf('sim-1').includes('Boot!'));
  expect(seen.get('sim-1')).toStrictEqual(['connected', 'disconnected', 'connected']);
  // It rebooted at the same time, and would have been back by now.
  expect(seen.get('sim-0')).toStrictEqual(['connected', 'disconnected']);
  expect(broker.aedes.connectedClients).toBe(1);
});

test('a flapping link loses the connection three times and no notification', async () => {
  let lost = 0;
  fleet = await startFleet({
    things: things(1),
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
    timeScale: 0.02,
    timings: { firstBootSeconds: 5000 },
    faultOf: () => 'flapping-link',
    seed: 1,
    onEvent: (_thing, { kind }) => (lost += kind === 'disconnected' ? 1 : 0),
  });
  broker.operate('sim-0');
  await broker.until(() => whatOf('sim-0').includes('Boot!'));
  expect(lost).toBe(3);
  // With this seed, the transfer and the operation end while the connection is lost.
  const { link } = upgraded('flapping-link', { thingName: 'sim-0', seed: 1 }).agent;
  for (const end of [10, 15]) expect(link.findLast(({ at }) => at < end)?.kind).toBe('disconnect');
  expect(whatOf('sim-0').filter((what) => what === 'connect')).toHaveLength(4);
  expect(new Set(whatOf('sim-0'))).toStrictEqual(
    new Set(['connect', 'OPERATE_RESP', 'TransferComplete!', 'Download()', 'Boot!']),
  );
});

test('the original profile uses the thing name as endpoint id, and sends no connect record', async () => {
  fleet = await startFleet({ things: things(1), mqttUrl: broker.url, firmwareVersion: '1.2.1', profile: 'original' });
  expect(fleet.devices[0]?.state.config.endpointId).toBe('sim-0');
  broker.operate('sim-0', 'sim-0');
  await broker.until(() => whatOf('sim-0').length === 1);
  expect(whatOf('sim-0')).toStrictEqual(['OPERATE_RESP']);
});

test('the tr369 profile has valid endpoint ids, sends no event without a subscription, and reconnects at a reboot', async () => {
  fleet = await startFleet({
    things: [{ thingName: 'a:b' }, ...things(1)],
    mqttUrl: broker.url,
    firmwareVersion: '1.2.1',
    profile: 'tr369',
    timeScale: 0.001,
  });
  expect(fleet.devices.map(({ state }) => isEndpointId(state.config.endpointId))).toStrictEqual([true, true]);
  broker.operate('sim-0', 'self::sim-0', 'Device.DeviceInfo.FirmwareImage.2.Download()');
  await broker.until(() => whatOf('sim-0').filter((what) => what === 'connect').length === 2);
  expect(whatOf('sim-0')).toStrictEqual(['connect', 'OPERATE_RESP', 'connect']);
});

test('with fetchFirmware a device downloads its firmware', async () => {
  const server = await startFirmwareServer({ firmware: Buffer.alloc(100_000, 'fw'), breaks: [1000] });
  try {
    fleet = await startFleet({
      things: things(1),
      mqttUrl: broker.url,
      firmwareVersion: '1.2.1',
      fetchFirmware: true,
      timeScale: 0.001,
      timings: { firstBootSeconds: 90_000 },
    });
    broker.operate('sim-0', 'self::sim-0', FREE_BANK, server.url);
    await broker.until(() => whatOf('sim-0').includes('Boot!'));
    expect(server.asked).toStrictEqual([undefined, 'bytes=1000-']);
    expect(broker.heard.find(({ what }) => what === 'TransferComplete!')?.params?.['FaultCode']).toBe('0');
  } finally {
    await server.close();
  }
});

test('a fleet that cannot connect reports the device, the URL and the reason', async () => {
  const start = startFleet({
    things: things(2),
    mqttUrl: 'mqtt://127.0.0.1:1',
    firmwareVersion: '1.2.1',
    connectTimeoutSeconds: 0.2,
  });
  await expect(start).rejects.toThrow(
    /^sim-[01] cannot connect to mqtt:\/\/127\.0\.0\.1:1 within 0.2 s: .*ECONNREFUSED/,
  );
});
