import {
  CancelJobCommand,
  CreateDynamicThingGroupCommand,
  DescribeThingCommand,
  type IoTClient,
  ListThingsInThingGroupCommand,
  UpdateThingCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { type Fleet, type FleetThing, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(60_000);

describe('the registry on the embedded AWS', () => {
  let stack: DeployedStack;
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let lambda: LambdaClient;
  const fleets: Fleet[] = [];

  beforeAll(async () => {
    stack = await deployStack();
    ({ aws, iot, lambda } = stack);
  });
  afterAll(async () => {
    for (const fleet of fleets) await fleet.close();
    await stack.close();
  });

  const provision = (prefix: string, firmwareVersion: string, count: number) =>
    provisionFleet({ iot, count, prefix, firmwareVersion, policyName: aws.output('DevicePolicyName') });

  /** Connects devices. @returns after they have reported; `upgraded` resolves when each has booted into other firmware and reported */
  const connect = async (things: readonly FleetThing[], firmwareVersion: string) => {
    const booted = new Set<string>();
    const counted = () => {
      const reported = new Set<string>();
      let done: () => void = () => undefined;
      const all = new Promise<void>((resolve) => (done = resolve));
      const report = (thingName: string) => {
        if (reported.add(thingName).size === things.length) done();
      };
      return { all, report };
    };
    const [introduced, upgraded] = [counted(), counted()];
    const fleet = await startFleet({
      ...{ things, mqttUrl: aws.mqttUrl, firmwareVersion, timeScale: 0.05, profile: 'tr369' },
      onEvent: (thingName, { kind, detail }) => {
        if (kind === 'upgraded') booted.add(thingName);
        if (kind === 'published' && detail === 'GET_RESP')
          (booted.has(thingName) ? upgraded : introduced).report(thingName);
      },
    });
    fleets.push(fleet);
    await introduced.all;
    await aws.idle();
    return { fleet, upgraded: upgraded.all.then(() => aws.idle()) };
  };

  const groupOf = async (name: string, version: string) => {
    const group = { thingGroupName: name, queryString: `attributes.firmwareVersion:${version}` };
    const { thingGroupArn = '' } = await iot.send(new CreateDynamicThingGroupCommand(group));
    return thingGroupArn;
  };
  const membersOf = async (thingGroupName: string) =>
    [...((await iot.send(new ListThingsInThingGroupCommand({ thingGroupName }))).things ?? [])].sort();
  const versionOf = async (thingName: string) =>
    (await iot.send(new DescribeThingCommand({ thingName }))).attributes?.['firmwareVersion'];
  const createJob = async (payload: object): Promise<string> => {
    const Payload = Buffer.from(JSON.stringify(payload));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    return v.parse(v.object({ jobId: v.string() }), JSON.parse(Buffer.from(answer.Payload ?? []).toString())).jobId;
  };
  /** Resolves with the status of each thing's job execution when as many as given have one of these. */
  const statuses = (count: number, wanted: readonly string[]) =>
    new Promise<readonly string[]>((resolve) => {
      const seen = new Map<string, string>();
      const stop = aws.onJobExecutionChanged(({ thingName, status }) => {
        if (!wanted.includes(status)) return;
        if (seen.set(thingName, status).size < count) return;
        stop();
        resolve([...seen.values()]);
      });
    });

  test('follows devices that finish the upgrade of a job that was cancelled in mid-download', async () => {
    const [FROM, TO] = ['1.2.4', '1.3.0'];
    const things = await provision('cancelled-', FROM, 3);
    const names = things.map(({ thingName }) => thingName).sort();
    const targetArn = await groupOf('old', FROM);
    await groupOf('new', TO);
    const { upgraded } = await connect(things, FROM);
    const downloading = statuses(names.length, ['IN_PROGRESS']);
    const cancelled = statuses(names.length, ['CANCELED']);
    const jobId = await createJob({ firmwareVersion: TO, targetArn });
    await downloading;
    await iot.send(new CancelJobCommand({ jobId, force: true }));
    await cancelled;
    await upgraded;
    for (const name of names) expect(await versionOf(name)).toBe(TO);
    expect(await membersOf('new')).toEqual(names);
    expect(await membersOf('old')).toEqual([]);
    expect(aws.runningExecutions()).toBe(0);
    expect(stack.problems).toEqual([]);
  });

  test('follows a device that connects again after the registry was changed by hand', async () => {
    const RUNS = '2.0.1';
    const things = await provision('by-hand-', RUNS, 1);
    const thingName = things[0]?.thingName ?? '';
    const { fleet } = await connect(things, RUNS);
    await fleet.close();
    const attributePayload = { attributes: { firmwareVersion: '9.9.9' }, merge: true };
    await iot.send(new UpdateThingCommand({ thingName, attributePayload }));
    await connect(things, RUNS);
    expect(await versionOf(thingName)).toBe(RUNS);
    expect(stack.problems).toEqual([]);
  });

  test('lets a CONTINUOUS job on a version record the success before the thing leaves its group', async () => {
    const [FROM, TO] = ['3.0.1', '3.0.2'];
    const things = await provision('leaving-', FROM, 2);
    const targetArn = await groupOf('leaving', FROM);
    const { upgraded } = await connect(things, FROM);
    const ended = statuses(things.length, ['SUCCEEDED', 'FAILED', 'REMOVED']);
    await createJob({ firmwareVersion: TO, targetArn, targetSelection: 'CONTINUOUS' });
    expect(await ended).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    await upgraded;
    for (const { thingName } of things) expect(await versionOf(thingName)).toBe(TO);
    expect(await membersOf('leaving')).toEqual([]);
    expect(stack.problems).toEqual([]);
  });
});
