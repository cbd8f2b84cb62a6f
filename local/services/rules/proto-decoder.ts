import protobuf from 'protobufjs';
import { FileDescriptorSet, type IFileDescriptorSet } from 'protobufjs/ext/descriptor';
import { toJson } from 'protobufjs/ext/protojson';
import type { Clock } from '../../core/clock';
import type { ProtoReference } from './sql/ast';
import { type SqlValue, isSqlValue, toText } from './sql/values';

/** The maximum size of a descriptor file on AWS IoT: 32 KiB. */
const MAX_DESCRIPTOR_BYTES = 32 * 1024;
/** AWS IoT reads a descriptor object again after 15 minutes. */
const CACHE_MS = 15 * 60_000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

type Schema = (schema: ProtoReference) => protobuf.Type;

/** Decodes protobuf messages with descriptors from S3. */
export interface ProtoDecoder {
  /** Whether the descriptors of these schemas are loaded, so that `decode` works without waiting. */
  ready(schemas: readonly ProtoReference[]): boolean;
  /** Loads missing descriptors; a failure is thrown when `decode` needs them. */
  prepare(schemas: readonly ProtoReference[]): Promise<void>;
  /**
   * The message as canonical proto3 JSON: lowerCamelCase names, enums by name, bytes in base64, 64-bit integers as strings,
   * default values omitted.
   * @param value bytes or base64 text
   * @throws Error that explains what is wrong with the descriptor, the schema or the bytes
   */
  decode(value: SqlValue, schema: ProtoReference): SqlValue;
}

const openDescriptor = (bytes: Buffer, where: string): Schema => {
  if (bytes.length > MAX_DESCRIPTOR_BYTES)
    throw new Error(`descriptor ${where} has ${bytes.length} bytes, AWS IoT allows ${MAX_DESCRIPTOR_BYTES}`);
  const packages = new Map<string, string>();
  const set: Partial<IFileDescriptorSet> = FileDescriptorSet.toObject(FileDescriptorSet.decode(bytes));
  for (const file of set.file ?? []) packages.set(file.name ?? '', file.package ?? '');
  if (packages.size === 0) throw new Error(`${where} is not a FileDescriptorSet`);
  const root = protobuf.Root.fromDescriptor(bytes);
  root.resolveAll();
  return ({ protoFile, messageType }) => {
    const packageName = packages.get(protoFile);
    if (packageName === undefined)
      throw new Error(`descriptor ${where} has no file ${protoFile} (it has ${[...packages.keys()].join(', ')})`);
    try {
      return root.lookupType(`.${packageName === '' ? '' : `${packageName}.`}${messageType}`);
    } catch {
      throw new Error(`${protoFile} in descriptor ${where} has no message ${messageType}`);
    }
  };
};

const bytesOf = (value: SqlValue): Buffer => {
  if (Buffer.isBuffer(value)) return value;
  const text = toText(value);
  if (text === undefined || !BASE64.test(text)) throw new Error('the value to decode is neither bytes nor base64 text');
  return Buffer.from(text, 'base64');
};

/** @param loadObject reads an object of S3 */
export const createProtoDecoder = (
  loadObject: (bucket: string, key: string) => Promise<Buffer>,
  clock: Clock,
): ProtoDecoder => {
  const descriptors = new Map<string, { open: Schema; until: number }>();
  const failures = new Map<string, Error>();
  const pending = new Map<string, Promise<void>>();
  const nameOf = ({ bucket, key }: ProtoReference) => `s3://${bucket}/${key}`;
  const isCached = (schema: ProtoReference) => (descriptors.get(nameOf(schema))?.until ?? 0) > clock.now();

  const load = async (schema: ProtoReference) => {
    const where = nameOf(schema);
    try {
      const open = openDescriptor(await loadObject(schema.bucket, schema.key), where);
      descriptors.set(where, { open, until: clock.now() + CACHE_MS });
      failures.delete(where);
    } catch (error) {
      descriptors.delete(where);
      failures.set(
        where,
        new Error(`cannot read descriptor ${where}: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  };

  const loadOnce = (schema: ProtoReference) => {
    const where = nameOf(schema);
    const loading = pending.get(where) ?? load(schema).finally(() => pending.delete(where));
    pending.set(where, loading);
    return loading;
  };

  return {
    ready: (schemas) => schemas.every(isCached),
    prepare: async (schemas) => {
      await Promise.all(schemas.filter((schema) => !isCached(schema)).map(loadOnce));
    },
    decode: (value, schema) => {
      const where = nameOf(schema);
      const descriptor = descriptors.get(where);
      if (!descriptor) throw failures.get(where) ?? new Error(`descriptor ${where} is not loaded`);
      const type = descriptor.open(schema);
      const json: unknown = toJson(type, type.decode(bytesOf(value)));
      return isSqlValue(json) ? json : undefined;
    },
  };
};
