import type { NormalizedSchema } from '@smithy/core/schema';
import { isRecord } from './guards';
import { timestampFormat, writeTimestamp } from './timestamp';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Parsers turn a bare carriage return into a line feed.
  '\r': '&#xD;',
};

/** Text as the content of an XML element or attribute. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? '');

const scalar = (schema: NormalizedSchema, value: unknown): string => {
  if (schema.isTimestampSchema()) return String(writeTimestamp(value, timestampFormat(schema, 'date-time')));
  if (schema.isBlobSchema() && value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return escapeXml(String(value));
};

/** The name of an element comes from the member, not from the shape that it refers to. */
export const xmlNameOf = (schema: NormalizedSchema, otherwise: string): string =>
  schema.getMemberTraits().xmlName ?? otherwise;

const list = (schema: NormalizedSchema, value: readonly unknown[], name: string): string => {
  const element = schema.getValueSchema();
  if (schema.getMergedTraits().xmlFlattened) return value.map((one) => writeElement(element, one, name)).join('');
  const elementName = xmlNameOf(element, 'member');
  return `<${name}>${value.map((one) => writeElement(element, one, elementName)).join('')}</${name}>`;
};

const map = (schema: NormalizedSchema, value: Readonly<Record<string, unknown>>, name: string): string => {
  const element = schema.getValueSchema();
  const keyName = xmlNameOf(schema.getKeySchema(), 'key');
  const valueName = xmlNameOf(element, 'value');
  const flattened = Boolean(schema.getMergedTraits().xmlFlattened);
  const entryName = flattened ? name : 'entry';
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(
      ([key, one]) =>
        `<${entryName}><${keyName}>${escapeXml(key)}</${keyName}>${writeElement(element, one, valueName)}</${entryName}>`,
    )
    .join('');
  return flattened ? entries : `<${name}>${entries}</${name}>`;
};

/** The members of a structure as elements, without the structure's own tags. */
export const writeMembers = (
  schema: NormalizedSchema,
  value: unknown,
  accept: (member: NormalizedSchema) => boolean = () => true,
): string => {
  if (schema.isUnitSchema() || !isRecord(value)) return '';
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    const field = value[name];
    if (field !== undefined && field !== null && accept(member))
      xml += writeElement(member, field, xmlNameOf(member, name));
  }
  return xml;
};

/** One element (a flattened list: several) with its content. */
export const writeElement = (schema: NormalizedSchema, value: unknown, name: string): string => {
  if (schema.isStructSchema()) return `<${name}>${writeMembers(schema, value)}</${name}>`;
  if (schema.isListSchema() && Array.isArray(value)) return list(schema, value, name);
  if (schema.isMapSchema() && isRecord(value)) return map(schema, value, name);
  return `<${name}>${scalar(schema, value)}</${name}>`;
};
