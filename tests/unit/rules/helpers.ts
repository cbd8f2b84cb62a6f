import protobuf from 'protobufjs';
import { FileDescriptorSet, type IFileDescriptorProto, type IFileDescriptorSet } from 'protobufjs/ext/descriptor';
import type { AwsApi, LocalEvent, Principal } from '../../../local/core/api';
import { drivenClock } from '../../../local/core/clock';
import type { MessageProperties, MqttMessage } from '../../../local/core/mqtt';
import { createRulesEngine } from '../../../local/services/rules/rules-engine';

const recordFile = `syntax = "proto3"; package rec;
  message Record { string version = 1; string to_id = 2; oneof record_type { NoSession no_session_context = 7; Connect mqtt_connect = 10; } }
  message NoSession { bytes payload = 2; } message Connect { string subscribed_topic = 2; }`;
const messageFile = `syntax = "proto3"; package msg;
  message Msg { Header header = 1; map<string, string> params = 2; bool send_resp = 3; uint64 counter = 4; bytes data = 5; }
  message Header { string msg_id = 1; enum MsgType { ERROR = 0; NOTIFY = 3; } MsgType msg_type = 2; }`;

const parse = (text: string) => {
  const { root } = protobuf.parse(text, { keepCase: true });
  root.resolveAll();
  return root;
};
const records = parse(recordFile).lookupType('rec.Record');
const messages = parse(messageFile).lookupType('msg.Msg');

/** A small descriptor set with the file names that the rule's SQL uses. */
export const descriptor = (): Buffer => {
  const file = (text: string, name: string): IFileDescriptorProto => {
    const set: IFileDescriptorSet = parse(text).toDescriptor('proto3');
    return { ...set.file[0], name };
  };
  const files = [file(recordFile, 'usp-record-1-4.proto'), file(messageFile, 'usp-msg-1-4.proto')];
  return Buffer.from(FileDescriptorSet.encode({ file: files }).finish());
};

export const encodeMessage = (fields: object) => Buffer.from(messages.encode(messages.create(fields)).finish());
export const encodeRecord = (fields: object) => Buffer.from(records.encode(records.create(fields)).finish());

/** A rules engine between a bus and services that only remember what they were asked. */
export const startEngine = () => {
  const calls: { service: string; operation: string; input: Record<string, unknown>; principal: Principal }[] = [];
  const invocations: { functionArn: string; event: unknown }[] = [];
  const reports: LocalEvent[] = [];
  const objects = new Map<string, Buffer>();
  const loads: string[] = [];
  const refusals = new Map<string, Error>();
  let listener: (message: MqttMessage) => void = () => undefined;
  const api: AwsApi = {
    call: async (service, operation, input, principal) => {
      calls.push({ service, operation, input, principal });
      const refusal = refusals.get(`${service}:${operation}`);
      if (refusal) throw refusal;
      return {};
    },
  };
  const clock = drivenClock();
  const engine = createRulesEngine({
    api,
    bus: {
      publish: () => undefined,
      onMessage: (added) => {
        listener = added;
        return () => {
          listener = () => undefined;
        };
      },
    },
    environment: { accountId: '000000000000', region: 'eu-west-1' },
    report: (event) => reports.push(event),
    invokeLambda: (functionArn, event) => invocations.push({ functionArn, event }),
    loadObject: async (bucket, key) => {
      loads.push(`${bucket}/${key}`);
      const found = objects.get(`${bucket}/${key}`);
      if (!found) throw new Error('NoSuchKey');
      return found;
    },
    principalOf: (clientId) => `certificate-of-${clientId}`,
    clock,
  });
  /** Hands a message to the rules and waits until they are done. */
  const send = (topic: string, payload: unknown, clientId?: string, properties?: MessageProperties) => {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    listener({ topic, payload: bytes, ...(clientId !== undefined && { clientId }), ...(properties && { properties }) });
    return engine.settled();
  };
  return { engine, send, calls, invocations, reports, objects, loads, refusals, clock };
};
