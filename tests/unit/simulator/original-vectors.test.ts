import { type UspMsg, decodeMsg, decodeRecord } from '../../../proto/codec';
import { PROFILES } from '../../../simulator/agent/profiles';
import { uspVectors } from '../../fixtures/usp-vectors';
import { drive } from '../../support/agent-driver';

const [firstBoot, operate, ...afterwards] = uspVectors('original-simulator.jsonl').map(({ hex, topic }) => {
  const bytes = Buffer.from(hex, 'hex');
  const record = decodeRecord(bytes);
  return { topic, bytes, record, msg: decodeMsg(record.noSessionContext?.payload ?? Buffer.alloc(0)) };
});

/** Removes what the profile improves on the original, or cannot reproduce. */
const comparable = (msg: UspMsg | undefined): UspMsg | undefined => {
  const copy = structuredClone(msg);
  const notify = copy?.body?.request?.notify;
  if (!notify) return copy;
  // Ids: the original generates both.
  delete copy.header?.msgId;
  delete notify.subscriptionId;
  // Objects: in the original, the obj_path of Boot! is "path", and OperationComplete has none.
  delete notify.event?.objPath;
  delete notify.operComplete?.objPath;
  const params = notify.event?.params ?? {};
  // Boot!: the original sends no Reason, and the Cause RemoteReboot even for the first boot.
  delete params['Reason'];
  delete params['Cause'];
  // TransferComplete!: the original echoes the search path, always reports image 1 and sends no times.
  delete params['Command'];
  delete params['Affected'];
  delete params['StartTime'];
  delete params['CompleteTime'];
  return copy;
};

const replay = () => {
  const agent = drive({ profile: PROFILES.original, endpointId: 'sim-1' });
  agent.input({ kind: 'started' });
  agent.input({ kind: 'connected' });
  agent.advance(30);
  agent.input({ kind: 'message', topic: operate?.topic ?? '', payload: operate?.bytes ?? Buffer.alloc(0) });
  agent.advance(60);
  return agent;
};

describe('the original profile', () => {
  const agent = replay();
  const recorded = [firstBoot, ...afterwards].filter((vector) => vector !== undefined);

  test('sends as many messages as the original', () => {
    expect(agent.sent).toHaveLength(5);
    expect(recorded).toHaveLength(5);
  });

  test.each(recorded.map((vector, index) => ({ ...vector, index })))(
    'sends what the original sends: message $index',
    ({ index, topic, record, msg }) => {
      const sent = agent.sent[index];
      expect(sent?.topic).toBe(topic);
      expect(sent?.record.fromId).toBe(record.fromId);
      expect(comparable(sent?.msg)).toStrictEqual(comparable(msg));
    },
  );

  test('answers any controller', () => {
    expect(agent.sent[1]?.record.toId).toBe(operate?.record.fromId);
  });
});
