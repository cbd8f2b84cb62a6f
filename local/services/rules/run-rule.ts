import { randomUUID } from 'node:crypto';
import type { MqttMessage } from '../../core/mqtt';
import type { RuleAction } from './actions';
import type { ProtoDecoder } from './proto-decoder';
import type { Rule } from './rule';
import type { Statement } from './sql/ast';
import { type Evaluation, runStatement, withVariables } from './sql/evaluate';
import type { MessageContext } from './sql/functions';
import { type SqlValue, isArray, isObject, parseJson } from './sql/values';

/** What went wrong while a rule handled a message. */
export type FailureKind = 'decode' | 'evaluation' | 'action';
export type OnFailure = (kind: FailureKind, rule: Rule, topic: string, cause: string) => void;

/** A message, with what all rules need of it computed once. */
interface Incoming {
  readonly message: MqttMessage;
  readonly context: MessageContext;
  /** The JSON object or array in the payload; parsed when the first rule needs it. */
  readonly json: () => SqlValue;
}

const FIRST_JSON_BYTES = [...Buffer.from('{[ \t\r\n')];

/** @param context of the message, for functions such as topic() */
export const incoming = (message: MqttMessage, context: MessageContext): Incoming => {
  let parsed: { value: SqlValue } | undefined;
  return {
    message,
    context,
    json: () => {
      if (!parsed) {
        // The first byte is enough to recognize most binary payloads as not JSON.
        const start = message.payload[0];
        const value =
          start !== undefined && FIRST_JSON_BYTES.includes(start) ? parseJson(message.payload.toString()) : undefined;
        parsed = { value: isObject(value) || isArray(value) ? value : undefined };
      }
      return parsed.value;
    },
  };
};

const causeOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** @param onDecodeFailure may throw; else the value is Undefined, as on AWS IoT */
export const evaluationOf = (
  { variables }: Statement,
  { message, context, json }: Incoming,
  decoder: ProtoDecoder,
  onDecodeFailure: (cause: string) => void,
): Evaluation =>
  withVariables(variables, {
    message: context,
    raw: message.payload,
    json: json(),
    decodeProto: (value, schema) => {
      // Having nothing to decode is not a failure: a record may have no payload, for example.
      if (value === undefined) return undefined;
      try {
        return decoder.decode(value, schema);
      } catch (error) {
        onDecodeFailure(`cannot decode ${schema.messageType} of ${schema.protoFile}: ${causeOf(error)}`);
        return undefined;
      }
    },
  });

const runAction = async (action: RuleAction, output: SqlValue, evaluation: Evaluation) => {
  try {
    await action.run(output, evaluation);
    return undefined;
  } catch (error) {
    return { failedAction: action.name, failedResource: action.resource, errorMessage: causeOf(error) };
  }
};

/** Runs one rule on one message that its filter matches. Never throws: failures go to `onFailure` and the error action. */
export const runRule = async (
  rule: Rule,
  incomingMessage: Incoming,
  decoder: ProtoDecoder,
  onFailure: OnFailure,
): Promise<void> => {
  const { topic, payload, clientId } = incomingMessage.message;
  const { schemas } = rule.statement;
  if (!decoder.ready(schemas)) await decoder.prepare(schemas);
  let evaluation: Evaluation;
  let result: { output: SqlValue } | undefined;
  try {
    evaluation = evaluationOf(rule.statement, incomingMessage, decoder, (cause) =>
      onFailure('decode', rule, topic, cause),
    );
    result = runStatement(rule.statement, evaluation);
  } catch (error) {
    onFailure('evaluation', rule, topic, causeOf(error));
    return;
  }
  if (!result) return;
  const { output } = result;
  const outcomes = await Promise.all(rule.actions.map((action) => runAction(action, output, evaluation)));
  const failures = outcomes.filter((outcome) => outcome !== undefined);
  if (failures.length === 0) return;
  for (const { failedAction, failedResource, errorMessage } of failures)
    onFailure('action', rule, topic, `${failedAction} on ${failedResource}: ${errorMessage}`);
  if (!rule.errorAction) return;
  // One error message for each message with failures (AWS IoT developer guide, error action message format).
  const error = {
    ruleName: rule.ruleName,
    topic,
    cloudwatchTraceId: randomUUID(),
    clientId: clientId ?? 'n/a',
    base64OriginalPayload: payload.toString('base64'),
    failures,
  };
  const failed = await runAction(rule.errorAction, error, evaluation);
  if (failed) onFailure('action', rule, topic, `error action ${failed.failedAction}: ${failed.errorMessage}`);
};
