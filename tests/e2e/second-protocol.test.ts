import { CreateThingCommand, DescribeThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { connectAsync, type MqttClient } from 'mqtt';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { projectWithSecondProtocol } from '../support/extended-project';

jest.setTimeout(60_000);

describe('a device of another protocol', () => {
  const thingName = 'json-1';
  let project: Awaited<ReturnType<typeof projectWithSecondProtocol>>;
  let aws: EmbeddedAws;
  let device: MqttClient;
  const requests: Record<string, unknown>[] = [];

  beforeAll(async () => {
    project = await projectWithSecondProtocol();
    aws = await startEmbeddedAws({
      ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, report: () => undefined },
      templatePath: project.templatePath,
    });
    device = await connectAsync(aws.mqttUrl, { clientId: thingName });
  });
  afterAll(async () => {
    await device.endAsync();
    await aws.close();
    await project.remove();
  });

  const say = (event: object) => device.publishAsync(`json/${thingName}/event`, JSON.stringify(event), { qos: 1 });

  test('is upgraded by the same workflow; its attribute protocol selects the protocol', async () => {
    const iot = new IoTClient(aws.clientConfig);
    const lambda = new LambdaClient(aws.clientConfig);
    const attributePayload = { attributes: { firmwareVersion: '1', protocol: 'json' } };
    const { thingArn: targetArn } = await iot.send(new CreateThingCommand({ thingName, attributePayload }));
    await device.subscribeAsync(`json/${thingName}/request`, { qos: 1 });
    const welcomed = new Promise((resolve) => device.once('message', resolve));
    await say({ type: 'hello' });
    await welcomed;

    // The device answers, downloads and boots.
    device.on('message', (_topic, payload) => {
      const request = JSON.parse(payload.toString()) as Record<string, unknown>;
      requests.push(request);
      if (request['type'] !== 'download') return;
      void say({ type: 'answer', requestId: request['requestId'] })
        .then(() => say({ type: 'downloaded', operationId: request['operationId'] }))
        .then(() => say({ type: 'booted', version: String(request['url']).split('/').at(-1) }));
    });
    const ended = new Promise<string>((resolve) => {
      aws.onJobExecutionChanged(({ status }) => {
        if (status === 'SUCCEEDED' || status === 'FAILED') resolve(status);
      });
    });
    const Payload = Buffer.from(JSON.stringify({ firmwareVersion: '2', targetArn }));
    await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));

    expect(await ended).toBe('SUCCEEDED');
    expect(requests).toMatchObject([{ type: 'download', url: 'https://theupgradeurl.com/2', boot: true }]);
    const thing = await iot.send(new DescribeThingCommand({ thingName }));
    expect(thing.attributes).toEqual({ firmwareVersion: '2', protocol: 'json' });
    iot.destroy();
    lambda.destroy();
  });
});
