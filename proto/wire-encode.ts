import { Writer } from 'protobufjs/minimal';
import { enums } from './generated/schema';
import { type Fields, UspCodecError, fieldsOf, isDefault, isObject, wireTypeOf } from './wire-schema';

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
      // Omits empty keys and values, as protobuf-c does in real agents.
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
    } else if (isDefault(type, field)) continue; // proto3 omits defaults, except in a oneof
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
