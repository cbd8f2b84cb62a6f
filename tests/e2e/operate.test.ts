import { CreateThingCommand } from '@aws-sdk/client-iot';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createClients, destroyClients, type OperateClients } from '../../operate/clients';
import { describeDevice } from '../../operate/devices/describe-device';
import { deviceHistory } from '../../operate/devices/device-history';
import { searchDevices } from '../../operate/devices/search-devices';
import { explain } from '../../operate/explain/explain';
import { NotFoundError, openOperator, type Operator } from '../../operate/operator';
import { cancelRollout } from '../../operate/rollouts/cancel-rollout';
import { createRollout, previewRollout, RefusedError } from '../../operate/rollouts/create-rollout';
import { describeRollout, rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { rolloutFailures } from '../../operate/rollouts/failures';
import { listExecutions } from '../../operate/rollouts/list-executions';
import { listRollouts } from '../../operate/rollouts/list-rollouts';
import { planRetry, runRetry } from '../../operate/rollouts/retry-failed';
import { createStepsCrawler } from '../../operate/steps/crawler';
import type { FaultName } from '../../simulator/agent/faults';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { type DeployedStack, deployStack, jobExecutionsEnded } from '../support/e2e-aws';

jest.setTimeout(60_000);

const FAULTS: Readonly<Record<string, FaultName>> = { 'op-broken': '404', 'op-hanging': 'silent' };
const CONNECTED = ['op-good', 'op-broken', 'op-hanging'];
const THINGS = [...CONNECTED, 'op-offline'];

describe('operating roll-outs of the embedded AWS', () => {
  let stack: DeployedStack;
  let clients: OperateClients;
  let operator: Operator;
  let fleet: Fleet;
  let jobId = '';
  let calls = 0;
  const arnOf = (thingName: string) => `arn:aws:iot:us-east-1:000000000000:thing/${thingName}`;

  /** Resolves when so many devices have entered a state. */
  const entered = (state: string, times: number) =>
    new Promise<void>((resolve) => {
      let left = times;
      const stop = stack.aws.onStateEntered(({ stateName }) => {
        if (stateName === state) left -= 1;
        if (left > 0) return;
        stop();
        resolve();
      });
    });

  beforeAll(async () => {
    stack = await deployStack();
    const { aws, iot } = stack;
    for (const thingName of [...THINGS, 'op-outsider'])
      await iot.send(
        new CreateThingCommand({ thingName, attributePayload: { attributes: { firmwareVersion: '1.2.1' } } }),
      );
    clients = createClients(aws.clientConfig, () => void (calls += 1));
    operator = await openOperator(clients, 'wme');
    let introduced = 0;
    let ready: () => void = () => undefined;
    const allIntroduced = new Promise<void>((resolve) => (ready = resolve));
    fleet = await startFleet({
      ...{ things: CONNECTED.map((thingName) => ({ thingName })), mqttUrl: aws.mqttUrl },
      ...{ firmwareVersion: '1.2.1', timeScale: 0.02, faultOf: (thingName) => FAULTS[thingName] ?? 'none' },
      onEvent: (_thing, { kind, detail }) => {
        if (kind === 'published' && detail === 'GET_RESP') introduced += 1;
        if (introduced === CONNECTED.length) ready();
      },
    });
    await allIntroduced;
    await aws.idle();
    const outcomes = jobExecutionsEnded(stack.aws, ['op-good', 'op-broken']);
    const waiting = entered('WaitForDeviceConnected', 1);
    ({ jobId } = await createRollout(operator, {
      firmwareVersion: '1.2.3',
      targetArns: THINGS.map(arnOf),
      timeLimits: { transferSeconds: 600, operationSeconds: 600 },
    }));
    await Promise.all([outcomes, waiting]);
    await aws.idle();
  });
  afterAll(async () => {
    await fleet.close();
    destroyClients(clients);
    await stack.close();
  });

  test('a preview counts and creates nothing; a payload that is refused says why', async () => {
    const preview = await previewRollout(operator, { firmwareVersion: '2.0.0', targetArns: [arnOf('op-outsider')] });
    expect(preview).toMatchObject({ devices: 1, offline: 1, versions: { '1.2.1': 1 } });
    const refused = createRollout(operator, { firmwareVersion: '2.0.0' });
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(/targetArn is missing/);
    expect((await listRollouts(operator)).items).toHaveLength(1);
  });

  test('a roll-out has its status, its devices and its document in two calls', async () => {
    calls = 0;
    const rollout = await rolloutWithDocument(operator, jobId);
    expect(calls).toBe(2);
    expect(rollout).toMatchObject({
      ...{ jobId, status: 'IN_PROGRESS', targets: THINGS.map(arnOf) },
      ...{ counts: { SUCCEEDED: 1, FAILED: 1, IN_PROGRESS: 1, QUEUED: 1 }, document: { firmwareVersion: '1.2.3' } },
    });
    const page = await listExecutions(operator, jobId, { limit: 3 });
    expect(page.items).toHaveLength(3);
    const rest = await listExecutions(operator, jobId, { limit: 3, nextToken: page.nextToken ?? '' });
    expect([...page.items, ...rest.items].map(({ thingName }) => thingName).toSorted()).toEqual(THINGS.toSorted());
    await expect(describeRollout(operator, 'FirmwareUpgrade-nothing')).rejects.toThrow(NotFoundError);
  });

  test('failures are grouped by step and error, and asked for once', async () => {
    const { counts } = await describeRollout(operator, jobId);
    const cache = new Map();
    const failures = await rolloutFailures(operator, jobId, counts, { cache });
    expect(failures).toMatchObject({ looked: 1, failed: 1 });
    expect(failures.groups).toEqual([
      expect.objectContaining({
        ...{
          status: 'FAILED',
          step: 'WaitForDeviceMessages',
          error: expect.stringMatching(/^FIRMWARE_TRANSFERRED\.\d+$/),
        },
        ...{ devices: 1, samples: ['op-broken'], cause: expect.stringContaining('404') },
      }),
    ]);
    calls = 0;
    await rolloutFailures(operator, jobId, counts, { cache });
    expect(calls).toBe(1);
  });

  test('the crawler finds where the pending devices are, and reads no history twice in a round', async () => {
    const crawler = createStepsCrawler(operator, jobId);
    calls = 0;
    const steps = await crawler.round();
    expect(steps).toMatchObject({
      ...{ byState: { WaitForDeviceMessages: 1, WaitForDeviceConnected: 1 }, looked: 2, pending: 2 },
    });
    // DescribeJob, two lists, one BatchGetItem, the definition, two histories.
    expect(calls).toBe(7);
    calls = 0;
    const slow = createStepsCrawler(operator, jobId, { looksPerRound: 1 });
    expect(await slow.round()).toMatchObject({ looked: 1, pending: 2 });
    expect(calls).toBe(6);
    calls = 0;
    expect(await slow.round()).toMatchObject({ looked: 2, pending: 2 });
    // The workflows and the definition are known.
    expect(calls).toBe(4);
    const sample = await createStepsCrawler(operator, jobId, { sampleSize: 1 }).round();
    expect(sample.pending).toBe(2);
  });

  test('devices are found by the beginning of their names, with connection and version', async () => {
    const { items, nextToken } = await searchDevices(operator, 'op-', { limit: 2 });
    expect(items).toHaveLength(2);
    expect(nextToken).toBeDefined();
    expect((await searchDevices(operator, 'attributes.firmwareVersion:1.2.3')).items).toEqual([
      expect.objectContaining({ thingName: 'op-good', isConnected: true, attributes: { firmwareVersion: '1.2.3' } }),
    ]);
    expect(await describeDevice(operator, 'op-offline')).toMatchObject({ connectivity: { isConnected: false } });
    await expect(describeDevice(operator, 'op-nobody')).rejects.toThrow('There is no thing op-nobody');
  });

  test('the history of a device tells job, commands, events and workflow in their order', async () => {
    const [attempt] = await deviceHistory(operator, 'op-good');
    expect(attempt).toMatchObject({ operationId: `${jobId}.1`, status: 'SUCCEEDED', executionNumber: 1 });
    const words = attempt?.timeline.map((entry) => entry.words) ?? [];
    const order = [
      'The roll-out reaches the device',
      'The workflow begins',
      'The workflow asks for the download of 1.2.3',
      'The device runs 1.2.3 after its boot (Boot!)',
      'The workflow ended with success',
    ].map((text) => words.indexOf(text));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    // The device sends its events within milliseconds here: they may be recorded in any order.
    expect(words).toContain('The device has transferred the firmware (TransferComplete!)');
    expect(words).toContainEqual(expect.stringMatching(/^Operate Download\(\) is sent to the device/));
    expect(await deviceHistory(operator, 'op-outsider')).toEqual([]);
  });

  test('an explanation says what is waited for, and how it ended', async () => {
    const sentenceOf = async (thingName: string) => (await explain(operator, thingName)).sentence;
    expect(await sentenceOf('op-good')).toMatch(/^op-good was upgraded to 1\.2\.3 at /);
    expect(await sentenceOf('op-broken')).toMatch(
      /^The upgrade of op-broken failed at .* in the step WaitForDeviceMessages \(downloading\): the transfer failed at the device \(FIRMWARE_TRANSFERRED\.\d+\)/,
    );
    expect(await explain(operator, 'op-offline')).toMatchObject({
      ...{ kind: 'waiting', jobId, until: expect.any(Number) },
      sentence: expect.stringContaining('waits for the device to connect'),
    });
    expect(await sentenceOf('op-hanging')).toContain('waits for the device to report that it has the firmware');
    expect(await sentenceOf('op-outsider')).toBe('No roll-out of this stack concerns op-outsider.');
    expect(await explain(operator, 'op-outsider', { jobId })).toMatchObject({
      sentence: `Roll-out ${jobId} does not concern op-outsider: it has reached all its devices.`,
    });
    const { evidence } = await explain(operator, 'op-hanging');
    expect(Object.fromEntries(evidence.map(({ label, text }) => [label, text]))).toMatchObject({
      Connection: expect.stringMatching(/^connected, since /),
      Versions: expect.stringMatching(/^registry 1\.2\.1, last reported 1\.2\.1 .*, target 1\.2\.3$/),
      'Job execution': expect.stringContaining('IN_PROGRESS, attempt 1'),
      Workflow: expect.stringMatching(/RUNNING, state WaitForDeviceMessages \/ WaitForFirmwareTransferred/),
      'Registered waits': 'FIRMWARE_TRANSFERRED, DOWNLOAD_OPERATION_DONE',
      Command: expect.stringContaining('The device accepted Download()'),
      'Dead letters': 'none about this device',
    });
  });

  test('a dead letter about the device is found, and given back', async () => {
    const sqs = new SQSClient(stack.aws.clientConfig);
    const QueueUrl = stack.aws.output('DeadLetterQueueUrl');
    const MessageBody = JSON.stringify({ name: 'DEVICE_REBOOTED', thingName: 'op-hanging', id: `${jobId}.1` });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    for (let times = 0; times < 2; times += 1) {
      const { kind, help } = await explain(operator, 'op-hanging');
      expect(kind).toBe('stuck');
      expect(help).toMatch(/is in dead-letters .*wme redrive --queue dead-letters --apply/);
    }
    sqs.destroy();
  });

  test('failed devices are retried with the settings of their roll-out, until it is cancelled', async () => {
    const plan = await planRetry(operator, jobId);
    expect(plan).toEqual({
      things: ['op-broken'],
      requests: [
        {
          ...{ firmwareVersion: '1.2.3', upgradeTrigger: 'manual', targetArns: [arnOf('op-broken')] },
          timeLimits: { transferSeconds: 600, operationSeconds: 600 },
        },
      ],
    });
    const again = jobExecutionsEnded(stack.aws, ['op-broken']);
    const [retried = ''] = await runRetry(operator, plan);
    await again;
    expect((await describeRollout(operator, retried)).counts.FAILED).toBe(1);
    expect((await listRollouts(operator)).items.map((rollout) => rollout.jobId)).toEqual([retried, jobId]);
    expect((await deviceHistory(operator, 'op-broken')).map((attempt) => attempt.jobId)).toEqual([retried, jobId]);

    const cancelled = jobExecutionsEnded(stack.aws, ['op-hanging', 'op-offline']);
    await cancelRollout(operator, jobId, { force: true, comment: 'a test' });
    await cancelled;
    await stack.aws.idle();
    expect((await explain(operator, 'op-hanging', { jobId })).sentence).toBe(
      `The upgrade of op-hanging was cancelled with roll-out ${jobId} (a test).`,
    );
    expect((await planRetry(operator, retried)).things).toEqual(['op-broken']);
    await expect(cancelRollout(operator, 'FirmwareUpgrade-nothing')).rejects.toThrow(NotFoundError);
    await expect(openOperator(clients, 'other')).rejects.toThrow('--stack other: no such stack here');
  });
});
