import { handleDeviceMessage } from '../../../../functions/device-management/message-handler/message-handler';
import { jsonProtocol } from '../../../second-protocol/json-protocol';
import {
  begun,
  connects,
  event,
  inventory,
  notify,
  START,
  THING,
  TWO_BANKS,
  type World,
  world,
} from '../support/device-world';

const OLD = '1.2.1';
const TARGET = START.firmwareVersion;
const OTHER = '1.2.4';
const MINUTE = 60_000;

const change = (paramValue: string) =>
  notify({ valueChange: { paramPath: 'Device.DeviceInfo.SoftwareVersion', paramValue } });
const boot = (version: string, CommandKey = '') =>
  event('Boot!', { CommandKey, ParameterMap: JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': version }) });

/** The versions that the registry was told to follow since the last look. */
const told = (w: World) =>
  w.versions.splice(0).map((message) => ('firmwareVersion' in message ? message.firmwareVersion : message.name));

/** The device connects, and answers what it is asked then. */
const connect = async (w: World, runs: string) => {
  w.state.now += 1_000;
  await w.handle(connects());
  w.state.now += 10;
  await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: runs }));
};
/** Time passes between messages. */
const says = async (w: World, message: object) => {
  w.state.now += 10;
  await w.handle(message);
};

describe('what a device reports that it runs reaches the registry', () => {
  test('when it is new', async () => {
    const w = world();
    await says(w, change(OLD));
    expect(w.versions).toEqual([
      { name: 'DEVICE_VERSION_REPORTED', thingName: THING, firmwareVersion: OLD, sentAt: w.state.now },
    ]);
    await says(w, change(OTHER));
    expect(told(w)).toEqual([OLD, OTHER]);
  });

  test('at every connection once, also when it is not new: the registry may have been changed by hand', async () => {
    const w = world();
    for (let connection = 0; connection < 3; connection += 1) {
      await connect(w, OLD);
      await says(w, boot(OLD));
      await says(w, change(OLD));
      expect(told(w)).toEqual([OLD]);
    }
  });

  test('at every boot, when the device does not report its connections', async () => {
    const w = world();
    await says(w, boot(OLD));
    await says(w, boot(OLD));
    expect(told(w)).toEqual([OLD, OLD]);
  });

  test('again when it could not be published, by the repetition of the message', async () => {
    const w = world();
    const message = { ...change(OLD), receivedAt: 5_000 };
    w.state.publishFails = true;
    await expect(w.handle(message)).rejects.toThrow('throttled');
    w.state.publishFails = false;
    w.state.now += MINUTE;
    await w.handle(message);
    expect(told(w)).toEqual([OLD]);
  });

  test('not when a later message said something else', async () => {
    const w = world();
    await w.handle({ ...change(OTHER), receivedAt: 2_000 });
    await w.handle({ ...change(OLD), receivedAt: 1_000 });
    expect(told(w)).toEqual([OTHER]);
  });

  test('not by a boot of an earlier operation that is reported late, but by the answer to the question that follows', async () => {
    const w = await begun();
    await w.download({ ...START, id: 'job-1.2' });
    told(w);
    await says(w, boot(OTHER, START.id));
    expect(told(w)).toEqual([]);
    w.state.now += 10;
    await w.handle(inventory(w, TWO_BANKS, { SoftwareVersion: OLD }));
    expect(told(w)).toEqual([OLD]);
  });
});

describe('what devices of a protocol that remembers no version report', () => {
  test('reaches the registry when it is new, and with the first boot of every connection', async () => {
    const w = world();
    const send = async () => undefined;
    const handle = handleDeviceMessage({ ...w, protocols: [jsonProtocol], send, now: () => w.state.now });
    const says = (type: string) => {
      w.state.now += 10;
      return handle({ protocol: 'json', type, thingName: THING, version: OLD, receivedAt: w.state.now });
    };
    await says('hello');
    await says('booted');
    expect(told(w)).toEqual([OLD]);
    await says('booted');
    expect(told(w)).toEqual([]);
    await says('hello');
    await says('booted');
    expect(told(w)).toEqual([OLD]);
  });
});

describe('in an upgrade', () => {
  /** A device that has connected and begun to download. */
  const upgrading = async () => {
    const w = world();
    await connect(w, OLD);
    w.state.now += 10;
    await w.download(START);
    told(w);
    return w;
  };

  test('the workflow writes the target, nobody else does, however often it is reported', async () => {
    const w = await upgrading();
    await says(w, boot(TARGET, START.id));
    await says(w, change(TARGET));
    await connect(w, TARGET);
    expect(told(w)).toEqual([]);
    expect(w.published.map(({ name }) => name)).toContain('DEVICE_REBOOTED');
  });

  test('the target is written without a workflow ten minutes later, when the device connects again', async () => {
    const w = await upgrading();
    await connect(w, TARGET);
    w.state.now += 9 * MINUTE;
    await connect(w, TARGET);
    expect(told(w)).toEqual([]);
    w.state.now += MINUTE;
    await connect(w, TARGET);
    expect(told(w)).toEqual([TARGET]);
  });

  test('any other version is written at once', async () => {
    const w = await upgrading();
    await says(w, boot(OTHER, START.id));
    expect(told(w)).toEqual([OTHER]);
  });

  test('the target is written when the workflow is over before it is reported', async () => {
    const w = await upgrading();
    await w.fails();
    expect(told(w)).toEqual([]);
    await says(w, boot(TARGET, START.id));
    expect(told(w)).toEqual([TARGET]);
  });

  test('the target is written when the workflow ends after it was reported, and fails', async () => {
    const w = await upgrading();
    await says(w, boot(TARGET, START.id));
    await w.fails();
    expect(told(w)).toEqual([TARGET]);
  });

  test('the target is written when the workflow ends while the report is handled', async () => {
    const w = await upgrading();
    const { reach } = w.devices;
    w.devices.reach = async (report) => {
      w.devices.reach = reach;
      await w.fails();
      return reach(report);
    };
    await says(w, boot(TARGET, START.id));
    expect(told(w)).toEqual([TARGET]);
  });

  test('a target that the device reported before it was asked is none that the workflow writes', async () => {
    const w = world();
    await w.handle(connects());
    const answer = inventory(w, TWO_BANKS, { SoftwareVersion: TARGET });
    w.state.now += 10;
    await w.download(START);
    await says(w, answer);
    expect(told(w)).toEqual([TARGET]);
  });
});
