import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../core/aws-error';
import { isRecord } from './guards';
import { readTimestamp, timestampFormat, writeTimestamp } from './timestamp';

type Convert = (value: unknown) => unknown;

type Leaf = (schema: NormalizedSchema, name: string) => Convert;

const described = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const wrongType = (name: string, expected: string, value: unknown) =>
  new AwsError('SerializationException', `${name}: expected ${expected}, got ${described(value)}.`);

const asIs: Convert = (value) => value;

/** Turns JSON from the wire into the SDK's types. */
const readLeaf: Leaf = (schema, name) => {
  if (schema.isBlobSchema())
    return (value) => {
      if (typeof value !== 'string') throw wrongType(name, 'base64 text', value);
      return Buffer.from(value, 'base64');
    };
  if (schema.isTimestampSchema()) return (value) => readTimestamp(value, name);
  if (schema.isBooleanSchema())
    return (value) => {
      if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value);
      return value;
    };
  if (schema.isNumericSchema())
    return (value) => {
      const number = value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
      if (typeof number !== 'number') throw wrongType(name, 'a number', value);
      return number;
    };
  if (schema.isStringSchema())
    return (value) => {
      if (typeof value !== 'string') throw wrongType(name, 'text', value);
      return value;
    };
  return asIs;
};

/** Turns the SDK's types into JSON for the wire. */
const writeLeaf: Leaf = (schema) => {
  if (schema.isBlobSchema())
    return (value) => {
      if (value instanceof Uint8Array)
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
      return typeof value === 'string' ? Buffer.from(value).toString('base64') : value;
    };
  if (schema.isTimestampSchema()) {
    const format = timestampFormat(schema, 'epoch-seconds');
    return (value) => writeTimestamp(value, format);
  }
  return asIs;
};

/** Keys of maps are the caller's: an assignment of `__proto__` would not add one. */
const setOwn = (record: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(record, key, { value, ...OWN });
  else record[key] = value;
};

const OWN = { enumerable: true, writable: true, configurable: true } as const;

/** Compiles schemas once. A recursive schema (an attribute value holds attribute values) refers to its own compiled form. */
const createCompiler = (leaf: Leaf) => {
  const memo = new WeakMap<object, Convert>();

  const structure = (schema: NormalizedSchema, accept: (member: NormalizedSchema) => boolean): Convert => {
    const name = schema.getName() ?? 'structure';
    const members: { readonly name: string; readonly convert: Convert }[] = [];
    for (const [memberName, member] of schema.isUnitSchema() ? [] : schema.structIterator())
      if (accept(member)) members.push({ name: memberName, convert: compile(member, memberName) });
    return (value) => {
      if (!isRecord(value)) throw wrongType(name, 'an object', value);
      const result: Record<string, unknown> = {};
      for (const member of members) {
        const field = value[member.name];
        if (field !== undefined && field !== null) result[member.name] = member.convert(field);
      }
      return result;
    };
  };

  const list = (schema: NormalizedSchema, name: string): Convert => {
    const element = compile(schema.getValueSchema(), name);
    return (value) => {
      if (!Array.isArray(value)) throw wrongType(name, 'a list', value);
      return value.map((one) => (one === null ? null : element(one)));
    };
  };

  const map = (schema: NormalizedSchema, name: string): Convert => {
    const element = compile(schema.getValueSchema(), name);
    return (value) => {
      if (!isRecord(value)) throw wrongType(name, 'an object', value);
      const result: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        const one = value[key];
        if (one !== undefined && one !== null) setOwn(result, key, element(one));
      }
      return result;
    };
  };

  const build = (schema: NormalizedSchema, name: string): Convert => {
    if (schema.isStructSchema() || schema.isUnitSchema()) return structure(schema, () => true);
    if (schema.isListSchema()) return list(schema, name);
    return schema.isMapSchema() ? map(schema, name) : leaf(schema, name);
  };

  const compile = (schema: NormalizedSchema, name: string): Convert => {
    const key: unknown = schema.getSchema();
    if (typeof key !== 'object' || key === null) return build(schema, name);
    const known = memo.get(key);
    if (known) return known;
    const compiled = { run: asIs };
    const convert: Convert = (value) => compiled.run(value);
    memo.set(key, convert);
    compiled.run = build(schema, name);
    return convert;
  };
  return { compile, structure };
};

const readers = createCompiler(readLeaf);
const writers = createCompiler(writeLeaf);

const everyMember = () => true;

/**
 * Compiles a function from JSON on the wire to the input or output of an SDK command. Members that the model lacks are dropped.
 * @param accept members of the outermost structure that are in the JSON, all by default
 * @throws AwsError SerializationException that names the field with the wrong type
 */
export const jsonReader = (schema: NormalizedSchema, accept: (member: NormalizedSchema) => boolean = everyMember) =>
  accept === everyMember ? readers.compile(schema, 'body') : readers.structure(schema, accept);

/** The opposite direction: dates become seconds since the epoch, bytes base64. */
export const jsonWriter = (schema: NormalizedSchema, accept: (member: NormalizedSchema) => boolean = everyMember) =>
  accept === everyMember ? writers.compile(schema, 'body') : writers.structure(schema, accept);

/** @throws AwsError SerializationException */
export const parseJson = (body: Buffer): unknown => {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value;
  } catch (error) {
    throw new AwsError('SerializationException', `The request body is not JSON: ${String(error)}`);
  }
};
