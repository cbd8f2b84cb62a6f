import { decodeMsg, decodeRecord, noSessionRecord } from '../../../proto/codec';
import { connectOptions, publishOptions } from '../../../simulator/mqtt-options';
import { startFleet } from '../../../simulator/fleet';
import { PROFILES } from '../../../simulator/agent/profiles';
import { subscriptionOf } from '../../../simulator/agent/mqtt-binding';
import { drive } from '../../support/agent-driver';
import { startBroker } from '../../support/mqtt-broker';

const REQUEST = 'agents/sim-1/usp/request';
const RESPONSE = 'controllers/self::aws-dm-controller/agents/sim-1/response';
const REPLY = 'controllers/self::aws-dm-controller/usp/reply-to/x1';

test('a device with MQTT 5 sends what the recorded agent sent', async () => {
  const { broker, acceptedOn, close } = await startBroker();
  const connected = acceptedOn(RESPONSE);
  const fleet = await startFleet({
    ...{ things: [{ thingName: 'sim-1' }], mqttUrl: `mqtt://127.0.0.1:${broker.port}`, firmwareVersion: '1.2.1' },
    ...{ profile: 'tr369', mqttVersion: '5' },
  });
  try {
    const connect = await connected;
    const answered = acceptedOn(REPLY);
    const request = noSessionRecord({
      ...{ toId: 'self::sim-1', fromId: 'self::aws-dm-controller' },
      msg: {
        header: { msgId: 'g', msgType: 'GET' },
        body: { request: { get: { paramPaths: ['Device.DeviceInfo.SoftwareVersion'] } } },
      },
    });
    const properties = { responseTopic: REPLY, contentType: 'usp.msg' };
    broker.publish({ topic: REQUEST, payload: Buffer.from(request), properties });
    const answer = await answered;
    expect(connect.properties).toStrictEqual({ responseTopic: REQUEST, contentType: 'usp.msg' });
    expect(decodeRecord(connect.payload).mqttConnect).toStrictEqual({ version: 'V5', subscribedTopic: REQUEST });
    expect(answer.properties).toStrictEqual({ responseTopic: REQUEST, contentType: 'usp.msg' });
    const msg = decodeMsg(decodeRecord(answer.payload).noSessionContext?.payload ?? Buffer.alloc(0));
    expect(msg.header).toStrictEqual({ msgId: 'g', msgType: 'GET_RESP' });
  } finally {
    await fleet.close();
    await close();
  }
});

test('a device with MQTT 5 tells the broker its endpoint id (R-MQTT.13)', () => {
  const { config } = drive({ mqttVersion: '5' }).state();
  expect(connectOptions({ config, mqttUrl: 'mqtt://x' })).toMatchObject({
    ...{ protocolVersion: 5, clientId: 'sim-1' },
    properties: { userProperties: { 'usp-endpoint-id': 'self::sim-1' } },
  });
  expect(subscriptionOf(config)).toBe(REQUEST);
});

test('without a Response Topic the answer goes to the topic of notifications', () => {
  const agent = drive({ profile: PROFILES.tr369, mqttVersion: '5' });
  const msg = { header: { msgId: 'p' }, body: { request: { getSupportedProtocol: {} } } };
  const payload = noSessionRecord({ toId: 'self::sim-1', fromId: 'self::aws-dm-controller', msg });
  agent.input({ kind: 'message', topic: REQUEST, payload });
  expect(agent.sent[0]?.action).toMatchObject({ topic: RESPONSE, responseTopic: REQUEST, contentType: 'usp.msg' });
});

test('MQTT 3.1.1 packets have no properties', () => {
  const { config } = drive().state();
  expect(connectOptions({ config, mqttUrl: 'mqtt://x' })).toMatchObject({ protocolVersion: 4 });
  expect(connectOptions({ config, mqttUrl: 'mqtt://x' })).not.toHaveProperty('properties');
  expect(publishOptions({ kind: 'publish', topic: 't', payload: Buffer.alloc(0), label: 'x' })).toStrictEqual({
    qos: 1,
  });
});
