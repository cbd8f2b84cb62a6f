import { ARN, createHarness } from './iot-harness';

const thing = (attributes: Record<string, string>, rest: object = {}) => ({
  thingName: 'sim-1',
  attributePayload: { attributes, ...rest },
});

describe('the registry', () => {
  it('creates a thing once: the same request again answers the same thing', async () => {
    const { call } = createHarness();
    const first = await call('CreateThing', thing({ firmwareVersion: '1.2.1' }));
    expect(first.thingArn).toBe(`${ARN}thing/sim-1`);
    expect(await call('CreateThing', thing({ firmwareVersion: '1.2.1' }))).toEqual(first);
  });

  it('refuses to create a thing again with other attributes, and names it', async () => {
    const { call } = createHarness();
    await call('CreateThing', thing({ firmwareVersion: '1.2.1' }));
    await expect(call('CreateThing', thing({ firmwareVersion: '2' }))).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      statusCode: 409,
      message: expect.stringContaining('sim-1'),
    });
  });

  it('merges attributes only when asked to, and an empty value deletes one', async () => {
    const { call } = createHarness();
    await call('CreateThing', thing({ a: '1', b: '2' }));
    await call('UpdateThing', thing({ b: '', c: '3' }, { merge: true }));
    expect((await call('DescribeThing', { thingName: 'sim-1' })).attributes).toEqual({ a: '1', c: '3' });
    await call('UpdateThing', thing({ d: '4' }));
    expect(await call('DescribeThing', { thingName: 'sim-1' })).toMatchObject({ attributes: { d: '4' }, version: 3 });
  });

  it('refuses an update that expects another version', async () => {
    const { call } = createHarness();
    await call('CreateThing', thing({ a: '1' }));
    await expect(call('UpdateThing', { ...thing({ a: '2' }), expectedVersion: 7 })).rejects.toMatchObject({
      code: 'VersionConflictException',
    });
    expect((await call('DescribeThing', { thingName: 'sim-1' })).attributes).toEqual({ a: '1' });
  });

  it('checks names, attribute values and their number', async () => {
    const { call } = createHarness();
    const refused = (input: object) =>
      expect(call('CreateThing', input)).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await refused({ thingName: 'a thing' });
    await refused({});
    await refused(thing({ a: 'with space' }));
    await refused(thing({ a: '1', b: '2', c: '3', d: '4' }));
    await call('CreateThingType', { thingTypeName: 'gateway' });
    await call('CreateThing', { ...thing({ a: '1', b: '2', c: '3', d: '4' }), thingTypeName: 'gateway' });
  });

  // AWS IoT API reference, AttributePayload: key and value patterns and lengths.
  it.each([
    ['a', '=[]', true],
    ['a', 'v1.2,x@y/z:#[0]=-_', true],
    ['a.b,c@d/e:f#g-h_', '1', true],
    ['a', 'x'.repeat(800), true],
    ['a', '1+1', false],
    ['a', 'with space', false],
    ['a', 'é', false],
    ['a', 'line\n', false],
    ['a', 'x'.repeat(801), false],
    ['a=', '1', false],
    ['a[0]', '1', false],
    ['a b', '1', false],
    ['', '1', false],
    ['x'.repeat(129), '1', false],
  ])('the attribute %j with the value %j: %s', async (name, value, isAllowed) => {
    const { call } = createHarness();
    const attributePayload = { attributes: { [name]: value } };
    const calls = [
      call('CreateThing', { thingName: 'sim-1', attributePayload }),
      call('CreateThingGroup', { thingGroupName: 'g', thingGroupProperties: { attributePayload } }),
      call('CreateThing', { thingName: 'other' }).then(() =>
        call('UpdateThing', { thingName: 'other', attributePayload }),
      ),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      if (isAllowed) expect(outcome).toMatchObject({ status: 'fulfilled' });
      else expect(outcome).toMatchObject({ reason: { code: 'InvalidRequestException' } });
    }
  });

  it('lists things by attribute, page by page', async () => {
    const { call, createThings } = createHarness();
    await createThings(5);
    await call('CreateThing', { thingName: 'other', attributePayload: { attributes: { firmwareVersion: '2' } } });
    const names: string[] = [];
    const tokens: (string | undefined)[] = [undefined];
    for (const nextToken of tokens) {
      const page = await call('ListThings', {
        attributeName: 'firmwareVersion',
        attributeValue: '1.2.1',
        maxResults: 2,
        nextToken,
      });
      expect(page.things.length).toBeLessThanOrEqual(2);
      names.push(...page.things.map((listed) => listed.thingName));
      if (page.nextToken) tokens.push(page.nextToken);
    }
    expect(names).toEqual(['sim-1', 'sim-2', 'sim-3', 'sim-4', 'sim-5']);
  });

  it('deletes a thing only when no certificate is attached', async () => {
    const { call } = createHarness();
    await call('CreateThing', thing({}));
    const { certificateArn: principal, certificateId } = await call('CreateKeysAndCertificate', { setAsActive: true });
    await call('AttachThingPrincipal', { thingName: 'sim-1', principal });
    expect((await call('ListPrincipalThings', { principal })).things).toEqual(['sim-1']);
    await expect(call('DeleteThing', { thingName: 'sim-1' })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
    await call('UpdateCertificate', { certificateId, newStatus: 'INACTIVE' });
    await expect(call('DeleteCertificate', { certificateId })).rejects.toMatchObject({
      code: 'DeleteConflictException',
    });
    await call('DetachThingPrincipal', { thingName: 'sim-1', principal });
    await call('DeleteThing', { thingName: 'sim-1' });
    await call('DeleteCertificate', { certificateId });
    await expect(call('DescribeThing', { thingName: 'sim-1' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      statusCode: 404,
    });
    expect(await call('DeleteThing', { thingName: 'sim-1' })).toEqual({});
  });

  it('answers every type of endpoint with the local address', async () => {
    const { call } = createHarness();
    expect(await call('DescribeEndpoint', { endpointType: 'iot:Data-ATS' })).toEqual({
      endpointAddress: 'localhost:8883',
    });
    await expect(call('DescribeEndpoint', { endpointType: 'iot:Nothing' })).rejects.toThrow('iot:Nothing');
  });

  it('names the resources an IAM policy must allow', () => {
    const { iot } = createHarness();
    expect(iot.resourcesOf('SearchIndex', { queryString: '*' })).toEqual([`${ARN}index/AWS_Things`]);
    expect(iot.resourcesOf('UpdateThing', { thingName: 'sim-1' })).toEqual([`${ARN}thing/sim-1`]);
    expect(iot.resourcesOf('CreateJob', { jobId: 'j', targets: [`${ARN}thinggroup/g`] })).toEqual([
      `${ARN}job/j`,
      `${ARN}thinggroup/g`,
    ]);
    expect(iot.resourcesOf('ListThings', {})).toEqual(['*']);
  });
});
