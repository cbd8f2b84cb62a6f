import type { UspMsg, UspRecord } from './generated/messages';
import { decode } from './wire-decode';
import { encode } from './wire-encode';
import { UspCodecError } from './wire-schema';

export type { UspMsg, UspRecord } from './generated/messages';
export { UspCodecError } from './wire-schema';

/** The Record.version that current agents send. TR-369 requires it; obuspa rejects a record without it. */
export const RECORD_VERSION = '1.3';

/** @throws UspCodecError naming the field */
export const encodeRecord = (record: UspRecord): Uint8Array => encode('Record', record);

/** @throws UspCodecError with the field and reason */
export const decodeRecord = (bytes: Uint8Array): UspRecord => decode('Record', bytes);

/** @throws UspCodecError naming the field */
export const encodeMsg = (msg: UspMsg): Uint8Array => {
  // An empty body crashes obuspa 11.
  if (!msg.body?.request && !msg.body?.response && !msg.body?.error)
    throw new UspCodecError('Msg.body', 'needs a request, a response or an error');
  return encode('Msg', msg);
};

/** @throws UspCodecError with the field and reason */
export const decodeMsg = (bytes: Uint8Array): UspMsg => decode('Msg', bytes);

/** A plaintext record without session context around a message, the payload of an MQTT PUBLISH. */
export const noSessionRecord = ({ toId, fromId, msg }: { toId: string; fromId: string; msg: UspMsg }): Uint8Array =>
  encodeRecord({ version: RECORD_VERSION, toId, fromId, noSessionContext: { payload: encodeMsg(msg) } });
