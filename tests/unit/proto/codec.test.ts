import {
  type UspMsg,
  type UspRecord,
  UspCodecError,
  decodeMsg,
  decodeRecord,
  encodeMsg,
  encodeRecord,
  noSessionRecord,
} from '../../../proto/codec';
import { uspVectors } from '../../fixtures/usp-vectors';

const decodeBoth = (hex: string) => {
  const record = decodeRecord(Buffer.from(hex, 'hex'));
  const payload = record.noSessionContext?.payload;
  return { record, msg: payload && decodeMsg(payload) };
};

const encodeBoth = ({ record, msg }: { record: UspRecord; msg?: UspMsg }) =>
  Buffer.from(encodeRecord(msg ? { ...record, noSessionContext: { payload: encodeMsg(msg) } } : record)).toString(
    'hex',
  );

/** Some vectors hold the sender's input, with explicit defaults. */
const withoutFalse = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, v: unknown) => (v === false ? undefined : v)));

const operate: UspMsg = {
  header: { msgId: 'm1', msgType: 'OPERATE' },
  body: { request: { operate: { command: 'Device.Reboot()', sendResp: true, inputArgs: { Cause: '' } } } },
};

describe.each(['real-agent-mqtt-3.1.1.jsonl', 'real-agent-mqtt-5.jsonl'])('%s', (file) => {
  test.each(uspVectors(file))('$name decodes as recorded and encodes to the same bytes', ({ hex, rec, msg }) => {
    const decoded = decodeBoth(hex);
    if (msg !== undefined) expect(decoded.msg).toStrictEqual(withoutFalse(msg));
    if (rec) expect(decoded.msg ? { ...decoded.record, noSessionContext: '(msg)' } : decoded.record).toStrictEqual(rec);
    expect(encodeBoth(decoded)).toBe(hex);
  });
});

describe('original-simulator.jsonl', () => {
  // The original encodes defaults (payload_security 20 00, send_resp 10 00), which proto3 encoders omit. So the bytes
  // differ, and only the decoded values can be compared.
  test.each(uspVectors('original-simulator.jsonl'))('$name keeps its values', ({ hex, rec, msg }) => {
    const decoded = decodeBoth(hex);
    expect(decoded.msg).toStrictEqual(msg);
    expect({ ...decoded.record, noSessionContext: '(msg)' }).toStrictEqual(rec);
    expect(decodeBoth(encodeBoth(decoded)).msg).toStrictEqual(decoded.msg);
  });
});

describe('encode', () => {
  test('a record without session context has version 1.3 and the message', () => {
    const record = decodeRecord(noSessionRecord({ toId: 'self::a', fromId: 'self::b', msg: operate }));
    expect(record).toMatchObject({ version: '1.3', toId: 'self::a', fromId: 'self::b' });
    expect(decodeMsg(record.noSessionContext?.payload ?? new Uint8Array())).toStrictEqual(operate);
  });

  test('a default is omitted, except in a oneof', () => {
    const msg: UspMsg = {
      header: { msgId: '', msgType: 'ERROR' },
      body: { response: { operateResp: { operationResults: [{ executedCommand: '', reqObjPath: '' }] } } },
    };
    expect(decodeMsg(encodeMsg(msg))).toStrictEqual({
      header: {},
      body: { response: { operateResp: { operationResults: [{ reqObjPath: '' }] } } },
    });
  });

  test('64-bit numbers keep all their digits', () => {
    const record: UspRecord = { sessionContext: { sessionId: '18446744073709551615', sequenceId: '1' } };
    expect(decodeRecord(encodeRecord(record))).toStrictEqual(record);
  });

  test('a key called __proto__ is data', () => {
    const inputArgs = Object.fromEntries([['__proto__', 'x']]);
    const msg: UspMsg = { header: { msgId: '1', msgType: 'OPERATE' }, body: { request: { operate: { inputArgs } } } };
    expect(decodeMsg(encodeMsg(msg)).body?.request?.operate?.inputArgs).toStrictEqual(inputArgs);
  });

  test.each<[string, unknown, string]>([
    ['an empty body', { header: {}, body: {} }, 'Msg.body: needs a request, a response or an error'],
    [
      'a wrong type',
      { body: { request: { operate: { command: 7 } } } },
      'Msg.body.request.operate.command: expected a string, found number',
    ],
    ['an unknown field', { body: { request: { fly: {} } } }, 'Msg.body.request.fly: Request has no such field'],
    [
      'an unknown message type',
      { header: { msgType: 'FLY' }, body: { error: {} } },
      'Msg.header.msgType: expected one of ERROR, GET',
    ],
    ['two members of a oneof', { body: { request: {}, error: {} } }, 'Msg.body.error: excludes request'],
    [
      'a non-string in a map',
      { body: { request: { operate: { inputArgs: { URL: 1 } } } } },
      'inputArgs.URL: expected a string',
    ],
    [
      'a value that is not an array',
      { body: { request: { get: { paramPaths: 'x' } } } },
      'paramPaths: expected an array',
    ],
    ['a negative code', { body: { error: { errCode: -1 } } }, 'errCode: expected an integer from 0'],
  ])('%s is refused, with the field', (_what, msg, message) => {
    const encode = () => encodeMsg(msg as UspMsg);
    expect(encode).toThrow(UspCodecError);
    expect(encode).toThrow(message);
  });
});

describe('decode', () => {
  test.each<[string, string, string]>([
    ['a truncated string', '0a05616263', 'Record: byte'],
    ['a truncated message', '3a051203', 'Record.noSessionContext: is cut off: 3 bytes are missing'],
    ['a field number 0', '0001', 'Record: field number 0 is illegal'],
    ['an unknown enum value', '2009', 'Record.payloadSecurity: 9 is not a RecordPayloadSecurity'],
    ['text that is not UTF-8', '0a01ff', 'Record: byte'],
    [
      'a field that ends outside its message',
      '3a0212055152535455',
      'Record.noSessionContext: ends in the middle of a field',
    ],
    ['JSON', Buffer.from('{"hello":"world"}').toString('hex'), 'Record: byte'],
  ])('%s is refused, with its position', (_what, hex, message) => {
    const decode = () => decodeRecord(Buffer.from(hex, 'hex'));
    expect(decode).toThrow(UspCodecError);
    expect(decode).toThrow(message);
  });

  test('fields of later versions are skipped', () => {
    expect(decodeRecord(Buffer.from('0a03312e33' + 'fa0602aabb' + '980601' + '1a0141', 'hex'))).toStrictEqual({
      version: '1.3',
      fromId: 'A',
    });
  });

  test('the last member of a oneof wins', () => {
    expect(decodeRecord(Buffer.from('3a003a02120052026800' + '62030a0178', 'hex'))).toStrictEqual({
      disconnect: { reason: 'x' },
    });
  });

  test('any prefix of a real record decodes or throws a UspCodecError', () => {
    const bytes = Buffer.from(uspVectors('real-agent-mqtt-5.jsonl')[0]!.hex, 'hex');
    for (let length = 0; length < bytes.length; length++) {
      try {
        decodeRecord(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(UspCodecError);
      }
    }
  });
});
