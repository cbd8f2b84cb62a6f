import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import {
  processesFor,
  type ProcessesOptions,
  type RunningFleet,
  shardsOf,
  startFleetInProcesses,
} from '../../../simulator/processes/fleet-processes';

jest.setTimeout(60_000);

const things = (count: number) => Array.from({ length: count }, (_, index) => ({ thingName: `sim-${index}` }));

describe('the shares of a fleet', () => {
  test('are as equal as can be, in order, and miss nobody', () => {
    expect(shardsOf([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6, 7],
    ]);
    expect(shardsOf([1, 2], 3).flat()).toEqual([1, 2]);
  });

  test('are one process for a small fleet, at most one for each processor of a large one', () => {
    expect([1, 2500, 2501, 10_000].map((devices) => processesFor(devices, 2))).toEqual([1, 1, 2, 2]);
    expect(processesFor(10_000, 16)).toBe(4);
  });
});

describe('a fleet in two processes', () => {
  let aedes: Aedes;
  let server: Server;
  let fleet: RunningFleet | undefined;
  const connects = new Map<string, number>();
  const waiting: { readonly test: () => boolean; readonly resolve: () => void }[] = [];
  const until = (test: () => boolean) =>
    test() ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push({ test, resolve }));
  const look = () => {
    for (const { test, resolve } of waiting) if (test()) resolve();
  };

  beforeEach(async () => {
    connects.clear();
    aedes = await Aedes.createBroker();
    aedes.on('client', ({ id }) => {
      connects.set(id, (connects.get(id) ?? 0) + 1);
      look();
    });
    aedes.on('clientDisconnect', look);
    server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await fleet?.close();
    fleet = undefined;
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  const start = (more: Partial<ProcessesOptions> = {}) =>
    startFleetInProcesses({
      things: things(6),
      mqttUrl: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
      firmwareVersion: '1.2.1',
      timings: { firstBootSeconds: 5000 },
      ...{ processes: 2, connectRate: Infinity },
      ...more,
    });

  const processIds = () => fleet?.processIds() ?? [];

  test('connects every device once, reports progress and events, and is gone after it is closed', async () => {
    const progress: number[] = [];
    const heard = new Set<string>();
    fleet = await start({
      onProgress: (connected) => progress.push(connected),
      onEvent: (thingName, { kind }) => {
        heard.add(`${thingName} ${kind}`);
        look();
      },
    });
    expect(fleet.size).toBe(6);
    expect(progress.at(-1)).toBe(6);
    await until(() => things(6).every(({ thingName }) => heard.has(`${thingName} connected`)));
    expect([...connects.values()]).toEqual([1, 1, 1, 1, 1, 1]);
    await fleet.close();
    await until(() => aedes.connectedClients === 0);
  });

  test('starts the devices of a process again that has died', async () => {
    const lost: string[] = [];
    fleet = await start({
      onProcessLost: (reason) => {
        lost.push(reason);
        look();
      },
    });
    const [first] = processIds();
    if (first === undefined) throw new Error('no process to end');
    process.kill(first, 'SIGKILL');
    await until(() => [...connects.values()].filter((count) => count === 2).length === 3);
    expect(lost).toEqual(['a process with 3 devices has ended: SIGKILL']);
  });

  test('starts the devices of a dead process again until they connect, also when the broker is away at first', async () => {
    const lost: string[] = [];
    const { port } = server.address() as AddressInfo;
    fleet = await start({
      connectTimeoutSeconds: 1,
      onProcessLost: (reason) => {
        lost.push(reason);
        look();
      },
    });
    const [first] = processIds();
    if (first === undefined) throw new Error('no process to end');
    // No new connections; those of the other process stay.
    server.close();
    process.kill(first, 'SIGKILL');
    await until(() => lost.length === 2);
    expect(lost[1]).toMatch(/^a process with 3 devices cannot start: sim-\d cannot connect to mqtt:/);
    server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await until(() => [...connects.values()].filter((count) => count === 2).length === 3);
  });

  test('fails as a fleet in one process does, when a device cannot connect', async () => {
    await expect(start({ mqttUrl: 'mqtt://127.0.0.1:1', connectTimeoutSeconds: 1 })).rejects.toThrow(
      /cannot connect to mqtt:\/\/127\.0\.0\.1:1 within 1 s/,
    );
  });

  test('connects no faster than it may', async () => {
    const begun = performance.now();
    fleet = await start({ connectRate: 10 });
    // Six devices, five a second in each process: the third of a process begins after 0.4 seconds.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
  });
});
