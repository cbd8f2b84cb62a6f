import { DESCRIPTOR_BASE64 } from '../../proto/generated/descriptor';
import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { isRecord } from '../../cli/check-template/project';
import { drivenClock } from '../../local/core/clock';
import { createProtoDecoder } from '../../local/services/rules/proto-decoder';
import { runStatement, withVariables } from '../../local/services/rules/sql/evaluate';
import { parseStatement } from '../../local/services/rules/sql/parser';
import { readTemplate } from './template';

/** The device message rule of the template: from topic and bytes to the input of its function, undefined when it does not match. */
export const deviceMessageRule = async () => {
  const payload = sampleDeployment(readTemplate()).properties('DeviceMessageRule')['TopicRulePayload'];
  const statement = parseStatement(
    String(isRecord(payload) ? payload['Sql'] : '').replaceAll('Descriptor.DescriptorKey', 'd'),
  );
  const decoder = createProtoDecoder(async () => Buffer.from(DESCRIPTOR_BASE64, 'base64'), drivenClock());
  await decoder.prepare(statement.schemas);
  /** @param now when the broker receives the message, milliseconds since the epoch */
  return (topic: string, raw: Buffer, now = Date.now()): unknown => {
    if (!statement.from.matches(topic.split('/'))) return undefined;
    const evaluation = withVariables(statement.variables, {
      message: { topic, segments: topic.split('/'), accountId: '1', now },
      raw,
      json: undefined,
      decodeProto: (value, schema) => {
        if (value === undefined) return undefined;
        try {
          return decoder.decode(value, schema);
        } catch {
          return undefined;
        }
      },
    });
    return runStatement(statement, evaluation)?.output;
  };
};
