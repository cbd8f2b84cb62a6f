import { createHarness, INDEX_BUILD_MS } from './iot-harness';

const presence = (clientId: string, eventType: string, timestamp: number, versionNumber: number) =>
  [`$aws/events/presence/${eventType}/${clientId}`, { clientId, timestamp, eventType, versionNumber }] as const;

const indexed = async () => {
  const harness = createHarness();
  await harness.switchIndexingOn();
  const create = (thingName: string, attributes: Record<string, string>) =>
    harness.call('CreateThing', { thingName, attributePayload: { attributes } });
  await create('sim-1', { firmwareVersion: '1.2.1', battery: '70' });
  await create('sim-10', { firmwareVersion: '1.2.1', battery: '9' });
  await create('lamp', { firmwareVersion: '2.0.0', twin: 'sim-1', url: 'http://a' });
  await harness.call('CreateThingGroup', { thingGroupName: 'lab' });
  await harness.call('AddThingToThingGroup', { thingGroupName: 'lab', thingName: 'sim-10' });
  harness.iot.index.setConnected('sim-1', true, 1_000);
  harness.iot.index.setConnected('lamp', false, 2_000);
  const search = async (queryString: string): Promise<string[]> =>
    (await harness.call('SearchIndex', { queryString })).things.map(({ thingName }) => thingName);
  return { ...harness, search };
};

describe('the fleet index', () => {
  it.each([
    ['thingName:"sim-1"', ['sim-1']],
    ['thingName:SIM-1', ['sim-1']],
    ['thingName:sim-1*', ['sim-1', 'sim-10']],
    ['thingName:sim-1?', ['sim-10']],
    ['*', ['sim-1', 'sim-10', 'lamp']],
    ['attributes.firmwareVersion:1.2.1', ['sim-1', 'sim-10']],
    ['attributes.firmwareVersion:"1.2.1" AND NOT thingName:sim-10', ['sim-1']],
    ['attributes.firmwareVersion:1.2.1 -thingName:sim-10', ['sim-1']],
    ['thingName:lamp OR thingName:sim-1', ['sim-1', 'lamp']],
    ['thingName:(lamp OR sim-1)', ['sim-1', 'lamp']],
    ['thingName:lamp OR thingName:sim* AND attributes.battery:>9', ['sim-1', 'lamp']],
    ['(thingName:lamp OR thingName:sim*) attributes.battery:*', ['sim-1', 'sim-10']],
    ['connectivity.connected:true', ['sim-1']],
    ['connectivity.connected:false', ['lamp']],
    ['thingGroupNames:lab', ['sim-10']],
    ['attributes.battery:>9', ['sim-1']],
    ['attributes.battery:>=9', ['sim-1', 'sim-10']],
    ['attributes.battery:<70', ['sim-10']],
    ['attributes.battery:[9 TO 70]', ['sim-1', 'sim-10']],
    ['attributes.battery:{9 TO 70]', ['sim-1']],
    ['attributes.battery:[* TO 9]', ['sim-10']],
    ['attributes.firmwareVersion:[1.0.0 TO 1.9.9]', ['sim-1', 'sim-10']],
    ['attributes.url:http\\://a', ['lamp']],
    ['Attributes.firmwareVersion:1.2.1', []],
    ['attributes.nothing:1', []],
  ])('finds by %s', async (query, expected) => {
    const { search } = await indexed();
    expect(await search(query)).toEqual(expected);
  });

  it('looks for a bare term in every field, so that a name finds other things, too', async () => {
    const { search } = await indexed();
    expect(await search('sim-1')).toEqual(['sim-1', 'lamp']);
  });

  it('looks at one thing only when the query asks for one name', async () => {
    const { search, iot } = await indexed();
    const reads: string[] = [];
    for (const name of ['sim-1', 'sim-10', 'lamp']) {
      const thing = iot.thingOfClient(name)!;
      const attributes = thing.attributes;
      Object.defineProperty(thing, 'attributes', { get: () => (reads.push(name), attributes) });
    }
    await search('attributes.battery:70 AND thingName:"sim-1"');
    expect(new Set(reads)).toEqual(new Set(['sim-1']));
  });

  it.each(['thingName:', '(a', 'a)', 'attributes.x:[1 2]', '"open', '', 'a AND'])('refuses %p', async (queryString) => {
    const { call } = await indexed();
    await expect(call('SearchIndex', { queryString })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('refuses a query of more than twelve terms', async () => {
    const { call } = await indexed();
    const queryString = Array.from({ length: 13 }, (_, n) => `a${n}`).join(' OR ');
    await expect(call('SearchIndex', { queryString })).rejects.toMatchObject({ code: 'InvalidQueryException' });
  });

  it('returns documents with attributes, groups and connectivity, page by page', async () => {
    const { call } = await indexed();
    const first = await call('SearchIndex', { queryString: 'thingName:sim*', maxResults: 1 });
    expect(first.things).toEqual([
      {
        thingName: 'sim-1',
        thingId: expect.any(String),
        thingGroupNames: [],
        attributes: { firmwareVersion: '1.2.1', battery: '70' },
        connectivity: { connected: true, timestamp: 1_000 },
      },
    ]);
    const second = await call('SearchIndex', {
      queryString: 'thingName:sim*',
      maxResults: 1,
      nextToken: first.nextToken,
    });
    expect(second.things).toMatchObject([{ thingName: 'sim-10', thingGroupNames: ['lab'] }]);
    expect(second.things[0]?.connectivity).toBeUndefined();
    expect(second.nextToken).toBeUndefined();
  });

  it('does not exist before indexing is switched on, and has connectivity only when configured', async () => {
    const { call, clock, createThings, iot } = createHarness();
    await createThings(1);
    iot.index.setConnected('sim-1', true, 1);
    const search = () => call('SearchIndex', { queryString: 'thingName:sim-1' });
    await expect(search()).rejects.toMatchObject({ code: 'IndexNotReadyException' });
    await call('UpdateIndexingConfiguration', { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
    await clock.advance(INDEX_BUILD_MS);
    expect((await search()).things[0]?.connectivity).toBeUndefined();
  });

  // https://docs.aws.amazon.com/iot/latest/developerguide/index-aggregate.html
  it('counts and sums up an attribute that is a custom field', async () => {
    const { call, clock } = await indexed();
    const battery = { queryString: '*', aggregationField: 'attributes.battery' };
    await expect(call('GetStatistics', battery)).rejects.toMatchObject({ code: 'InvalidAggregationException' });
    await call('UpdateIndexingConfiguration', {
      thingIndexingConfiguration: {
        ...{ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
        customFields: [{ name: 'attributes.battery', type: 'Number' }],
      },
    });
    await clock.advance(INDEX_BUILD_MS);
    const { statistics } = await call('GetStatistics', battery);
    expect(statistics).toMatchObject({ count: 2, sum: 79, minimum: 9, maximum: 70, average: 39.5 });
  });

  it('counts things, summing up registry.version where no field is named', async () => {
    const { call } = await indexed();
    await call('UpdateThing', { thingName: 'sim-1', attributePayload: { attributes: {} } });
    const { statistics } = await call('GetStatistics', { queryString: 'thingName:sim*' });
    expect(statistics).toMatchObject({ count: 2, sum: 3, minimum: 1, maximum: 2 });
  });

  // https://docs.aws.amazon.com/iot/latest/apireference/API_GetBucketsAggregation.html
  it('counts things by the values of a field, the most frequent first', async () => {
    const { call } = await indexed();
    const buckets = (aggregationField: string, queryString = '*', maxBuckets?: number) =>
      call('GetBucketsAggregation', {
        ...{ queryString, aggregationField },
        bucketsAggregationType: { termsAggregation: { maxBuckets } },
      });
    expect(await buckets('connectivity.connected')).toEqual({
      totalCount: 3,
      buckets: [
        { keyValue: 'true', count: 1 },
        { keyValue: 'false', count: 1 },
      ],
    });
    await call('UpdateThing', { thingName: 'lamp', attributePayload: { attributes: { url: 'b' }, merge: true } });
    expect(await buckets('registry.version', '*', 1)).toEqual({
      totalCount: 3,
      buckets: [{ keyValue: '1', count: 2 }],
    });
    expect(await buckets('registry.version', 'thingName:lamp')).toEqual({
      totalCount: 1,
      buckets: [{ keyValue: '2', count: 1 }],
    });
  });

  // https://docs.aws.amazon.com/iot/latest/apireference/API_TermsAggregation.html
  it.each([
    ['attributes.firmwareVersion', { termsAggregation: {} }, 'InvalidAggregationException'],
    ['registry.version', { termsAggregation: { maxBuckets: 0 } }, 'InvalidRequestException'],
    ['registry.version', { termsAggregation: { maxBuckets: 10_001 } }, 'InvalidRequestException'],
    ['registry.version', {}, 'InvalidRequestException'],
  ])('refuses to count by %s with %j', async (aggregationField, bucketsAggregationType, code) => {
    const { call } = await indexed();
    const request = { queryString: '*', aggregationField, bucketsAggregationType };
    await expect(call('GetBucketsAggregation', request)).rejects.toMatchObject({ code });
  });

  it.each([
    ['thingGroupNames:"lab" AND NOT connectivity.connected:true', ['sim-10']],
    ['thingName:sim* AND NOT (attributes.battery:("70" OR "71") AND attributes.firmwareVersion:"1.2.1")', ['sim-10']],
    ['thingName:* AND NOT attributes.battery:*', ['lamp']],
  ])('excludes by %s', async (query, expected) => {
    const { search } = await indexed();
    expect(await search(query)).toEqual(expected);
  });

  it('returns at most 100 things at once', async () => {
    const { call } = await indexed();
    await expect(call('SearchIndex', { queryString: '*', maxResults: 101 })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });
});

describe('connectivity in the fleet index', () => {
  const connected = async (events: (readonly [string, object])[]) => {
    const harness = createHarness();
    await harness.switchIndexingOn();
    await harness.createThings(1);
    events.forEach(([topic, event]) => harness.receive(topic, event));
    return (await harness.call('SearchIndex', { queryString: 'thingName:sim-1' })).things[0]?.connectivity;
  };

  it('follows presence events', async () => {
    expect(await connected([presence('sim-1', 'connected', 100, 0)])).toEqual({ connected: true, timestamp: 100 });
    expect(
      await connected([presence('sim-1', 'connected', 100, 0), presence('sim-1', 'disconnected', 200, 0)]),
    ).toMatchObject({ connected: false, timestamp: 200 });
  });

  it('ignores the late end of an older connection', async () => {
    expect(
      await connected([
        presence('sim-1', 'connected', 100, 0),
        presence('sim-1', 'connected', 200, 1),
        presence('sim-1', 'disconnected', 201, 0),
      ]),
    ).toMatchObject({ connected: true });
  });

  it('ignores the late start of a connection that has ended', async () => {
    expect(
      await connected([presence('sim-1', 'disconnected', 200, 3), presence('sim-1', 'connected', 100, 3)]),
    ).toMatchObject({ connected: false });
  });

  it('accepts presence events from the broker only, not from a device', async () => {
    const harness = createHarness();
    await harness.switchIndexingOn();
    await harness.createThings(1);
    const [topic, event] = presence('sim-1', 'connected', 100, 0);
    harness.receive(topic, event, 'sim-2');
    const { things } = await harness.call('SearchIndex', { queryString: 'thingName:sim-1' });
    expect(things[0]?.connectivity).toBeUndefined();
  });
});

describe('dynamic thing groups', () => {
  const withGroup = async (queryString: string) => {
    const harness = createHarness();
    await harness.switchIndexingOn();
    await harness.createThings(3);
    await harness.call('CreateDynamicThingGroup', { thingGroupName: 'old', queryString });
    const members = async () => (await harness.call('ListThingsInThingGroup', { thingGroupName: 'old' })).things;
    return { ...harness, members };
  };

  it('hold the things that match, and follow their changes', async () => {
    const { call, members } = await withGroup('attributes.firmwareVersion:1.2.1');
    expect(await members()).toEqual(['sim-1', 'sim-2', 'sim-3']);
    await call('UpdateThing', { thingName: 'sim-2', attributePayload: { attributes: { firmwareVersion: '2' } } });
    await call('CreateThing', { thingName: 'new', attributePayload: { attributes: { firmwareVersion: '1.2.1' } } });
    await call('DeleteThing', { thingName: 'sim-3' });
    expect(await members()).toEqual(['sim-1', 'new']);
    expect((await call('ListThingGroupsForThing', { thingName: 'new' })).thingGroups).toMatchObject([
      { groupName: 'old' },
    ]);
  });

  it('follow connectivity', async () => {
    const { members, receive } = await withGroup('connectivity.connected:true');
    expect(await members()).toEqual([]);
    receive(...presence('sim-2', 'connected', 100, 0));
    expect(await members()).toEqual(['sim-2']);
  });

  it('take a new query', async () => {
    const { call, members } = await withGroup('attributes.firmwareVersion:9');
    await call('UpdateDynamicThingGroup', { thingGroupName: 'old', queryString: 'thingName:sim-3' });
    expect(await members()).toEqual(['sim-3']);
    expect(await call('DescribeThingGroup', { thingGroupName: 'old' })).toMatchObject({
      queryString: 'thingName:sim-3',
      status: 'ACTIVE',
      version: 2,
    });
  });

  it('need the index, and things cannot be added to them directly', async () => {
    const { call } = createHarness();
    const group = { thingGroupName: 'g', queryString: 'thingName:x' };
    await expect(call('CreateDynamicThingGroup', group)).rejects.toThrow('indexing');
    const other = await withGroup('thingName:x');
    await expect(
      other.call('AddThingToThingGroup', { thingGroupName: 'old', thingName: 'sim-1' }),
    ).rejects.toMatchObject({ code: 'InvalidRequestException' });
  });

  it('look only at the thing that has changed', async () => {
    const { call, iot, createThings } = await withGroup('attributes.firmwareVersion:1.2.1');
    await createThings(50);
    let looks = 0;
    for (let n = 2; n <= 50; n += 1) {
      const thing = iot.thingOfClient(`sim-${n}`)!;
      const attributes = thing.attributes;
      Object.defineProperty(thing, 'attributes', { get: () => ((looks += 1), attributes) });
    }
    await call('UpdateThing', { thingName: 'sim-1', attributePayload: { attributes: { firmwareVersion: '2' } } });
    expect(looks).toBe(0);
  });
});
