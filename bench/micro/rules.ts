import { decodeMsg, decodeRecord } from '../../proto/codec';
import { uspVectors } from '../../tests/fixtures/usp-vectors';
import { deviceMessageRule } from '../../tests/support/device-message-rule';
import type { Comparison } from './compare';

/** The template's device message rule on what a real agent has sent, against the decoding alone. */
export const ruleComparison = async (): Promise<Comparison> => {
  const rule = await deviceMessageRule();
  const messages = uspVectors('real-agent-mqtt-3.1.1.jsonl').flatMap(({ hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    return decodeRecord(bytes).noSessionContext?.payload ? [bytes] : [];
  });
  const topic = 'controllers/self::aws-dm-controller/agents/sim-123/response/reply-to=agents%2Fsim-123%2Fusp%2Frequest';
  return {
    ...{ name: 'rule: device message', against: 'decoding of record and message', operations: messages.length },
    run: () => {
      for (const bytes of messages) rule(topic, bytes, 0);
    },
    baseline: () => {
      for (const bytes of messages) decodeMsg(decodeRecord(bytes).noSessionContext?.payload ?? new Uint8Array());
    },
  };
};
