import { NormalizedSchema } from '@smithy/core/schema';

type Schema = NormalizedSchema;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const toEpochSeconds = (value: unknown): unknown => (value instanceof Date ? value.getTime() / 1000 : value);

/** A JSON value in the shape of the SDK: bytes for base64, Date for epoch seconds. Unknown members are dropped, as AWS does. */
export const fromJson = (schema: Schema, value: unknown): unknown => {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema() && isRecord(value))
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) => {
        const converted = fromJson(member, value[wireName(name, member)]);
        return converted === undefined ? [] : [[name, converted]];
      }),
    );
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((item) => fromJson(schema.getValueSchema(), item));
  if (schema.isMapSchema() && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, fromJson(schema.getValueSchema(), inner)]),
    );
  if (schema.isBlobSchema()) return Buffer.from(String(value), 'base64');
  if (schema.isTimestampSchema()) return new Date(Number(value) * 1000);
  return value;
};

const wireName = (name: string, member: Schema): string => member.getMergedTraits().jsonName ?? name;

/** The inverse of `fromJson`. */
export const toJson = (schema: Schema, value: unknown): unknown => {
  if (value === undefined || value === null) return undefined;
  if (schema.isStructSchema() && isRecord(value))
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) =>
        value[name] === undefined ? [] : [[wireName(name, member), toJson(member, value[name])]],
      ),
    );
  if (schema.isListSchema() && Array.isArray(value)) return value.map((item) => toJson(schema.getValueSchema(), item));
  if (schema.isMapSchema() && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, toJson(schema.getValueSchema(), inner)]),
    );
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return toEpochSeconds(value);
};

/** A text from a path, query or header in the type of its member. */
export const fromText = (schema: Schema, text: string): unknown => {
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isListSchema()) return text.split(',').map((item) => fromText(schema.getValueSchema(), item.trim()));
  return text;
};

/** An operation as a client of the SDK exports it: name, HTTP binding, input and output. */
export interface OperationSchema {
  readonly name: string;
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
  readonly input: Schema;
  readonly output: Schema;
}

const OPERATION = 9;

const schemaOf = (ref: unknown): Schema => {
  const target: unknown = typeof ref === 'function' ? (ref as () => unknown)() : ref;
  return NormalizedSchema.of(target as Parameters<typeof NormalizedSchema.of>[0]);
};

/** All operations that a client package exports (`CreateThing$`: [9, namespace, name, traits, input, output]). */
export const operationSchemas = (client: Readonly<Record<string, unknown>>): ReadonlyMap<string, OperationSchema> => {
  const operations = new Map<string, OperationSchema>();
  for (const exported of Object.values(client)) {
    if (!Array.isArray(exported) || exported[0] !== OPERATION) continue;
    const [, , name, traits, input, output] = exported as readonly unknown[];
    const http: unknown = isRecord(traits) ? traits['http'] : undefined;
    const binding = Array.isArray(http)
      ? { http: { method: String(http[0]), uri: String(http[1]), status: Number(http[2]) } }
      : {};
    operations.set(String(name), { name: String(name), ...binding, input: schemaOf(input), output: schemaOf(output) });
  }
  return operations;
};
