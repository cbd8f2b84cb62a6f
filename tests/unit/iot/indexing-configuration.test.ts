import { createHarness, INDEX_BUILD_MS } from './iot-harness';

const REGISTRY_FIELDS = [
  { name: 'thingId', type: 'String' },
  { name: 'thingName', type: 'String' },
  { name: 'registry.version', type: 'Number' },
  { name: 'registry.thingTypeName', type: 'String' },
  { name: 'registry.thingGroupNames', type: 'String' },
];
const SHADOW_FIELDS = [
  { name: 'shadow.version', type: 'Number' },
  { name: 'shadow.hasDelta', type: 'Boolean' },
];
const CONNECTIVITY_FIELDS = [
  { name: 'connectivity.timestamp', type: 'Number' },
  { name: 'connectivity.version', type: 'Number' },
  { name: 'connectivity.connected', type: 'Boolean' },
  { name: 'connectivity.disconnectReason', type: 'String' },
];
const GROUP_FIELDS = [
  { name: 'description', type: 'String' },
  { name: 'parentGroupNames', type: 'String' },
  { name: 'thingGroupId', type: 'String' },
  { name: 'thingGroupName', type: 'String' },
  { name: 'version', type: 'Number' },
];

const start = async () => {
  const harness = createHarness();
  await harness.createThings(1);
  const { call } = harness;
  return {
    ...harness,
    update: (thingIndexingConfiguration: object) => call('UpdateIndexingConfiguration', { thingIndexingConfiguration }),
    configuration: () => call('GetIndexingConfiguration', {}),
    describe: () => call('DescribeIndex', { indexName: 'AWS_Things' }),
    search: async () => (await call('SearchIndex', { queryString: 'thingName:sim-1' })).things,
  };
};

/** AWS IoT developer guide, "Managing thing indexing", "Managing fleet indexing"; API reference, DescribeIndex, SearchIndex. */
describe('building the fleet index', () => {
  it('takes a while, in which it cannot be searched', async () => {
    const { update, describe: describeIndex, search, call, clock } = await start();
    await update({ thingIndexingMode: 'REGISTRY' });
    await clock.advance(INDEX_BUILD_MS - 1);
    expect(await describeIndex()).toMatchObject({ indexName: 'AWS_Things', indexStatus: 'BUILDING' });
    await expect(search()).rejects.toMatchObject({ code: 'IndexNotReadyException', statusCode: 400 });
    await expect(call('GetStatistics', { queryString: '*' })).rejects.toMatchObject({ code: 'IndexNotReadyException' });
    await clock.advance(1);
    expect(await describeIndex()).toMatchObject({ indexStatus: 'ACTIVE' });
    expect(await search()).toMatchObject([{ thingName: 'sim-1' }]);
  });

  it('a changed configuration rebuilds it: what it had can be searched meanwhile, what it gets cannot', async () => {
    const { update, describe: describeIndex, search, iot, clock } = await start();
    iot.index.setConnected('sim-1', true, 1);
    await update({ thingIndexingMode: 'REGISTRY' });
    await clock.advance(INDEX_BUILD_MS);
    await update({ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' });
    expect(await describeIndex()).toMatchObject({ indexStatus: 'REBUILDING' });
    expect((await search())[0]).not.toHaveProperty('connectivity');
    await clock.advance(INDEX_BUILD_MS);
    expect(await describeIndex()).toMatchObject({ indexStatus: 'ACTIVE' });
    expect((await search())[0]).toMatchObject({ connectivity: { connected: true } });
  });

  it('the same configuration again rebuilds nothing', async () => {
    const { switchIndexingOn, update, describe: describeIndex } = await start();
    await switchIndexingOn();
    await update({ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' });
    expect(await describeIndex()).toMatchObject({ indexStatus: 'ACTIVE' });
  });

  it('switched off, it does not exist; switched on again, it is built again', async () => {
    const { switchIndexingOn, update, describe: describeIndex, search, clock } = await start();
    await expect(describeIndex()).rejects.toMatchObject({ code: 'ResourceNotFoundException', statusCode: 404 });
    await switchIndexingOn();
    await update({ thingIndexingMode: 'OFF' });
    await expect(describeIndex()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(search()).rejects.toMatchObject({ code: 'IndexNotReadyException' });
    await update({ thingIndexingMode: 'REGISTRY' });
    expect(await describeIndex()).toMatchObject({ indexStatus: 'BUILDING' });
    await update({ thingIndexingMode: 'OFF' });
    await clock.advance(INDEX_BUILD_MS);
    await expect(describeIndex()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('a dynamic group that was made meanwhile gets its members when it is built', async () => {
    const { update, call, clock } = await start();
    await update({ thingIndexingMode: 'REGISTRY' });
    await call('CreateDynamicThingGroup', { thingGroupName: 'old', queryString: 'attributes.firmwareVersion:1.2.1' });
    const members = async () => (await call('ListThingsInThingGroup', { thingGroupName: 'old' })).things;
    expect(await members()).toEqual([]);
    await clock.advance(INDEX_BUILD_MS);
    expect(await members()).toEqual(['sim-1']);
  });

  it.each([
    [{ thingIndexingMode: 'REGISTRY' }, 'REGISTRY'],
    [{ thingIndexingMode: 'REGISTRY_AND_SHADOW' }, 'REGISTRY_AND_SHADOW'],
    [{ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' }, 'REGISTRY_AND_CONNECTIVITY_STATUS'],
    [
      { thingIndexingMode: 'REGISTRY_AND_SHADOW', thingConnectivityIndexingMode: 'STATUS' },
      'REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS',
    ],
  ])('with %j its schema is %s', async (modes, schema) => {
    const { update, describe: describeIndex } = await start();
    await update(modes);
    expect(await describeIndex()).toMatchObject({ schema });
  });
});

describe('the indexing configuration', () => {
  it.each([
    [{ thingIndexingMode: 'REGISTRY' }, REGISTRY_FIELDS],
    [{ thingIndexingMode: 'REGISTRY_AND_SHADOW' }, [...REGISTRY_FIELDS, ...SHADOW_FIELDS]],
    [
      { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
      [...REGISTRY_FIELDS, ...CONNECTIVITY_FIELDS],
    ],
  ])('with %j it has the managed fields of AWS', async (modes, managedFields) => {
    const { update, configuration } = await start();
    await update(modes);
    expect(await configuration()).toMatchObject({ thingIndexingConfiguration: { ...modes, managedFields } });
  });

  it('has managed fields for groups when they are indexed, and none while indexing is off', async () => {
    const { call, configuration } = await start();
    expect(await configuration()).toEqual({
      thingIndexingConfiguration: { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF' },
      thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF' },
    });
    await call('UpdateIndexingConfiguration', { thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'ON' } });
    expect(await configuration()).toMatchObject({
      thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'ON', managedFields: GROUP_FIELDS },
    });
  });

  it('keeps its managed fields whatever an update contains, and rebuilds nothing for them', async () => {
    const { switchIndexingOn, update, configuration, describe: describeIndex } = await start();
    await switchIndexingOn();
    await update({
      thingIndexingMode: 'REGISTRY',
      thingConnectivityIndexingMode: 'STATUS',
      managedFields: [{ name: 'thingName', type: 'Number' }],
    });
    expect(await configuration()).toMatchObject({
      thingIndexingConfiguration: { managedFields: [...REGISTRY_FIELDS, ...CONNECTIVITY_FIELDS] },
    });
    expect(await describeIndex()).toMatchObject({ indexStatus: 'ACTIVE' });
  });

  it('keeps custom fields as they were given last', async () => {
    const { update, configuration } = await start();
    const customFields = [{ name: 'attributes.battery', type: 'Number' }];
    await update({ thingIndexingMode: 'REGISTRY', customFields });
    expect(await configuration()).toMatchObject({ thingIndexingConfiguration: { customFields } });
    await update({ thingIndexingMode: 'REGISTRY' });
    expect(await configuration()).not.toHaveProperty('thingIndexingConfiguration.customFields');
  });

  it.each([
    ['no mode', {}, 'thingIndexingMode'],
    ['an unknown mode', { thingIndexingMode: 'ON' }, 'thingIndexingMode "ON"'],
    [
      'a managed field as custom field',
      { thingIndexingMode: 'REGISTRY', customFields: [{ name: 'thingName', type: 'String' }] },
      'customFields: thingName',
    ],
    [
      'a custom field that the mode does not index',
      { thingIndexingMode: 'REGISTRY', customFields: [{ name: 'shadow.reported.v', type: 'String' }] },
      'customFields: shadow.reported.v',
    ],
  ])('refuses %s', async (_what, given, problem) => {
    const { update, describe: describeIndex } = await start();
    await expect(update(given)).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: expect.stringContaining(problem),
    });
    await expect(describeIndex()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});
