import { Reader } from 'protobufjs/minimal';
import { enums } from './generated/schema';
import type { FieldRow } from './schema-types';
import { type Fields, UspCodecError, fieldsOf, isDefault, isObject, isOneof, wireTypeOf } from './wire-schema';

const readUint64 = (reader: Reader): string => {
  const value = reader.uint64();
  if (typeof value === 'number') return String(value);
  return ((BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0)).toString();
};

const readValue = (reader: Reader, type: string, before: unknown, path: string): unknown => {
  const names = enums[type];
  if (names) {
    const number = reader.uint32();
    const name = names[number];
    if (name === undefined) throw new UspCodecError(path, `${number} is not a ${type}`);
    return name;
  }
  if (type === 'string') return reader.stringVerify();
  if (type === 'bytes') return Uint8Array.from(reader.bytes());
  if (type === 'bool') return reader.bool();
  if (type === 'fixed32') return reader.fixed32();
  if (type === 'uint64') return readUint64(reader);
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new UspCodecError(path, `is cut off: ${end - reader.len} bytes are missing`);
  return readMessage(reader, type, end, isObject(before) ? before : {}, path);
};

const readMapEntry = (reader: Reader, map: Fields, path: string): void => {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new UspCodecError(path, `is cut off: ${end - reader.len} bytes are missing`);
  const entry = ['', ''];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10 || tag === 18) entry[(tag >>> 3) - 1] = reader.stringVerify();
    else reader.skipType(tag & 7);
  }
  // Defined, not assigned, because a key may be "__proto__".
  Object.defineProperty(map, entry[0] ?? '', { value: entry[1], enumerable: true, writable: true, configurable: true });
};

const store = (target: Fields, message: string, row: FieldRow, value: unknown): void => {
  const [, name, type, rule] = row;
  if (isOneof(rule)) {
    // proto3: the last member of a oneof wins.
    for (const [, other, , otherRule] of fieldsOf(message))
      if (otherRule === rule && other !== name) Reflect.deleteProperty(target, other);
    target[name] = value;
  } else if (rule === 'repeated') {
    const list = target[name];
    if (Array.isArray(list)) list.push(value);
    else target[name] = [value];
  } else if (isDefault(type, value)) Reflect.deleteProperty(target, name);
  else target[name] = value;
};

const readMessage = (reader: Reader, message: string, end: number, target: Fields, path: string): Fields => {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const row = fieldsOf(message).find(([number]) => number === tag >>> 3);
    if (tag >>> 3 === 0) throw new UspCodecError(path, 'field number 0 is illegal');
    if (!row || (wireTypeOf(row[2]) !== (tag & 7) && row[3] !== 'map')) {
      reader.skipType(tag & 7);
      continue;
    }
    const [, name, type, rule] = row;
    const fieldPath = `${path}.${name}`;
    if (rule === 'map') {
      const known = target[name];
      const map = isObject(known) ? known : {};
      target[name] = map;
      readMapEntry(reader, map, fieldPath);
    } else
      store(target, message, row, readValue(reader, type, rule === 'repeated' ? undefined : target[name], fieldPath));
  }
  if (reader.pos !== end) throw new UspCodecError(path, 'ends in the middle of a field');
  return target;
};

/**
 * @param message name in the generated tables
 * @throws UspCodecError with the field and reason
 */
export const decode = (message: string, bytes: Uint8Array): Fields => {
  const reader = Reader.create(bytes);
  try {
    return readMessage(reader, message, bytes.length, {}, message);
  } catch (error) {
    if (error instanceof UspCodecError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UspCodecError(message, `byte ${reader.pos} of ${bytes.length}: ${reason}`, { cause: error });
  }
};
