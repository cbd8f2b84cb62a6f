import { join } from 'node:path';
import { loadSync } from 'protobufjs';
import { decodeMsg, decodeRecord, encodeMsg, encodeRecord } from '../../proto/codec';
import { uspVectors } from '../../tests/fixtures/usp-vectors';
import type { Comparison } from './compare';

const PROTO = join(__dirname, '..', '..', 'proto');

/** Our codec against protobufjs alone: what a real agent and its controller have sent each other, records and messages. */
export const codecComparisons = (): readonly Comparison[] => {
  const records = uspVectors('real-agent-mqtt-3.1.1.jsonl').map(({ hex }) => Buffer.from(hex, 'hex'));
  const payloads = records.flatMap((bytes) => decodeRecord(bytes).noSessionContext?.payload ?? []);
  const Record = loadSync(join(PROTO, 'usp-record-1-4.proto')).lookupType('Record');
  const Msg = loadSync(join(PROTO, 'usp-msg-1-4.proto')).lookupType('Msg');
  const asObject = { enums: String };
  const decoded = records.map((bytes) => decodeRecord(bytes));
  const messages = payloads.map((bytes) => decodeMsg(bytes));
  const alone = {
    records: records.map((bytes) => Record.toObject(Record.decode(bytes), asObject)),
    messages: payloads.map((bytes) => Msg.toObject(Msg.decode(bytes), asObject)),
  };
  const operations = records.length + payloads.length;
  return [
    {
      ...{ name: 'codec: decode', against: 'protobufjs', operations },
      run: () => {
        for (const bytes of records) decodeRecord(bytes);
        for (const bytes of payloads) decodeMsg(bytes);
      },
      baseline: () => {
        for (const bytes of records) Record.toObject(Record.decode(bytes), asObject);
        for (const bytes of payloads) Msg.toObject(Msg.decode(bytes), asObject);
      },
    },
    {
      ...{ name: 'codec: encode', against: 'protobufjs', operations },
      run: () => {
        for (const record of decoded) encodeRecord(record);
        for (const message of messages) encodeMsg(message);
      },
      baseline: () => {
        for (const record of alone.records) Record.encode(Record.fromObject(record)).finish();
        for (const message of alone.messages) Msg.encode(Msg.fromObject(message)).finish();
      },
    },
  ];
};
