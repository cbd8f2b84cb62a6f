import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  DeleteCertificateCommand,
  DeletePolicyCommand,
  DeleteThingCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  GetPolicyCommand,
  InvalidRequestException,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListPrincipalThingsCommand,
  ListThingPrincipalsCommand,
  ListThingsCommand,
  ResourceNotFoundException,
  ThrottlingException,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { mockClient } from 'aws-sdk-client-mock';
import { cleanUpFleet } from '../../../simulator/clean-up';
import { resolveConnection } from '../../../simulator/connection';
import { type ProvisionOptions, type ProvisionedThing, provisionFleet } from '../../../simulator/provisioning';

const iot = mockClient(IoTClient);
const gone = new ResourceNotFoundException({ message: 'gone', $metadata: {} });
const client = new IoTClient({ region: 'eu-west-1' });

const options = (more: Partial<ProvisionOptions> = {}): ProvisionOptions => ({
  iot: client,
  count: 3,
  prefix: 'sim-',
  firmwareVersion: '1.2.1',
  policyName: 'devices',
  ...more,
});

beforeEach(() => {
  iot.reset();
  let certificates = 0;
  iot.on(CreateThingCommand).callsFake(({ thingName }: { thingName: string }) => ({
    thingName,
    thingArn: `arn:aws:iot:eu-west-1:123456789012:thing/${thingName}`,
  }));
  iot.on(CreateKeysAndCertificateCommand).callsFake(() => ({
    certificateArn: `arn:aws:iot:eu-west-1:123456789012:cert/c${++certificates}`,
    certificatePem: 'CERT',
    keyPair: { PrivateKey: 'KEY' },
  }));
});

afterAll(() => client.destroy());

describe('provisionFleet', () => {
  test('creates things with version, certificate and policy, and reports progress', async () => {
    const progress: string[] = [];
    const things = await provisionFleet(options({ onProgress: (done, total) => progress.push(`${done}/${total}`) }));
    expect(things).toHaveLength(3);
    for (const thing of things)
      expect(thing).toStrictEqual({
        thingName: expect.stringMatching(/^sim-[0-9a-f]{10}$/),
        certificateArn: expect.stringMatching(/:cert\/c\d$/),
        certificate: 'CERT',
        clientKey: 'KEY',
        firmwareVersion: '1.2.1',
      });
    expect(progress).toStrictEqual(['1/3', '2/3', '3/3']);
    expect(iot.commandCalls(CreateThingCommand)[0]?.args[0].input.attributePayload).toStrictEqual({
      attributes: { firmwareVersion: '1.2.1' },
    });
    const attached = iot.commandCalls(AttachThingPrincipalCommand).map(({ args }) => args[0].input);
    expect(attached).toStrictEqual(
      expect.arrayContaining(things.map(({ thingName, certificateArn }) => ({ thingName, principal: certificateArn }))),
    );
    expect(iot.commandCalls(AttachPolicyCommand).map(({ args }) => args[0].input.policyName)).toStrictEqual([
      'devices',
      'devices',
      'devices',
    ]);
  });

  test('gives things the same names in every run, if it is told how', async () => {
    const things = await provisionFleet(options({ suffixOf: (index) => `${index + 1}` }));
    expect(things.map(({ thingName }) => thingName).toSorted()).toStrictEqual(['sim-1', 'sim-2', 'sim-3']);
  });

  test('uses an existing policy', async () => {
    await provisionFleet(options());
    expect(iot.commandCalls(GetPolicyCommand)).toHaveLength(1);
    expect(iot.commandCalls(CreatePolicyCommand)).toHaveLength(0);
  });

  test('creates a missing policy once, with least privilege', async () => {
    iot.on(GetPolicyCommand).rejects(gone);
    await provisionFleet(options());
    expect(iot.commandCalls(CreatePolicyCommand)).toHaveLength(1);
    const document = JSON.parse(iot.commandCalls(CreatePolicyCommand)[0]?.args[0].input.policyDocument ?? '') as {
      Statement: { Action: string; Resource: unknown }[];
    };
    const arn = 'arn:aws:iot:eu-west-1:123456789012';
    const thing = '${iot:Connection.Thing.ThingName}';
    const response = `${arn}:topic/controllers/self::aws-dm-controller/agents/${thing}/response`;
    expect(Object.fromEntries(document.Statement.map(({ Action, Resource }) => [Action, Resource]))).toStrictEqual({
      'iot:Connect': `${arn}:client/${thing}`,
      'iot:Publish': [response, `${response}/*`],
      'iot:Subscribe': [
        `${arn}:topicfilter/agents/${thing}/usp/request`,
        `${arn}:topicfilter/agents/${thing}/usp/request/*`,
      ],
      'iot:Receive': [`${arn}:topic/agents/${thing}/usp/request`, `${arn}:topic/agents/${thing}/usp/request/*`],
    });
  });

  test('reuses things of an earlier run with their current version, and replaces deleted ones', async () => {
    const known = (thingName: string): ProvisionedThing => ({
      thingName,
      certificateArn: `arn:${thingName}`,
      certificate: 'OLD',
      clientKey: 'OLD',
      firmwareVersion: '1.2.1',
    });
    iot.on(ListThingPrincipalsCommand, { thingName: 'sim-kept' }).resolves({ principals: ['arn:sim-kept'] });
    iot.on(DescribeThingCommand, { thingName: 'sim-kept' }).resolves({ attributes: { firmwareVersion: '1.2.3' } });
    iot.on(ListThingPrincipalsCommand, { thingName: 'sim-other-cert' }).resolves({ principals: [] });
    iot.on(ListThingPrincipalsCommand, { thingName: 'sim-gone' }).rejects(gone);
    const things = await provisionFleet(options({ known: ['sim-kept', 'sim-other-cert', 'sim-gone'].map(known) }));
    expect(things.find(({ thingName }) => thingName === 'sim-kept')).toMatchObject({
      clientKey: 'OLD',
      firmwareVersion: '1.2.3',
    });
    expect(things.filter(({ clientKey }) => clientKey === 'KEY')).toHaveLength(2);
  });

  test('limits the number of things created in parallel', async () => {
    let running = 0;
    let most = 0;
    iot.on(AttachPolicyCommand).callsFake(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return {};
    });
    await provisionFleet(options({ count: 20, concurrency: 4 }));
    expect(most).toBe(4);
  });

  test('stops at an error, after reporting the finished things', async () => {
    iot
      .on(AttachThingPrincipalCommand)
      .resolvesOnce({})
      .rejects(new ThrottlingException({ message: 'slow down', $metadata: {} }));
    const made: ProvisionedThing[] = [];
    await expect(provisionFleet(options({ concurrency: 1, onThing: (thing) => made.push(thing) }))).rejects.toThrow(
      'slow down',
    );
    expect(made).toHaveLength(1);
    expect(iot.commandCalls(CreateThingCommand)).toHaveLength(2);
  });
});

describe('cleanUpFleet', () => {
  beforeEach(() => {
    iot.on(ListThingsCommand).resolves({ things: [{ thingName: 'sim-1' }, { thingName: 'lamp' }], nextToken: 'more' });
    iot.on(ListThingsCommand, { nextToken: 'more' }).resolves({ things: [{ thingName: 'sim-2' }] });
    iot
      .on(ListThingPrincipalsCommand)
      .callsFake(({ thingName }: { thingName: string }) => ({ principals: [`arn:cert/of-${thingName}`] }));
    iot
      .on(ListPrincipalThingsCommand)
      .callsFake(({ principal }: { principal: string }) => ({ things: [principal.slice('arn:cert/of-'.length)] }));
    iot.on(ListAttachedPoliciesCommand).resolves({ policies: [{ policyName: 'devices' }] });
  });

  test('detaches, deactivates and deletes only the resources of the fleet', async () => {
    const progress: string[] = [];
    const names = await cleanUpFleet({
      iot: client,
      prefix: 'sim-',
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    });
    expect([...names].sort()).toStrictEqual(['sim-1', 'sim-2']);
    expect(progress).toStrictEqual(['1/2', '2/2']);
    const inputs = (command: Parameters<typeof iot.commandCalls>[0]): unknown[] =>
      iot.commandCalls(command).map(({ args }): unknown => args[0].input);
    expect(inputs(DeleteThingCommand)).toStrictEqual(
      expect.arrayContaining([{ thingName: 'sim-1' }, { thingName: 'sim-2' }]),
    );
    expect(inputs(DeleteThingCommand)).toHaveLength(2);
    expect(inputs(DetachThingPrincipalCommand)).toHaveLength(2);
    expect(inputs(DetachPolicyCommand)).toContainEqual({ policyName: 'devices', target: 'arn:cert/of-sim-1' });
    expect(inputs(UpdateCertificateCommand)).toContainEqual({ certificateId: 'of-sim-1', newStatus: 'INACTIVE' });
    expect(inputs(DeleteCertificateCommand)).toContainEqual({ certificateId: 'of-sim-1' });
    expect(inputs(DeletePolicyCommand)).toHaveLength(0);
  });

  test('keeps a certificate that another thing uses', async () => {
    iot.on(ListPrincipalThingsCommand).resolves({ things: ['sim-1', 'lamp'] });
    await cleanUpFleet({ iot: client, prefix: 'sim-1' });
    expect(iot.commandCalls(DetachThingPrincipalCommand)).toHaveLength(1);
    expect(iot.commandCalls(DeleteCertificateCommand)).toHaveLength(0);
  });

  test('ignores resources that are already deleted', async () => {
    iot.on(ListThingPrincipalsCommand).rejects(gone);
    iot.on(DeleteThingCommand).rejects(gone);
    iot.on(DeletePolicyCommand).rejects(gone);
    await expect(cleanUpFleet({ iot: client, prefix: 'sim-', policyName: 'p' })).resolves.toHaveLength(2);
  });

  test('retries a thing that is not yet detached, up to ten times', async () => {
    const attached = new InvalidRequestException({ message: 'principals are attached', $metadata: {} });
    iot.on(DeleteThingCommand).rejectsOnce(attached).rejectsOnce(attached).resolves({});
    const waits: number[] = [];
    const wait = async (milliseconds: number) => waits.push(milliseconds);
    await cleanUpFleet({ iot: client, prefix: 'sim-1', wait });
    expect(waits).toStrictEqual([1000, 1000]);
    iot.on(DeleteThingCommand).rejects(attached);
    await expect(cleanUpFleet({ iot: client, prefix: 'sim-1', wait })).rejects.toThrow('principals are attached');
    expect(waits).toHaveLength(11);
  });

  test('refuses an empty prefix', async () => {
    await expect(cleanUpFleet({ iot: client, prefix: '' })).rejects.toThrow('every thing of the account');
  });
});

describe('resolveConnection', () => {
  test.each([
    [undefined, 'abc-ats.iot.eu-west-1.amazonaws.com', 'mqtts://abc-ats.iot.eu-west-1.amazonaws.com:8883'],
    ['http://127.0.0.1:4566', '127.0.0.1:1883', 'mqtt://127.0.0.1:1883'],
    ['https://iot.internal', 'broker', 'mqtts://broker:8883'],
  ])('endpoint URL %p, address %p → %p', async (endpointUrl, endpointAddress, mqttUrl) => {
    iot.on(DescribeEndpointCommand, { endpointType: 'iot:Data-ATS' }).resolves({ endpointAddress });
    expect(await resolveConnection({ iot: client, ...(endpointUrl && { endpointUrl }) })).toStrictEqual({ mqttUrl });
  });

  test('uses a given URL unchanged', async () => {
    expect(await resolveConnection({ iot: client, mqttUrl: 'mqtt://x:1' })).toStrictEqual({ mqttUrl: 'mqtt://x:1' });
    expect(iot.calls()).toHaveLength(0);
  });
});
