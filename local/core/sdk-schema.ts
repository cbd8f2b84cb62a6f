import { NormalizedSchema } from '@smithy/core/schema';

type Schema = NormalizedSchema;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
