/**
 * The protobuf wire format, driven by the generated tables. protobufjs reads and writes the scalars; with its reflection,
 * every bundle that speaks USP would take a fifth longer to load (docs/architecture.md, Libraries measured).
 */
import { enums, messages } from './generated/schema';
import type { FieldRow } from './schema-types';

/** Bytes that cannot be decoded, or an object that cannot be encoded; `path` locates the field. */
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

export type Fields = { [name: string]: unknown };

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const fieldsOf = (message: string): readonly FieldRow[] => messages[message] ?? [];

const wireTypes: { readonly [type: string]: number } = { bool: 0, uint64: 0, string: 2, bytes: 2, fixed32: 5 };
export const wireTypeOf = (type: string) => wireTypes[type] ?? (type in enums ? 0 : 2);

export const isOneof = (rule: string | undefined) => rule !== undefined && rule !== 'repeated' && rule !== 'map';

export const isDefault = (type: string, value: unknown) =>
  value === '' ||
  value === 0 ||
  value === false ||
  (value === '0' && type === 'uint64') ||
  (value instanceof Uint8Array && value.length === 0) ||
  (typeof value === 'string' && enums[type]?.[0] === value);
