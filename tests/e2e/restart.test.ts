import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AddThingToThingGroupCommand,
  CreateJobCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeThingCommand,
  IoTClient,
  paginateListJobExecutionsForJob,
} from '@aws-sdk/client-iot';
import {
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  paginateListExecutions,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { freePort, type LocalProcess, startLocal } from '../support/local-process';

jest.setTimeout(180_000);

const DEVICES = 50;
const KILLS = 10;
const FROM = '1.2.1';
const TARGET = '1.2.3';
const JOB = 'killed-ten-times';

/** A process that is killed at any moment goes on, with the same --data, as if it had not been. */
describe('npm run local -- --data, killed ten times in the middle of 50 upgrades', () => {
  let directory: string;
  let local: LocalProcess;
  let fleet: Fleet | undefined;
  let options: readonly string[];
  let iot: IoTClient;
  let sfn: SFNClient;
  let sqs: SQSClient;
  let output = '';
  /** Called with each event of a device. */
  let happened: () => void = () => undefined;
  /** Resolves after so many events: of the devices' new connections and of their upgrades. */
  const events = (count: number) =>
    new Promise<void>((resolve) => {
      let left = count;
      happened = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
  /** Requests to run a command, by thing. */
  const operates = new Map<string, number>();

  const statuses = async () => {
    const found: string[] = [];
    for await (const { executionSummaries = [] } of paginateListJobExecutionsForJob({ client: iot }, { jobId: JOB }))
      for (const { jobExecutionSummary } of executionSummaries) found.push(String(jobExecutionSummary?.status));
    return found;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'restart-'));
    const [port, mqttPort] = [await freePort(), await freePort()];
    options = ['--data', directory, '--port', String(port), '--mqtt-port', String(mqttPort), '--quiet'];
    local = await startLocal(...options);
    const config = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 10,
    };
    iot = new IoTClient(config);
    sfn = new SFNClient(config);
    sqs = new SQSClient(config);
    const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }));
    const things = Array.from({ length: DEVICES }, (_, index) => ({ thingName: `device-${index}` }));
    for (const { thingName } of things) {
      const attributePayload = { attributes: { firmwareVersion: FROM } };
      await iot.send(new CreateThingCommand({ thingName, attributePayload }));
      await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'fleet' }));
    }
    fleet = await startFleet({
      ...{ things, mqttUrl: `mqtt://127.0.0.1:${mqttPort}`, firmwareVersion: FROM, timeScale: 0.2 },
      ...{ persistentSession: true, longestRetrySeconds: 0.5 },
      onEvent: (thingName, event) => {
        happened();
        if (event.kind === 'received' && event.detail.startsWith('OPERATE'))
          operates.set(thingName, (operates.get(thingName) ?? 0) + 1);
      },
    });
    const document = JSON.stringify({
      ...{ version: '1.0', firmwareVersion: TARGET, stateMachineName: 'wme-FirmwareUpgrade' },
      // A command that was interrupted again and again may be late, but it must come.
      timeLimits: { startDownloadSeconds: 600 },
    });
    await iot.send(
      new CreateJobCommand({
        ...{ jobId: JOB, targets: [thingGroupArn], document },
        jobExecutionsRolloutConfig: { maximumPerMinute: 75 },
      }),
    );
    for (let kill = 0; kill < KILLS; kill += 1) {
      await events(20 + Math.floor(Math.random() * 180));
      await local.kill();
      output += local.output();
      local = await startLocal(...options);
    }
    while ((await statuses()).filter((status) => status === 'SUCCEEDED').length < DEVICES) {
      if ((await statuses()).some((status) => !['QUEUED', 'IN_PROGRESS', 'SUCCEEDED'].includes(status))) break;
      await sleep(500);
    }
  });
  afterAll(async () => {
    await fleet?.close();
    for (const client of [iot, sfn, sqs]) client.destroy();
    await local.kill();
    await rm(directory, { recursive: true });
  });

  test('all job executions succeed', async () => {
    expect(await statuses()).toEqual(Array.from({ length: DEVICES }, () => 'SUCCEEDED'));
  });

  test('each device was asked for one download, and has the target', async () => {
    expect([...operates.values()]).toEqual(Array.from({ length: DEVICES }, () => 1));
    for (const { thingName } of fleet?.devices ?? []) {
      const { attributes } = await iot.send(new DescribeThingCommand({ thingName }));
      expect(attributes).toMatchObject({ firmwareVersion: TARGET });
    }
  });

  test('each workflow has entered each state once, and has recorded each event once', async () => {
    const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
    const owners: string[] = [];
    for await (const { executions = [] } of paginateListExecutions(
      { client: sfn },
      { stateMachineArn: stateMachines[0]?.stateMachineArn },
    ))
      for (const { executionArn, status } of executions) {
        expect(status).toBe('SUCCEEDED');
        const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
        expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
        const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
        expect(entered).toEqual([...new Set(entered)]);
        if (entered.includes('UpdateThing')) owners.push(String(executionArn));
      }
    expect(owners).toHaveLength(DEVICES);
  });

  test('there are no dead letters, and nothing is reported as lost', async () => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls.length).toBeGreaterThan(0);
    for (const QueueUrl of QueueUrls) {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0' });
    }
    expect(output).not.toMatch(/is lost|gave up/);
  });
});
