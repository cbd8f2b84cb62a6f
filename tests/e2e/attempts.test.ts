import {
  AddThingToThingGroupCommand,
  CreateDynamicThingGroupCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeThingCommand,
  IoTClient,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { connectAsync, type MqttClient } from 'mqtt';
import type { MessageInput } from '../../functions/shared/messages';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { decodeMsg, decodeRecord, noSessionRecord, type UspMsg } from '../../proto/codec';
import { DEFAULT_CONTROLLER_ID } from '../../proto/endpoint-ids';
import { requestFilter, responseTopic, withReplyTo, requestTopic } from '../../proto/topics';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { startFirmwareServer } from '../support/firmware-server';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(60_000);

const FIRMWARE = Buffer.alloc(1_000, 'firmware');
const FROM = '1.2.1';
const TARGET = '1.2.3';

/** IoT Jobs may start a job execution again: https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html */
describe('a second attempt of a job execution', () => {
  let stack: DeployedStack;
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let sns: SNSClient;
  const closing: (() => Promise<unknown>)[] = [];
  let problems: string[];

  beforeAll(async () => {
    stack = await deployStack();
    ({ aws, iot, problems } = stack);
    sns = new SNSClient(aws.clientConfig);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    sns.destroy();
    await stack.close();
  });

  const createThing = async (thingName: string) => {
    const attributePayload = { attributes: { firmwareVersion: FROM } };
    const { thingArn = '' } = await iot.send(new CreateThingCommand({ thingName, attributePayload }));
    return thingArn;
  };
  const connectSimulator = async (thingName: string) => {
    const introduced = new Promise<void>((resolve) => {
      const fleet: Promise<Fleet> = startFleet({
        ...{ things: [{ thingName }], mqttUrl: aws.mqttUrl, firmwareVersion: FROM, timeScale: 0.02 },
        fetchFirmware: true,
        onEvent: (_thing, event) => event.kind === 'published' && event.detail === 'GET_RESP' && resolve(),
      });
      closing.push(async () => (await fleet).close());
    });
    await introduced;
    await aws.idle();
  };
  const createJob = async (jobId: string, target: string, fields: Partial<CreateJobCommandInput>, url?: string) => {
    const document = JSON.stringify({
      ...{ version: '1.0', firmwareVersion: TARGET, stateMachineName: 'wme-FirmwareUpgrade' },
      ...(url !== undefined && { firmware: { url } }),
    });
    await iot.send(new CreateJobCommand({ jobId, targets: [target], document, ...fields }));
  };
  /** Resolves when an attempt of a job has SUCCEEDED; `ends` lists the ended attempts in order. */
  const followed = (jobId: string) => {
    const ends: string[] = [];
    const succeeded = new Promise<readonly string[]>((resolve) => {
      const stop = aws.onJobExecutionChanged((change) => {
        if (change.jobId !== jobId || change.status === 'QUEUED' || change.status === 'IN_PROGRESS') return;
        ends.push(`${change.executionNumber} ${change.status}`);
        if (change.status !== 'SUCCEEDED') return;
        stop();
        resolve(ends);
      });
    });
    return { ends, succeeded };
  };
  const versionOf = async (thingName: string) =>
    (await iot.send(new DescribeThingCommand({ thingName }))).attributes?.['firmwareVersion'];
  const publish = (message: MessageInput) =>
    sns.send(new PublishCommand({ TopicArn: aws.output('EventsTopicArn'), Message: JSON.stringify(message) }));

  /** A device controlled by the test. */
  const connectScripted = async (thingName: string) => {
    const client: MqttClient = await connectAsync(aws.mqttUrl, { clientId: thingName });
    closing.push(() => client.endAsync());
    const commandKeys: string[] = [];
    let heard: () => void = () => undefined;
    client.on('message', (_topic, payload) => {
      const msg = decodeMsg(decodeRecord(payload).noSessionContext?.payload ?? new Uint8Array());
      const key = msg.body?.request?.operate?.commandKey;
      if (key !== undefined) commandKeys.push(key);
      heard();
    });
    await client.subscribeAsync(requestFilter(thingName), { qos: 1 });
    const topic = withReplyTo(responseTopic(DEFAULT_CONTROLLER_ID, thingName), requestTopic(thingName));
    const notify = (content: NonNullable<NonNullable<NonNullable<UspMsg['body']>['request']>['notify']>) => {
      const msg: UspMsg = {
        header: { msgId: 'n', msgType: 'NOTIFY' },
        body: { request: { notify: { subscriptionId: 's', ...content } } },
      };
      const payload = noSessionRecord({ toId: DEFAULT_CONTROLLER_ID, fromId: thingName, msg });
      return client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
    };
    return {
      commandKeys,
      end: () => client.endAsync(),
      /** Resolves when the device has received this many download requests. */
      asked: async (times: number) => {
        while (commandKeys.length < times) await new Promise<void>((resolve) => (heard = resolve));
      },
      transferComplete: (CommandKey: string, FaultCode: string) =>
        notify({
          event: { objPath: 'Device.LocalAgent.', eventName: 'TransferComplete!', params: { CommandKey, FaultCode } },
        }),
      operationFailed: (commandKey: string) =>
        notify({
          operComplete: {
            ...{ objPath: 'Device.DeviceInfo.FirmwareImage.2.', commandName: 'Download()', commandKey },
            cmdFailure: { errCode: 7003, errMsg: 'late' },
          },
        }),
      boot: (CommandKey: string, version: string) =>
        notify({
          event: {
            ...{ objPath: 'Device.', eventName: 'Boot!' },
            params: {
              CommandKey,
              FirmwareUpdated: String(version === TARGET),
              ParameterMap: JSON.stringify({ 'Device.DeviceInfo.SoftwareVersion': version }),
            },
          },
        }),
    };
  };

  const RETRY = {
    jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED' as const, numberOfRetries: 2 }] },
  };

  test('upgrades a failed device, by the retry configuration of the job', async () => {
    let requests = 0;
    const server = await startFirmwareServer({
      firmware: FIRMWARE,
      respond: (_request, response) => void (requests++ === 0 ? response.writeHead(404).end() : response.end(FIRMWARE)),
    });
    closing.push(server.close);
    const thingArn = await createThing('retried');
    await connectSimulator('retried');
    const { succeeded } = followed('FirmwareUpgrade-retry');
    await createJob('FirmwareUpgrade-retry', thingArn, RETRY, server.url);
    expect(await succeeded).toEqual(['1 FAILED', '2 SUCCEEDED']);
    expect(await versionOf('retried')).toBe(TARGET);
    await aws.idle();
    expect(aws.runningExecutions()).toBe(0);
  });

  test('upgrades a device that left the group of a CONTINUOUS job and rejoined it', async () => {
    const server = await startFirmwareServer({ firmware: FIRMWARE });
    closing.push(server.close);
    const thingName = 'rejoined';
    const thingGroupName = 'to-upgrade';
    await createThing(thingName);
    const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName }));
    const silent = await connectScripted(thingName);
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
    const { ends, succeeded } = followed('FirmwareUpgrade-rejoin');
    await createJob('FirmwareUpgrade-rejoin', thingGroupArn, { targetSelection: 'CONTINUOUS' }, server.url);
    await silent.asked(1);
    await iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName, thingName }));
    await aws.idle();
    expect(ends).toEqual(['1 REMOVED']);
    expect(aws.runningExecutions()).toBe(0);
    await silent.end();

    await connectSimulator(thingName);
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
    expect(await succeeded).toEqual(['1 REMOVED', '2 SUCCEEDED']);
    expect(await versionOf(thingName)).toBe(TARGET);
  });

  test('succeeds in a CONTINUOUS job on the version that the device leaves', async () => {
    const server = await startFirmwareServer({ firmware: FIRMWARE });
    closing.push(server.close);
    const thingName = 'leaving';
    await createThing(thingName);
    const queryString = `thingName:${thingName} AND attributes.firmwareVersion:${FROM}`;
    const group = { thingGroupName: 'old-versions', queryString };
    await connectSimulator(thingName);
    const { thingGroupArn: targetArn } = await iot.send(new CreateDynamicThingGroupCommand(group));
    const ended = new Promise<string>((resolve) => {
      const stop = aws.onJobExecutionChanged((changed) => {
        if (changed.thingName !== thingName || ['QUEUED', 'IN_PROGRESS'].includes(changed.status)) return;
        stop();
        resolve(changed.status);
      });
    });
    const lambda = new LambdaClient(aws.clientConfig);
    const firmware = { url: server.url };
    const payload = { firmwareVersion: TARGET, targetArn, targetSelection: 'CONTINUOUS', firmware };
    const Payload = Buffer.from(JSON.stringify(payload));
    await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    expect(await ended).toBe('SUCCEEDED');
    await aws.idle();
    expect(await versionOf(thingName)).toBe(TARGET);
    expect(aws.runningExecutions()).toBe(0);
    lambda.destroy();
  });

  test('is unaffected by late events of the first attempt', async () => {
    const thingName = 'haunted';
    const thingArn = await createThing(thingName);
    const device = await connectScripted(thingName);
    const { ends, succeeded } = followed('FirmwareUpgrade-late');
    await createJob('FirmwareUpgrade-late', thingArn, RETRY);
    await device.asked(1);
    const duringFirst = Date.now();
    await device.transferComplete('FirmwareUpgrade-late.1', '7016');
    await device.asked(2);
    expect(device.commandKeys).toEqual(['FirmwareUpgrade-late.1', 'FirmwareUpgrade-late.2']);
    expect(ends).toEqual(['1 FAILED']);

    await device.operationFailed('FirmwareUpgrade-late.1');
    await device.transferComplete('FirmwareUpgrade-late.1', '7016');
    await device.boot('FirmwareUpgrade-late.1', FROM);
    await publish({
      ...{
        name: 'JOB_EXECUTION_ENDED',
        jobId: 'FirmwareUpgrade-late',
        thingName,
        reason: 'timed_out',
        startedBefore: duringFirst,
      },
    } as const);
    await publish({
      ...{
        name: 'FIRMWARE_UPGRADE_FAIL',
        id: 'FirmwareUpgrade-late.1',
        operationId: 'FirmwareUpgrade-late.1',
        thingName,
      },
      details: { error: 'late' },
    } as const);
    await aws.idle();
    expect(ends).toEqual(['1 FAILED']);
    expect(aws.runningExecutions()).toBe(1);

    await device.transferComplete('FirmwareUpgrade-late.2', '0');
    await device.boot('FirmwareUpgrade-late.2', TARGET);
    expect(await succeeded).toEqual(['1 FAILED', '2 SUCCEEDED']);
    expect(await versionOf(thingName)).toBe(TARGET);
  });
});
