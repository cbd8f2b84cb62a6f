import { type UspMsg, decodeMsg, decodeRecord, noSessionRecord } from '../../../proto/codec';
import { PROFILES } from '../../../simulator/agent/profiles';
import type { MqttVersion } from '../../../simulator/agent/config';
import { type UspVector, uspVectors } from '../../fixtures/usp-vectors';
import { CONTROLLER, drive } from '../../support/agent-driver';

/** A line of a recording: a message of the controller (OUT) or the agent (IN). */
interface Recorded extends UspVector {
  readonly dir: 'IN' | 'OUT';
  /** Seconds. */
  readonly t: string;
  /** MQTT 5 properties. */
  readonly props?: { readonly responseTopic?: string; readonly contentType?: string };
}

const isRecorded = (vector: UspVector): vector is Recorded => 'dir' in vector && 't' in vector;

const msgOf = (bytes: Uint8Array): UspMsg | undefined => {
  const payload = decodeRecord(bytes).noSessionContext?.payload;
  return payload && decodeMsg(payload);
};

const TOLERATED = '(tolerated)';

/** Removes what may differ between two runs or two devices. */
const comparable = (msg: UspMsg | undefined): UspMsg | undefined => {
  const copy = structuredClone(msg);
  const notify = copy?.body?.request?.notify;
  // Ids: each agent generates the msg_id of its notifications. That of an answer is the request's, and is compared.
  if (notify && copy.header) copy.header.msgId = TOLERATED;
  // Times: start and end of the recorded download.
  const params = notify?.event?.params ?? {};
  for (const time of ['StartTime', 'CompleteTime']) if (time in params) params[time] = TOLERATED;
  // Versions: the recorded device had 1.2.0 in its second bank, the simulated one has 1.0.0.
  for (const { resolvedPathResults = [] } of copy?.body?.response?.getResp?.reqPathResults ?? [])
    for (const { resultParams = {} } of resolvedPathResults)
      if (resultParams['Name'] === 'previous') resultParams['Version'] = TOLERATED;
  return copy;
};

/** Replays the controller's messages, with their timing, to an agent of profile tr369. */
const replay = (vectors: readonly Recorded[], mqttVersion: MqttVersion) => {
  const agent = drive({
    thingName: 'sim-123',
    endpointId: 'self::sim-123',
    profile: PROFILES.tr369,
    mqttVersion,
    reconnectOnReboot: true,
    // The recorded download took one second, and the boot another two.
    timings: { firstBootSeconds: 0, transferSeconds: 1, operationSeconds: 1, rebootSeconds: 3 },
  });
  let seconds = 0;
  let acknowledged = 0;
  for (const { dir, t, topic, hex, rec, props } of vectors) {
    agent.advance(Number(t) - seconds);
    seconds = Number(t);
    // The device reconnects after the boot.
    if (dir === 'IN' && rec?.['mqttConnect'] !== undefined) agent.input({ kind: 'connected' });
    if (dir === 'IN') continue;
    const msg = msgOf(Buffer.from(hex, 'hex'));
    // A NotifyResp has the msg_id of the notification that it answers.
    const { msgId = '' } = agent.notifications()[acknowledged] ?? {};
    const isAcknowledgement = msg?.body?.response?.notifyResp !== undefined;
    if (isAcknowledgement) acknowledged++;
    const payload = isAcknowledgement
      ? noSessionRecord({
          toId: 'self::sim-123',
          fromId: CONTROLLER,
          msg: { ...msg, header: { ...msg.header, msgId } },
        })
      : Buffer.from(hex, 'hex');
    const responseTopic = props?.responseTopic;
    agent.input({ kind: 'message', topic, payload, ...(responseTopic !== undefined && { responseTopic }) });
  }
  return agent;
};

describe.each<[string, MqttVersion]>([
  ['real-agent-mqtt-3.1.1.jsonl', '3.1.1'],
  ['real-agent-mqtt-5.jsonl', '5'],
])('%s, replayed', (file, mqttVersion) => {
  const vectors = uspVectors(file).filter(isRecorded);
  const agent = replay(vectors, mqttVersion);
  const received = vectors.filter(({ dir }) => dir === 'IN');

  test('has as many agent messages as the recording', () => {
    expect(agent.sent).toHaveLength(received.length);
    expect(agent.sent.length).toBeGreaterThan(10);
  });

  test.each(received.map((vector, index) => ({ ...vector, index })))('$name', ({ index, hex, topic, props }) => {
    const sent = agent.sent[index];
    const { noSessionContext: _recorded, ...record } = decodeRecord(Buffer.from(hex, 'hex'));
    const { noSessionContext: _sent, ...sentRecord } = sent?.record ?? {};
    expect(sentRecord).toStrictEqual(record);
    expect(comparable(sent?.msg)).toStrictEqual(comparable(msgOf(Buffer.from(hex, 'hex'))));
    expect(sent?.topic).toBe(topic);
    expect(sent?.action.responseTopic).toBe(props?.responseTopic);
    expect(sent?.action.contentType).toBe(props?.contentType);
  });

  test('leaves no notification to retry', () => {
    expect(agent.state().unacknowledged).toStrictEqual([]);
  });
});
