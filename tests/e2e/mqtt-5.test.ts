import {
  CreateThingCommand,
  DescribeThingCommand,
  IoTClient,
  CreateDynamicThingGroupCommand,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type IPublishPacket, type MqttClient, connectAsync } from 'mqtt';
import type { EmbeddedAws } from '../../local/embedded-aws';
import { type UspMsg, decodeMsg, decodeRecord, encodeMsg, encodeRecord } from '../../proto/codec';
import { DEFAULT_CONTROLLER_ID } from '../../proto/endpoint-ids';
import { requestTopic, responseTopic } from '../../proto/topics';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { uspVectors } from '../fixtures/usp-vectors';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(90_000);

const AGENT = 'self::sim-123';
const THING = 'sim-123';
const RECORDED_COMMAND_KEY = 'job-1.2.3';

/** What the reference agent sent, in order. */
const recorded = uspVectors('real-agent-mqtt-5.jsonl').flatMap(({ hex, topic }) => {
  const record = decodeRecord(Buffer.from(hex, 'hex'));
  if (record.fromId !== AGENT) return [];
  const payload = record.noSessionContext?.payload;
  const message: UspMsg = payload === undefined ? {} : decodeMsg(payload);
  return [{ topic, record, message, type: record.mqttConnect ? 'CONNECT' : (message.header?.msgType ?? 'ERROR') }];
});
const said = (type: string) => recorded.filter((sent) => sent.type === type);

/** The recorded message as an answer to a request of today, about the operation of today. */
const today = (message: UspMsg, changes: { readonly msgId?: string; readonly commandKey?: string }): UspMsg => {
  const { msgId = message.header?.msgId, commandKey = RECORDED_COMMAND_KEY } = changes;
  const text = JSON.stringify(message).replaceAll(RECORDED_COMMAND_KEY, commandKey);
  const renewed = JSON.parse(text) as UspMsg;
  return { ...renewed, header: { ...renewed.header, ...(msgId !== undefined && { msgId }) } };
};

describe('MQTT 5 on the embedded AWS', () => {
  let stack: DeployedStack;
  let aws: EmbeddedAws;
  let iot: IoTClient;
  let lambda: LambdaClient;
  const closing: (() => Promise<unknown>)[] = [];
  let problems: string[];

  beforeAll(async () => {
    stack = await deployStack();
    ({ aws, iot, lambda, problems } = stack);
  });
  afterAll(async () => {
    for (const close of closing) await close();
    await stack.close();
  });

  /** Resolves when the job executions of so many things have ended: status, and error if any. */
  const endings = (count: number) =>
    new Promise<ReadonlyMap<string, string>>((resolve) => {
      const ended = new Map<string, string>();
      const stop = aws.onJobExecutionChanged(({ thingName, status, statusDetails }) => {
        if (status === 'QUEUED' || status === 'IN_PROGRESS') return;
        ended.set(thingName, [status, statusDetails['error']].filter(Boolean).join(' '));
        if (ended.size < count) return;
        stop();
        resolve(ended);
      });
    });
  const createJob = async (payload: object): Promise<string> => {
    const Payload = Buffer.from(JSON.stringify(payload));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    expect(answer.FunctionError).toBeUndefined();
    const { jobId } = JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as { readonly jobId: string };
    return jobId;
  };
  const versionOf = async (thingName: string) =>
    (await iot.send(new DescribeThingCommand({ thingName }))).attributes?.['firmwareVersion'];

  test.each([
    ['one phase', '1.0.1', {}],
    ['two phases', '2.0.1', { activation: { mode: 'WINDOW', window: { start: '00:00', end: '00:00' } } }],
  ])('simulated agents with MQTT 5 are upgraded in %s', async (_, from, fields) => {
    const things = await provisionFleet({
      ...{ iot, count: 2, prefix: `v${from.replaceAll('.', '-')}-`, firmwareVersion: from },
      policyName: aws.output('DevicePolicyName'),
    });
    const fleet: Fleet = await startFleet({
      ...{ things, mqttUrl: aws.mqttUrl, firmwareVersion: from, timeScale: 0.02 },
      ...{ profile: 'tr369', mqttVersion: '5' },
    });
    closing.push(() => fleet.close());
    await aws.idle();
    const group = {
      thingGroupName: `runs-${from.replaceAll('.', '-')}`,
      queryString: `attributes.firmwareVersion:${from}`,
    };
    const { thingGroupArn: targetArn } = await iot.send(new CreateDynamicThingGroupCommand(group));
    const ended = endings(things.length);
    const firmwareVersion = from.replace(/1$/, '2');
    await createJob({ firmwareVersion, targetArn, ...fields });
    expect([...(await ended).values()]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    await aws.idle();
    for (const { thingName } of things) expect(await versionOf(thingName)).toBe(firmwareVersion);
    expect(problems).toEqual([]);
  });

  /** Connects as the reference agent does: clean start, its endpoint id as a user property, its exact request topic. */
  const connectAgent = async () => {
    const client: MqttClient = await connectAsync(aws.mqttUrl, {
      ...{ protocolVersion: 5, clientId: THING, clean: true, keepalive: 300 },
      properties: { requestResponseInformation: true, userProperties: { 'usp-endpoint-id': AGENT } },
    });
    closing.push(() => client.endAsync());
    const requests: IPublishPacket[] = [];
    let heard: () => void = () => undefined;
    client.on('message', (_topic, _payload, packet) => {
      requests.push(packet);
      heard();
    });
    await client.subscribeAsync(requestTopic(THING), { qos: 1 });
    return {
      end: () => client.endAsync(),
      /** Sends a recorded message on its recorded topic, or to where the request says, with the recorded properties. */
      say: ({ topic, record }: (typeof recorded)[number], message?: UspMsg, replyTo = topic) =>
        client.publishAsync(
          replyTo,
          Buffer.from(
            encodeRecord(message ? { ...record, noSessionContext: { payload: encodeMsg(message) } } : record),
          ),
          { qos: 1, properties: { contentType: 'usp.msg', responseTopic: requestTopic(THING) } },
        ),
      /** The next request of a type. */
      asked: async (type: string) => {
        for (;;) {
          for (const packet of requests.splice(0)) {
            const record = decodeRecord(Buffer.from(packet.payload));
            const message = decodeMsg(record.noSessionContext?.payload ?? new Uint8Array());
            if (message.header?.msgType === type) return { packet, record, message };
          }
          await new Promise<void>((resolve) => (heard = resolve));
        }
      },
    };
  };

  test('the recorded conversation of the reference agent is an upgrade', async () => {
    const attributePayload = { attributes: { firmwareVersion: '1.2.1' } };
    const { thingArn } = await iot.send(new CreateThingCommand({ thingName: THING, attributePayload }));
    let agent = await connectAgent();
    const answers = responseTopic(DEFAULT_CONTROLLER_ID, THING);
    const answer = async (type: string, { message }: { readonly message: UspMsg }) => {
      const [first] = said(type);
      if (first) await agent.say(first, today(first.message, { msgId: message.header?.msgId ?? '' }), answers);
    };

    for (const connect of said('CONNECT')) await agent.say(connect);
    const get = await agent.asked('GET');
    expect(get.packet).toMatchObject({
      ...{ topic: requestTopic(THING), qos: 1, retain: false },
      properties: { contentType: 'usp.msg', responseTopic: answers },
    });
    expect(get.record).toMatchObject({ toId: AGENT, fromId: DEFAULT_CONTROLLER_ID });
    await answer('GET_RESP', get);
    const add = await agent.asked('ADD');
    expect(add.message.body?.request?.add?.createObjs).toHaveLength(said('ADD_RESP').length);
    await answer('ADD_RESP', add);
    await aws.idle();

    const ended = endings(1);
    const firmware = { url: 'http://127.0.0.1:18880/fw/1.2.3' };
    const commandKey = `${await createJob({ firmwareVersion: '1.2.3', targetArn: thingArn, firmware })}.1`;
    const operate = await agent.asked('OPERATE');
    expect(operate.message.body?.request?.operate).toMatchObject({
      command: 'Device.DeviceInfo.FirmwareImage.2.Download()',
      ...{ commandKey, inputArgs: { URL: firmware.url, AutoActivate: 'true' } },
    });
    await answer('OPERATE_RESP', operate);
    await aws.idle();

    for (const sent of recorded.filter(({ type }) => type === 'NOTIFY' || type === 'CONNECT')) {
      if (sent.type === 'CONNECT') {
        // The agent has rebooted.
        await agent.end();
        agent = await connectAgent();
        await agent.say(sent);
        await aws.idle();
        continue;
      }
      await agent.say(sent, today(sent.message, { commandKey }));
      const receipt = await agent.asked('NOTIFY_RESP');
      expect(receipt.message.header?.msgId).toBe(sent.message.header?.msgId);
    }
    expect(await ended).toEqual(new Map([[THING, 'SUCCEEDED']]));
    await aws.idle();
    expect(await versionOf(THING)).toBe('1.2.3');
    expect(problems).toEqual([]);
  });

  test('Publish of the data plane passes all MQTT 5 properties on', async () => {
    const client = await connectAsync(aws.mqttUrl, { protocolVersion: 5 });
    closing.push(() => client.endAsync());
    await client.subscribeAsync('t', { qos: 1 });
    const received = new Promise<IPublishPacket>((resolve) =>
      client.once('message', (_topic, _payload, packet) => resolve(packet)),
    );
    const data = new IoTDataPlaneClient(aws.clientConfig);
    await data.send(
      new PublishCommand({
        ...{ topic: 't', payload: Buffer.from('x'), qos: 1, payloadFormatIndicator: 'UTF8_DATA', messageExpiry: 100 },
        ...{ contentType: 'text/plain', responseTopic: 'r', correlationData: 'AP8=', userProperties: '[{"a":"1"}]' },
      }),
    );
    data.destroy();
    const { payload, properties } = await received;
    expect(String(payload)).toBe('x');
    expect(properties).toMatchObject({
      ...{ payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: 'r' },
      ...{ correlationData: Buffer.from([0, 255]), userProperties: { a: '1' } },
    });
    expect([99, 100]).toContain(properties?.messageExpiryInterval);
  });
});
