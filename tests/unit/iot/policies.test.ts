import { ARN, createHarness } from './iot-harness';

const PER_DEVICE = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: `${ARN}client/\${iot:Connection.Thing.ThingName}`,
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
    },
    {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: [
        `${ARN}topic/things/\${iot:ClientId}/*`,
        `${ARN}topic/site/\${iot:Connection.Thing.Attributes[site]}/?`,
      ],
    },
    { Effect: 'Deny', Action: 'iot:*', Resource: `${ARN}topic/things/*/secret` },
  ],
};

const deviceWithPolicy = async (document: object) => {
  const harness = createHarness();
  const { call, iot } = harness;
  await call('CreateThing', { thingName: 'sim-1', attributePayload: { attributes: { site: 'berlin' } } });
  await call('CreateThing', { thingName: 'sim-2' });
  const { certificateId, certificateArn } = await call('CreateKeysAndCertificate', { setAsActive: true });
  await call('AttachThingPrincipal', { thingName: 'sim-1', principal: certificateArn });
  await call('CreatePolicy', { policyName: 'device', policyDocument: JSON.stringify(document) });
  await call('AttachPolicy', { policyName: 'device', target: certificateArn });
  const allows = (action: 'iot:Connect' | 'iot:Publish' | 'iot:Receive', resource: string, clientId = 'sim-1') =>
    iot.policyAllows(certificateId, action, `${ARN}${resource}`, clientId);
  return { ...harness, allows, certificateId, certificateArn };
};

describe('policies of device certificates', () => {
  it('let a device connect under the name of its own thing only', async () => {
    const { allows } = await deviceWithPolicy(PER_DEVICE);
    expect(allows('iot:Connect', 'client/sim-1')).toBe(true);
    expect(allows('iot:Connect', 'client/sim-2')).toBe(false);
    expect(allows('iot:Connect', 'client/sim-2', 'sim-2')).toBe(false);
  });

  it('fill in client id and thing attributes, and support * and ?', async () => {
    const { allows } = await deviceWithPolicy(PER_DEVICE);
    expect(allows('iot:Publish', 'topic/things/sim-1/a/b')).toBe(true);
    expect(allows('iot:Publish', 'topic/things/sim-2/a')).toBe(false);
    expect(allows('iot:Receive', 'topic/site/berlin/7')).toBe(true);
    expect(allows('iot:Receive', 'topic/site/berlin/77')).toBe(false);
    expect(allows('iot:Receive', 'topic/site/paris/7')).toBe(false);
  });

  it('never treat a client id as a wildcard', async () => {
    const { allows } = await deviceWithPolicy(PER_DEVICE);
    expect(allows('iot:Publish', 'topic/things/sim-1/a', '*')).toBe(false);
  });

  it('let an explicit Deny win', async () => {
    const { allows } = await deviceWithPolicy(PER_DEVICE);
    expect(allows('iot:Publish', 'topic/things/sim-1/secret')).toBe(false);
  });

  it('allow nothing once the certificate is inactive or the policy detached', async () => {
    const { allows, call, certificateId, certificateArn } = await deviceWithPolicy(PER_DEVICE);
    await call('UpdateCertificate', { certificateId, newStatus: 'INACTIVE' });
    expect(allows('iot:Connect', 'client/sim-1')).toBe(false);
    await call('UpdateCertificate', { certificateId, newStatus: 'ACTIVE' });
    expect(allows('iot:Connect', 'client/sim-1')).toBe(true);
    await call('DetachPolicy', { policyName: 'device', target: certificateArn });
    expect(allows('iot:Connect', 'client/sim-1')).toBe(false);
  });

  it('also come from the static groups of the thing', async () => {
    const { allows, call } = await deviceWithPolicy({ Statement: [] });
    await call('CreateThingGroup', { thingGroupName: 'fleet' });
    await call('CreatePolicy', { policyName: 'fleet', policyDocument: JSON.stringify(PER_DEVICE) });
    await call('AttachPolicy', { policyName: 'fleet', target: `${ARN}thinggroup/fleet` });
    expect(allows('iot:Connect', 'client/sim-1')).toBe(false);
    await call('AddThingToThingGroup', { thingGroupName: 'fleet', thingName: 'sim-1' });
    expect(allows('iot:Connect', 'client/sim-1')).toBe(true);
  });

  it('cannot be deleted while attached', async () => {
    const { call, certificateArn } = await deviceWithPolicy(PER_DEVICE);
    await expect(call('DeletePolicy', { policyName: 'device' })).rejects.toMatchObject({
      code: 'DeleteConflictException',
    });
    expect((await call('ListTargetsForPolicy', { policyName: 'device' })).targets).toEqual([certificateArn]);
    expect((await call('ListAttachedPolicies', { target: certificateArn })).policies).toHaveLength(1);
  });

  it('are refused when they are malformed or use a condition that is not evaluated', async () => {
    const { call } = createHarness();
    const create = (policyDocument: string) => call('CreatePolicy', { policyName: 'p', policyDocument });
    await expect(create('{')).rejects.toMatchObject({ code: 'MalformedPolicyException' });
    await expect(create('{"Statement":{"Effect":"Perhaps","Action":"a","Resource":"*"}}')).rejects.toThrow('Statement');
    await expect(
      create(
        '{"Statement":{"Effect":"Allow","Action":"a","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"::1"}}}}',
      ),
    ).rejects.toThrow('IpAddress');
  });
});
