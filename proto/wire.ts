/**
 * The protobuf wire format, driven by the generated tables. protobufjs reads and writes the scalars; its reflection
 * would double the size of every bundle that sends a USP request.
 */
import { Reader, Writer } from 'protobufjs/minimal';
import { enums, messages } from './generated/schema';
import type { FieldRow } from './schema-types';

/** Bytes that are no such message, or an object that has no such encoding; `path` is where. */
export class UspCodecError extends Error {
  override readonly name = 'UspCodecError';

  constructor(
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${reason}`, options);
  }
}

type Fields = { [name: string]: unknown };

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

const fieldsOf = (message: string): readonly FieldRow[] => messages[message] ?? [];

const wireTypes: { readonly [type: string]: number } = { bool: 0, uint64: 0, string: 2, bytes: 2, fixed32: 5 };
const wireTypeOf = (type: string) => wireTypes[type] ?? (type in enums ? 0 : 2);

const isOneof = (rule: string | undefined) => rule !== undefined && rule !== 'repeated' && rule !== 'map';

const isDefault = (type: string, value: unknown) =>
  value === '' ||
  value === 0 ||
  value === false ||
  (value === '0' && type === 'uint64') ||
  (value instanceof Uint8Array && value.length === 0) ||
  (typeof value === 'string' && enums[type]?.[0] === value);

// ── encode ────────────────────────────────────────────────────────────────────────────────────────────────────────

const wrongType = (path: string, expected: string, value: unknown): never => {
  throw new UspCodecError(path, `expected ${expected}, found ${value === null ? 'null' : typeof value}`);
};

const writeValue = (writer: Writer, type: string, value: unknown, path: string): void => {
  const names = enums[type];
  if (names) {
    const number = typeof value === 'string' ? names.indexOf(value) : -1;
    if (number < 0)
      throw new UspCodecError(path, `expected one of ${names.join(', ')}, found ${JSON.stringify(value)}`);
    writer.uint32(number);
  } else if (type === 'string') {
    writer.string(typeof value === 'string' ? value : wrongType(path, 'a string', value));
  } else if (type === 'bytes') {
    writer.bytes(value instanceof Uint8Array ? value : wrongType(path, 'a Uint8Array', value));
  } else if (type === 'bool') {
    writer.bool(typeof value === 'boolean' ? value : wrongType(path, 'a boolean', value));
  } else if (type === 'fixed32') {
    if (typeof value !== 'number' || value >>> 0 !== value) wrongType(path, 'an integer from 0 to 4294967295', value);
    else writer.fixed32(value);
  } else if (type === 'uint64') {
    if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) wrongType(path, 'a decimal string', value);
    else writer.uint64(value);
  } else {
    writer.fork();
    writeMessage(writer, type, value, path);
    writer.ldelim();
  }
};

const writeMap = (writer: Writer, number: number, value: unknown, path: string): void => {
  if (!isObject(value)) return wrongType(path, 'an object of strings', value);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') wrongType(`${path}.${key}`, 'a string', text);
    else {
      // Empty keys and values are left out, as protobuf-c does in real agents.
      writer.uint32((number << 3) | 2).fork();
      if (key !== '') writer.uint32(10).string(key);
      if (text !== '') writer.uint32(18).string(text);
      writer.ldelim();
    }
  }
};

const rejectUnknown = (message: string, value: Fields, path: string): void => {
  for (const name of Object.keys(value)) {
    if (!fieldsOf(message).some((row) => row[1] === name))
      throw new UspCodecError(`${path}.${name}`, `${message} has no such field`);
  }
};

const writeMessage = (writer: Writer, message: string, value: unknown, path: string): void => {
  if (!isObject(value)) return wrongType(path, message, value);
  rejectUnknown(message, value, path);
  const chosen = new Map<string, string>();
  for (const [number, name, type, rule] of fieldsOf(message)) {
    const field = value[name];
    if (field === undefined) continue;
    const fieldPath = `${path}.${name}`;
    if (rule === 'map') {
      writeMap(writer, number, field, fieldPath);
      continue;
    }
    if (rule === 'repeated') {
      if (!Array.isArray(field)) return wrongType(fieldPath, 'an array', field);
      field.forEach((item: unknown, index) => {
        writer.uint32((number << 3) | wireTypeOf(type));
        writeValue(writer, type, item, `${fieldPath}[${index}]`);
      });
      continue;
    }
    if (rule !== undefined) {
      const other = chosen.get(rule);
      if (other !== undefined)
        throw new UspCodecError(fieldPath, `excludes ${other}: both are members of the oneof ${rule}`);
      chosen.set(rule, name);
    } else if (isDefault(type, field)) continue; // proto3: a default is not sent, unless it is the choice of a oneof
    writer.uint32((number << 3) | wireTypeOf(type));
    writeValue(writer, type, field, fieldPath);
  }
};

/**
 * @param message name in the generated tables
 * @throws UspCodecError naming the field
 */
export const encode = (message: string, value: unknown): Uint8Array => {
  const writer = Writer.create();
  writeMessage(writer, message, value, message);
  return writer.finish();
};

// ── decode ────────────────────────────────────────────────────────────────────────────────────────────────────────

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
    if (name === undefined) throw new UspCodecError(path, `${number} is no ${type}`);
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
  // Defined, not assigned: a key may be "__proto__".
  Object.defineProperty(map, entry[0] ?? '', { value: entry[1], enumerable: true, writable: true, configurable: true });
};

const store = (target: Fields, message: string, row: FieldRow, value: unknown): void => {
  const [, name, type, rule] = row;
  if (isOneof(rule)) {
    // The last member of a oneof wins.
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
 * @throws UspCodecError saying where the bytes stop making sense
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
