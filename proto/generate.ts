/** `npm run proto`: writes proto/generated/ from the two schema files. The output is deterministic. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enum, MapField, type ReflectionObject, Root, Type, parse } from 'protobufjs';

/** IoT SQL refers to messages by file name, so these are the names that TR-369 publishes. */
const SCHEMA_FILES = ['usp-record-1-4.proto', 'usp-msg-1-4.proto'];
const HEADER = '// Written by `npm run proto` from the schema files; do not edit.\n';
const SCALARS: { readonly [type: string]: string } = {
  string: 'string',
  bytes: 'Uint8Array',
  bool: 'boolean',
  fixed32: 'number',
  // As in canonical proto3 JSON, because a number would lose digits.
  uint64: 'string',
};

const fail = (problem: string): never => {
  throw new Error(`proto/generate.ts: ${problem}`);
};

/** `usp.GetResp.RequestedPathResult` → `GetRespRequestedPathResult`: unique across both packages. */
const flatName = (object: ReflectionObject) => object.fullName.split('.').slice(2).join('');

const nestedOf = (object: ReflectionObject): ReflectionObject[] => {
  const children = 'nestedArray' in object && Array.isArray(object.nestedArray) ? object.nestedArray : [];
  return [object, ...(children as ReflectionObject[]).flatMap(nestedOf)];
};

const loadSchema = (directory: string) => {
  const root = new Root();
  for (const file of SCHEMA_FILES) parse(readFileSync(join(directory, file), 'utf8'), root);
  root.resolveAll();
  const objects = nestedOf(root);
  return {
    messages: objects.filter((object) => object instanceof Type),
    enums: objects.filter((object) => object instanceof Enum),
  };
};

type Schema = ReturnType<typeof loadSchema>;
const byId = (message: Type) => message.fieldsArray.toSorted((a, b) => a.id - b.id);
const typeOf = (field: Type['fieldsArray'][number]) =>
  field.resolvedType
    ? flatName(field.resolvedType)
    : field.type in SCALARS
      ? field.type
      : fail(`no type ${field.type}`);

const tables = ({ messages, enums }: Schema) => {
  const row = (field: Type['fieldsArray'][number]) => {
    if (field instanceof MapField && (field.keyType !== 'string' || field.type !== 'string'))
      fail(`${field.fullName}: the codec supports only map<string, string>`);
    const rule = field instanceof MapField ? 'map' : field.repeated ? 'repeated' : (field.partOf?.name ?? '');
    return `[${[field.id, `'${field.name}'`, `'${typeOf(field)}'`, ...(rule ? [`'${rule}'`] : [])].join(', ')}]`;
  };
  const values = (enumeration: Enum) => {
    const names = Object.entries(enumeration.values).toSorted(([, a], [, b]) => a - b);
    if (names.some(([, number], index) => number !== index))
      fail(`${enumeration.fullName}: numbers must be 0, 1, 2, …`);
    return names.map(([name]) => `'${name}'`).join(', ');
  };
  return [
    `${HEADER}import type { FieldRow } from '../schema-types';\n`,
    '/** Message → fields in order of their numbers: [number, name, type, oneof or "repeated" or "map"]. */',
    'export const messages: { readonly [message: string]: readonly FieldRow[] } = {',
    ...messages.map((message) => `  ${flatName(message)}: [${byId(message).map(row).join(', ')}],`),
    '};\n',
    '/** Enum → names; the index is the number on the wire. */',
    'export const enums: { readonly [enumeration: string]: readonly string[] } = {',
    ...enums.map((enumeration) => `  ${flatName(enumeration)}: [${values(enumeration)}],`),
    '};\n',
  ].join('\n');
};

const types = ({ messages, enums }: Schema) => {
  const member = (field: Type['fieldsArray'][number]) => {
    const single = SCALARS[typeOf(field)] ?? `Usp${typeOf(field)}`;
    const type = field instanceof MapField ? `{ [key: string]: ${single} }` : field.repeated ? `${single}[]` : single;
    return `  ${field.name}?: ${type};`;
  };
  return [
    `${HEADER}/** USP messages as canonical proto3 JSON has them: an absent field has its default value. */\n`,
    ...enums.map(
      (e) =>
        `export type Usp${flatName(e)} = ${Object.keys(e.values)
          .map((name) => `'${name}'`)
          .join(' | ')};\n`,
    ),
    ...messages.map((message) =>
      message.fieldsArray.length === 0
        ? `export type Usp${flatName(message)} = { [field: string]: never };\n`
        : [`export interface Usp${flatName(message)} {`, ...byId(message).map(member), '}\n'].join('\n'),
    ),
  ].join('\n');
};

const descriptor = (directory: string) => {
  // The descriptor writer of protobufjs renames the files; buf writes the same bytes as protoc.
  const bytes = execFileSync(
    process.execPath,
    [
      require.resolve('@bufbuild/buf/bin/buf'),
      'build',
      '--as-file-descriptor-set',
      '--exclude-source-info',
      '-o',
      '-#format=binpb',
    ],
    { cwd: directory, maxBuffer: 1 << 20 },
  );
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const lines = bytes.toString('base64').match(/.{1,110}/g) ?? fail('buf wrote an empty descriptor');
  return [
    HEADER,
    '/** S3 key of the descriptor. It holds a content hash, because AWS IoT may cache a replaced object for 15 minutes. */',
    `export const DESCRIPTOR_KEY = 'usp-1-4-${hash}.desc';\n`,
    '/** FileDescriptorSet of usp-record-1-4.proto and usp-msg-1-4.proto, in base64. */',
    'export const DESCRIPTOR_BASE64 = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');\n",
  ].join('\n');
};

/**
 * The contents of the generated files, by name.
 * @param directory folder of the schema files
 */
export const generate = (directory: string): { readonly [file: string]: string } => {
  const schema = loadSchema(directory);
  return { 'descriptor.ts': descriptor(directory), 'schema.ts': tables(schema), 'messages.ts': types(schema) };
};

if (require.main === module) {
  mkdirSync(join(__dirname, 'generated'), { recursive: true });
  for (const [file, text] of Object.entries(generate(__dirname)))
    writeFileSync(join(__dirname, 'generated', file), text);
}
