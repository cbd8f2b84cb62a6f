import { type UspMsg, decodeMsg, decodeRecord } from '../../../proto/codec';
import { PROFILES } from '../../../simulator/agent/profiles';
import { uspVectors } from '../../fixtures/usp-vectors';
import { drive } from '../../support/agent-driver';

const [firstBoot, operate, ...afterwards] = uspVectors('original-simulator.jsonl').map(({ hex, topic }) => {
  const bytes = Buffer.from(hex, 'hex');
  const record = decodeRecord(bytes);
  return { topic, bytes, record, msg: decodeMsg(record.noSessionContext?.payload ?? Buffer.alloc(0)) };
});

/** Takes out what the reference profile does better than the original, or cannot repeat. */
const comparable = (msg: UspMsg | undefined): UspMsg | undefined => {
  const copy = structuredClone(msg);
  const notify = copy?.body?.request?.notify;
  if (!notify) return copy;
  // Ids: the original makes up both.
  delete copy.header?.msgId;
  delete notify.subscriptionId;
  // Objects: the original calls that of Boot! "path", and has none in OperationComplete.
  delete notify.event?.objPath;
  delete notify.operComplete?.objPath;
  const params = notify.event?.params ?? {};
  // Boot!: the original gives no reason, and says RemoteReboot of the first one, too.
  delete params['Reason'];
  delete params['Cause'];
  // TransferComplete!: the original echoes the search, always names image 1 and has no times.
  delete params['Command'];
  delete params['Affected'];
  delete params['StartTime'];
  delete params['CompleteTime'];
  return copy;
};

const replay = () => {
  const agent = drive({ profile: PROFILES.reference, endpointId: 'sim-1' });
  agent.input({ kind: 'started' });
  agent.input({ kind: 'connected' });
  agent.advance(30);
  agent.input({ kind: 'message', topic: operate?.topic ?? '', payload: operate?.bytes ?? Buffer.alloc(0) });
  agent.advance(60);
  return agent;
};

describe('the reference profile', () => {
  const agent = replay();
  const recorded = [firstBoot, ...afterwards].filter((vector) => vector !== undefined);

  test('says as much as the original', () => {
    expect(agent.sent).toHaveLength(5);
    expect(recorded).toHaveLength(5);
  });

  test.each(recorded.map((vector, index) => ({ ...vector, index })))(
    'says what the original says: message $index',
    ({ index, topic, record, msg }) => {
      const sent = agent.sent[index];
      expect(sent?.topic).toBe(topic);
      expect(sent?.record.fromId).toBe(record.fromId);
      expect(comparable(sent?.msg)).toStrictEqual(comparable(msg));
    },
  );

  test('answers the controller that asked, whoever it is', () => {
    expect(agent.sent[1]?.record.toId).toBe(operate?.record.fromId);
  });
});
