import { CancelJobCommand, CreateThingCommand, DescribeJobExecutionCommand, IoTClient } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { connectAsync } from 'mqtt';
import { type RunningDemo, runDemo } from '../../cli/demo/run-demo';
import { responseTopic } from '../../proto/topics';

jest.setTimeout(90_000);

const payloadOf = (answer: { Payload?: Uint8Array | undefined }) => Buffer.from(answer.Payload ?? []).toString('utf8');

describe('a fleet on the embedded AWS', () => {
  const lines: string[] = [];
  let demo: RunningDemo;
  let iot: IoTClient;
  let lambda: LambdaClient;

  beforeAll(async () => {
    const options = {
      devices: 6,
      failDownload: 1,
      failBoot: 1,
      timeScale: 0.02,
      httpPort: 0,
      mqttPort: 0,
      verbose: true,
    };
    demo = await runDemo(options, (line) => lines.push(line));
    iot = new IoTClient(demo.aws.clientConfig);
    lambda = new LambdaClient(demo.aws.clientConfig);
  });
  afterAll(async () => {
    iot.destroy();
    lambda.destroy();
    await demo.close();
  });

  const createJob = (payload: unknown) =>
    lambda.send(
      new InvokeCommand({
        FunctionName: demo.aws.output('CreateJobFunction'),
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );

  test('every device ends as expected, and only verified devices have the new version', () => {
    expect(demo.summary).toMatchObject({
      devices: 6,
      succeeded: 4,
      failed: 2,
      unexpected: [],
      deadLetters: 0,
      ruleFailures: 0,
    });
  });

  test('an upgrade takes at most 14 transitions, and reads do not depend on the fleet size', () => {
    expect(demo.summary.stateTransitionsPerUpgrade).toBeLessThanOrEqual(14);
    expect(demo.summary.readUnitsPerEvent).toBeLessThan(2);
  });

  test.each([
    [
      'an unknown field',
      { firmwareVersion: '2', targetArn: 'arn:aws:iot:us-east-1:000000000000:thing/x', force: true },
      'force',
    ],
    ['no firmwareVersion', { targetArn: 'arn:aws:iot:us-east-1:000000000000:thing/x' }, 'firmwareVersion is missing'],
    ['a targetArn of the wrong type', { firmwareVersion: '2', targetArn: 7 }, 'targetArn must be text'],
  ])('JobsCreateJob refuses a payload with %s and names the field', async (_, payload, problem) => {
    const answer = await createJob(payload);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toContain(problem);
    expect(payloadOf(answer)).toContain('Example');
  });

  test('an undecodable MQTT record is logged with thing and topic, and other messages are unaffected', async () => {
    const topic = responseTopic('self::aws-dm-controller', 'hostile');
    const client = await connectAsync(demo.aws.mqttUrl, { clientId: 'hostile' });
    await client.publishAsync(topic, Buffer.from([0xff, 0xff, 0x00, 0x13]), { qos: 1 });
    await client.publishAsync(topic, 'not protobuf', { qos: 1 });
    await client.endAsync();
    await demo.aws.idle();
    const refused = lines.filter((line) => line.includes('UnusableDeviceMessages'));
    expect(refused).toHaveLength(2);
    expect(refused[0]).toContain('"thingName":"hostile"');
    expect(refused[0]).toContain(topic);
  });

  /** Starts a job for a device that never answers. */
  const startSilentUpgrade = async (thingName: string) => {
    const attributePayload = { attributes: { firmwareVersion: '1' } };
    const { thingArn } = await iot.send(new CreateThingCommand({ thingName, attributePayload }));
    const client = await connectAsync(demo.aws.mqttUrl, { clientId: thingName });
    const requests: string[] = [];
    client.on('message', (topic) => void requests.push(topic));
    await client.subscribeAsync(`agents/${thingName}/usp/request/#`, { qos: 1 });
    const asked = new Promise<string>((resolve) => {
      const stop = demo.aws.onStateEntered(({ stateName, executionArn }) => {
        if (stateName !== 'StartDownload') return;
        stop();
        resolve(executionArn);
      });
    });
    const answer = await createJob({ firmwareVersion: '2', targetArn: thingArn });
    const { jobId } = JSON.parse(payloadOf(answer)) as { jobId: string };
    return { jobId, executionArn: await asked, requests, disconnect: () => client.endAsync() };
  };

  test('cancelling a job stops the workflows of its devices (defect 12)', async () => {
    const { jobId, disconnect } = await startSilentUpgrade('silent-device');
    expect(demo.aws.runningExecutions()).toBe(1);
    await iot.send(new CancelJobCommand({ jobId, force: true }));
    await demo.aws.idle();
    expect(demo.aws.runningExecutions()).toBe(0);
    await disconnect();
  });

  test('a command of a cancelled job reaches no device any more, however late it is delivered', async () => {
    const thingName = 'cancelled-device';
    const { jobId, requests, disconnect } = await startSilentUpgrade(thingName);
    await iot.send(new CancelJobCommand({ jobId, force: true }));
    await demo.aws.idle();
    const sent = requests.length;
    const sns = new SNSClient(demo.aws.clientConfig);
    for (const name of ['START_UPGRADE', 'ACTIVATE_FIRMWARE']) {
      const command = { id: `${jobId}.1`, name, thingName, firmwareVersion: '2', token: 'late' };
      const Message = JSON.stringify({ ...command, enteredAt: new Date().toISOString(), timeLimitSeconds: 60 });
      await sns.send(new PublishCommand({ TopicArn: demo.aws.output('EventsTopicArn'), Message }));
    }
    await demo.aws.idle();
    expect(requests).toHaveLength(sent);
    expect(demo.aws.metrics().deadLetters).toBe(0);
    sns.destroy();
    await disconnect();
  });

  test('stopping a workflow fails its job execution', async () => {
    const thingName = 'abandoned-device';
    const { jobId, executionArn, disconnect } = await startSilentUpgrade(thingName);
    const sfn = new SFNClient(demo.aws.clientConfig);
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'wrong firmware' }));
    await demo.aws.idle();
    const { execution } = await iot.send(new DescribeJobExecutionCommand({ jobId, thingName }));
    expect(execution).toMatchObject({
      status: 'FAILED',
      statusDetails: { detailsMap: { step: 'Workflow', error: 'Operator', cause: 'wrong firmware' } },
    });
    sfn.destroy();
    await disconnect();
  });
});
