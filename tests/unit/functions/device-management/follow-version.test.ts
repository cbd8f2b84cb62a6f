import {
  followVersion,
  type FollowVersionDeps,
  type Thing,
} from '../../../../functions/device-management/follow-version/follow-version';
import type { CommandStart } from '../../../../functions/device-management/devices';
import { dynamoDevices } from '../../../../functions/device-management/dynamo-devices';
import { versionsIn } from '../../../../functions/device-management/follow-version/versions';
import { documentTables } from '../support/document-tables';
import { fakeLog } from '../support/fakes';

const thingName = 'sim-1';
const OLD = '1.2.1';
const NEW = '1.2.3';
const SENT = 1_000_000;
const awsError = (name: string) => Object.assign(new Error(`${name} of AWS`), { name });
const reports = (firmwareVersion: string) =>
  ({ name: 'DEVICE_VERSION_REPORTED', thingName, firmwareVersion, sentAt: SENT }) as const;

/** A registry with one thing, and what its device is known to run. */
const registry = (attribute: string | undefined, runs: string | undefined) => {
  const { log, lines } = fakeLog();
  const state = {
    now: SENT,
    runs,
    awaited: undefined as string | undefined,
    describeFails: '',
    updateFails: '',
    others: 0,
  };
  let thing: Thing = { version: 7, firmwareVersion: attribute };
  const calls: string[] = [];
  const deps: FollowVersionDeps = {
    describeThing: async () => {
      calls.push('describe');
      if (state.describeFails) throw awsError(state.describeFails);
      return thing;
    },
    versionsOf: async () => {
      calls.push('read');
      return { running: state.runs, awaited: state.awaited };
    },
    updateThing: async (_, firmwareVersion, version) => {
      // Somebody else changes the thing in between.
      if (state.others > 0) {
        state.others -= 1;
        thing = { ...thing, version: (thing.version ?? 0) + 1 };
      }
      calls.push('update');
      if (state.updateFails) throw awsError(state.updateFails);
      if (version === undefined || version !== thing.version) throw awsError('VersionConflictException');
      thing = { version: version + 1, firmwareVersion };
    },
    now: () => state.now,
  };
  return {
    ...{ state, lines, calls, deps, log, thing: () => thing },
    follow: (version: string) => followVersion(deps)(reports(version), log),
  };
};

describe('DMFollowVersionFunction', () => {
  test('writes what the device runs, where the registry says something else', async () => {
    const { follow, thing, calls } = registry(OLD, NEW);
    await follow(NEW);
    expect(thing()).toEqual({ version: 8, firmwareVersion: NEW });
    expect(calls).toEqual(['describe', 'read', 'update']);
  });

  test('writes what the device has reported since, when there is something later', async () => {
    const { follow, thing } = registry(OLD, '1.2.4');
    await follow(NEW);
    expect(thing().firmwareVersion).toBe('1.2.4');
  });

  test('leaves a registry that is right as it is, after one call', async () => {
    const { follow, thing, calls } = registry(OLD, OLD);
    await follow(OLD);
    expect(thing().version).toBe(7);
    expect(calls).toEqual(['describe']);
  });

  test('leaves the target that the workflow has written, although the report of it is not remembered yet', async () => {
    const { follow, state, thing } = registry(NEW, OLD);
    state.awaited = NEW;
    await follow(OLD);
    expect(thing()).toEqual({ version: 7, firmwareVersion: NEW });
    state.awaited = undefined;
    await follow(OLD);
    expect(thing().firmwareVersion).toBe(OLD);
  });

  test('leaves a thing without the attribute alone: it is no device of this workflow', async () => {
    const { follow, thing } = registry(undefined, NEW);
    await follow(NEW);
    expect(thing()).toEqual({ version: 7, firmwareVersion: undefined });
  });

  test.each([
    ['another version', OLD, 7],
    ['that it is not known until the device reports again', undefined, 7],
  ])('writes no report of which it knows later %s', async (_, runs, version) => {
    const { follow, thing } = registry(OLD, runs);
    await follow(NEW);
    expect(thing()).toEqual({ version, firmwareVersion: OLD });
  });

  test('looks again when somebody else changes the thing at the same time, a few times', async () => {
    const w = registry(OLD, NEW);
    w.state.others = 4;
    await w.follow(NEW);
    expect(w.thing().firmwareVersion).toBe(NEW);
    const unlucky = registry(OLD, NEW);
    unlucky.state.others = 5;
    await expect(unlucky.follow(NEW)).rejects.toThrow('VersionConflictException');
  });

  test.each([
    ['describeFails', 'ResourceNotFoundException'],
    ['describeFails', 'InvalidRequestException'],
    ['updateFails', 'ResourceNotFoundException'],
    ['updateFails', 'InvalidRequestException'],
  ] as const)('counts and drops what the registry does not take: %s with %s', async (call, name) => {
    const { follow, state, lines } = registry(OLD, NEW);
    state[call] = name;
    await follow(NEW);
    expect(lines).toMatchObject([
      {
        level: 'UnusedMessages',
        message: `The registry cannot follow: ${name} of AWS`,
        fields: { firmwareVersion: NEW },
      },
    ]);
  });

  test('fails while the registry is throttled, so that Lambda tries again; the last time it drops a mere look', async () => {
    const { follow, state, lines } = registry(OLD, NEW);
    state.describeFails = 'ThrottlingException';
    await expect(follow(NEW)).rejects.toThrow('ThrottlingException');
    state.now += 60_000;
    await expect(follow(NEW)).rejects.toThrow('ThrottlingException');
    state.now += 120_000;
    await follow(NEW);
    expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('throttled') }]);
  });

  test('keeps a change that the registry throttles as a dead letter', async () => {
    const { follow, state } = registry(OLD, NEW);
    state.updateFails = 'ThrottlingException';
    state.now += 180_000;
    await expect(follow(NEW)).rejects.toThrow('ThrottlingException');
  });

  /** Runs two flows step by step: a flow does its next call of a port when it is its turn. */
  const interleaved = async (turns: readonly boolean[]): Promise<string | undefined> => {
    const { deps, log, state, thing } = registry('0.9', OLD);
    const waiting = new Map<boolean, () => void>();
    const stepOf =
      (flow: boolean) =>
      async <T>(call: () => Promise<T>): Promise<T> => {
        await new Promise<void>((resolve) => waiting.set(flow, resolve));
        return call();
      };
    const following = async (flow: boolean, version: string) => {
      const step = stepOf(flow);
      // A report is published after it is remembered.
      if (flow)
        await step(async () => {
          state.runs = NEW;
        });
      await followVersion({
        ...deps,
        describeThing: (name) => step(() => deps.describeThing(name)),
        versionsOf: (name) => step(() => deps.versionsOf(name)),
        updateThing: (...change) => step(() => deps.updateThing(...change)),
      })(reports(version), log);
    };
    const flows = Promise.all([following(false, OLD), following(true, NEW)]);
    const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
    for (let turn = 0; waiting.size > 0; turn += 1) {
      const chosen = turns[turn] ?? true;
      const flow = waiting.has(chosen) ? chosen : !chosen;
      const go = waiting.get(flow);
      waiting.delete(flow);
      go?.();
      await settled();
    }
    await flows;
    return thing().firmwareVersion;
  };

  test('of two reports, the later one is in the registry in the end, however the two are interleaved', async () => {
    const TURNS = 8;
    for (let mask = 0; mask < 2 ** TURNS; mask += 1) {
      const turns = Array.from({ length: TURNS }, (_, turn) => (mask & (1 << turn)) !== 0);
      expect({ turns, registry: await interleaved(turns) }).toEqual({ turns, registry: NEW });
    }
  });
});

describe('what a device runs, in the devices table', () => {
  const newTable = documentTables('thingName', 'recordKey');
  const command: CommandStart = {
    ...{ operationId: 'job.1', command: 'download', requestId: 'r', firmwareVersion: NEW, awaitsBoot: true },
    ...{ thingName, token: 't', askedAt: 2, enteredAt: 1, startedAt: 1 },
  };

  test('is its last report, nothing after a connection, nothing for an unknown device', async () => {
    const { dynamo, tableName } = await newTable();
    const devices = dynamoDevices(dynamo, tableName);
    const versionsOf = versionsIn(dynamo, tableName);
    expect(await versionsOf(thingName)).toEqual({});
    await devices.learn(thingName, { firmwareVersion: OLD }, 1);
    expect(await versionsOf(thingName)).toEqual({ running: OLD });
    await devices.learn(thingName, { firmwareVersion: '' }, 2);
    expect(await versionsOf(thingName)).toEqual({});
  });

  test('is awaited to be the target of a workflow until the device has reported it, or the workflow is over', async () => {
    const { dynamo, tableName } = await newTable();
    const devices = dynamoDevices(dynamo, tableName);
    const versionsOf = versionsIn(dynamo, tableName);
    await devices.learn(thingName, { firmwareVersion: OLD }, 1);
    await devices.begin(command);
    expect(await versionsOf(thingName)).toEqual({ running: OLD, awaited: NEW });
    await devices.reach({
      ...{ thingName, firmwareVersion: NEW, facts: { firmwareVersion: NEW }, operationId: '', id: 'boot@3' },
      ...{ receivedAt: 3, asOf: 3 },
    });
    expect(await versionsOf(thingName)).toEqual({ running: NEW });
    await devices.begin({ ...command, operationId: 'job.2' });
    await devices.close(thingName, 'job.2', 4);
    expect(await versionsOf(thingName)).toEqual({ running: NEW });
  });
});
