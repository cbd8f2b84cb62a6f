import { DescribeThingGroupCommand, GetStatisticsCommand, IoTClient, SearchIndexCommand } from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import { createJob } from '../../../../functions/jobs/create-job/create-job';
import { iotFleetIndex } from '../../../../functions/jobs/create-job/fleet-index';
import { ARN, createHarness } from '../../iot/iot-harness';
import { fakeLog } from '../support/fakes';

const GROUP = `${ARN}thinggroup/fleet`;

/** A device; the members of `fleet` are connected unless they are said to be offline. */
interface Device {
  readonly version?: string;
  readonly model?: string;
  readonly type?: string;
  readonly isOffline?: boolean;
  readonly groups?: readonly string[];
}

/** JobsCreateJob beside the fleet index of the embedded AWS. */
const world = async (devices: Readonly<Record<string, Device>>) => {
  const { call, iot: service, switchIndexingOn } = createHarness();
  await switchIndexingOn();
  await call('CreateThingType', { thingTypeName: 'gateway' });
  for (const thingGroupName of ['fleet', 'lab', 'a', 'b', 'c']) await call('CreateThingGroup', { thingGroupName });
  for (const [thingName, { version, model, type, isOffline, groups = ['fleet'] }] of Object.entries(devices)) {
    const attributes = { ...(version && { firmwareVersion: version }), ...(model && { model }) };
    await call('CreateThing', { thingName, attributePayload: { attributes }, ...(type && { thingTypeName: type }) });
    for (const thingGroupName of groups) await call('AddThingToThingGroup', { thingGroupName, thingName });
    if (!isOffline) service.index.setConnected(thingName, true, 1);
  }
  await call('CreateDynamicThingGroup', {
    ...{ thingGroupName: 'outdated', queryString: 'attributes.firmwareVersion:1.2.1' },
  });
  const client = new IoTClient({});
  const iot = mockClient(client);
  iot.on(SearchIndexCommand).callsFake((input: object) => call('SearchIndex', input));
  iot.on(GetStatisticsCommand).callsFake((input: object) => call('GetStatistics', input));
  iot.on(DescribeThingGroupCommand).callsFake((input: object) => call('DescribeThingGroup', input));
  const created: unknown[] = [];
  const create = createJob({
    ...{ templateId: 't', jobIdPrefix: 'FirmwareUpgrade', longestThingName: 83, log: fakeLog().log },
    timeLimits: { startDownloadSeconds: 1, transferSeconds: 1, operationSeconds: 1, rebootSeconds: 1 },
    now: () => Date.UTC(2026, 0, 1),
    fleet: iotFleetIndex(client),
    describeTemplate: async () => ({ document: '{}' }),
    createJob: async (request) => {
      created.push(request);
      return {};
    },
  });
  const dryRun = (fields: object = { targetArn: GROUP }) =>
    create({ firmwareVersion: '1.2.3', dryRun: true, ...fields });
  return { dryRun, created, calls: () => iot.calls().length };
};

const FLEET: Readonly<Record<string, Device>> = {
  old: { version: '1.2.1' },
  sleeping: { version: '1.2.1', isOffline: true },
  done: { version: '1.2.3' },
  newer: { version: '1.10.0' },
  blank: {},
  elsewhere: { version: '1.2.1', groups: ['lab'] },
};

describe('a dry run', () => {
  test('counts the devices of a group by what the job would meet, names a few, and creates nothing', async () => {
    const { dryRun, created } = await world(FLEET);
    expect(await dryRun()).toEqual({
      dryRun: true,
      targets: [GROUP],
      devices: 5,
      offline: 1,
      alreadyOnTarget: 1,
      needsDowngrade: 1,
      withoutVersion: 1,
      notFound: 0,
      versions: { '1.2.1': 2, '1.2.3': 1, '1.10.0': 1 },
      onOtherVersions: 0,
      samples: {
        offline: ['sleeping'],
        alreadyOnTarget: ['done'],
        needsDowngrade: ['newer'],
        withoutVersion: ['blank'],
      },
    });
    expect(created).toEqual([]);
  });

  test('counts no downgrades where the job allows them', async () => {
    const { dryRun } = await world(FLEET);
    const answer = await dryRun({ targetArn: GROUP, allowDowngrade: true });
    expect(answer).not.toHaveProperty('needsDowngrade');
    expect(answer).not.toHaveProperty('samples.needsDowngrade');
  });

  test('counts the members of a dynamic group', async () => {
    const { dryRun } = await world(FLEET);
    expect(await dryRun({ targetArn: `${ARN}thinggroup/outdated` })).toMatchObject({
      ...{ devices: 3, offline: 1, alreadyOnTarget: 0, versions: { '1.2.1': 3 } },
    });
  });

  test('counts a device of several targets once', async () => {
    const { dryRun } = await world({ ...FLEET, both: { version: '1.2.1', groups: ['fleet', 'lab'] } });
    const things = ['both', 'elsewhere', 'old'].map((name) => `${ARN}thing/${name}`);
    expect(await dryRun({ targetArns: [GROUP, `${ARN}thinggroup/lab`, ...things] })).toMatchObject({ devices: 7 });
    expect(await dryRun({ targetArns: [GROUP, ...things] })).toMatchObject({
      ...{ devices: 7, versions: { '1.2.1': 4 }, notFound: 0 },
    });
  });

  test('looks at single things one by one, and names those that the index does not have', async () => {
    const { dryRun } = await world({ ...FLEET, 'OLD-2': { version: '1.2.1' } });
    const names = ['old', 'sleeping', 'done', 'newer', 'blank', 'nobody', 'old-2'];
    expect(await dryRun({ targetArns: names.map((name) => `${ARN}thing/${name}`) })).toMatchObject({
      ...{ devices: 5, offline: 1, alreadyOnTarget: 1, needsDowngrade: 1, withoutVersion: 1, notFound: 2 },
      ...{ versions: { '1.2.1': 2, '1.2.3': 1, '1.10.0': 1 } },
      samples: { needsDowngrade: ['newer'], notFound: ['nobody', 'old-2'] },
    });
  });

  test.each([
    ['a group', [GROUP]],
    ['single things', ['good', 'bad-type', 'bad-model', 'no-model'].map((name) => `${ARN}thing/${name}`)],
  ])('counts devices of %s that cannot run the firmware', async (_, targetArns) => {
    const { dryRun } = await world({
      good: { version: '1', model: 'AX-2', type: 'gateway' },
      'bad-type': { version: '1', model: 'AX-1' },
      'bad-model': { version: '1', model: 'BX-1', type: 'gateway' },
      'no-model': { version: '1', type: 'gateway' },
    });
    const compatibleWith = { thingTypeName: 'gateway', attributes: { model: ['AX-1', 'AX-2'] } };
    expect(await dryRun({ targetArns, firmware: { compatibleWith } })).toMatchObject({
      ...{ devices: 4, incompatible: 3 },
      samples: { incompatible: ['bad-type', 'bad-model', 'no-model'] },
    });
  });

  test('costs no more calls for a thousand devices than for ten, and names five of them', async () => {
    const fleetOf = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`sim-${n}`, { version: `1.${n % 5}.0`, isOffline: n % 2 === 0 }]),
      );
    const [small, large] = [await world(fleetOf(10)), await world(fleetOf(1_000))];
    await small.dryRun();
    const answer = await large.dryRun();
    expect(answer).toMatchObject({
      ...{ devices: 1_000, offline: 500, versions: { '1.0.0': 200, '1.4.0': 200 } },
      samples: { offline: ['sim-0', 'sim-2', 'sim-4', 'sim-6', 'sim-8'] },
    });
    expect(large.calls()).toBe(small.calls());
    expect(large.calls()).toBeLessThanOrEqual(20);
  });

  test('finds versions one page after another, and counts the rest without their versions', async () => {
    const versions = Array.from({ length: 15 }, (_, n) => `0.${n}`);
    const { dryRun } = await world(
      Object.fromEntries(
        versions.flatMap((version, v) => Array.from({ length: 101 }, (_, n) => [`sim-${v}-${n}`, { version }])),
      ),
    );
    const answer = await dryRun();
    expect(answer).toMatchObject({ devices: 1_515, versions: { '0.0': 101, '0.5': 101 } });
    const { versions: found, onOtherVersions } = answer as {
      versions: Record<string, number>;
      onOtherVersions: number;
    };
    expect(Object.keys(found).length * 101 + onOtherVersions).toBe(1_515);
    expect(onOtherVersions).toBeGreaterThan(0);
  });

  test('asks for twenty versions at most', async () => {
    const { dryRun, calls } = await world(
      Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`sim-${n}`, { version: `1.${n}` }])),
    );
    expect(await dryRun()).toMatchObject({ devices: 150, onOtherVersions: 130 });
    expect(calls()).toBeLessThanOrEqual(40);
  });

  test('tells of a group that does not exist, as AWS IoT does', async () => {
    const { dryRun } = await world({});
    await expect(dryRun({ targetArn: `${ARN}thinggroup/nobody` })).rejects.toThrow('Thing group nobody does not exist');
  });

  test.each([
    [
      { targetArns: ['a', 'b', 'c', 'lab', 'fleet'].map((name) => `${ARN}thinggroup/${name}`) },
      'dryRun counts the devices of at most 4 thing groups, not of 5',
    ],
    [
      { targetArn: GROUP, firmware: { compatibleWith: { attributes: { model: 'a/b' } } } },
      'dryRun cannot count by firmware.compatibleWith: the fleet index cannot search for "a/b"',
    ],
    [
      { targetArn: GROUP, firmware: { compatibleWith: { attributes: { model: Array.from('abcdefghijkl') } } } },
      'dryRun cannot count by firmware.compatibleWith: a query of the fleet index has at most 12 names and values',
    ],
    [{ targetArn: GROUP, rollout: {} }, 'rollout must have maximumPerMinute'],
  ])('refuses %j', async (fields, problem) => {
    const { dryRun } = await world({});
    await expect(dryRun(fields)).rejects.toThrow(problem);
  });
});
