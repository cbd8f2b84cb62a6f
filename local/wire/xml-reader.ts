import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../core/aws-error';
import { readScalar } from './scalar';
import { xmlNameOf } from './xml-writer';

/** An element. Attributes are not kept, because no request uses them. */
interface XmlElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return NAMED_ENTITIES[name ?? ''] ?? whole;
  });

const malformed = (reason: string) =>
  new AwsError('MalformedXML', `The XML of the request body is not well-formed: ${reason}.`);

const TOKEN = /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s<>/]+)[^<>]*?(\/?)>|([^<]+)/g;

/** @throws AwsError MalformedXML */
export const parseXml = (xml: string): XmlElement => {
  const document: XmlElement = { name: '', children: [], text: '' };
  const open = [document];
  for (const [, cdata, closing, qualified, empty, text] of xml.matchAll(TOKEN)) {
    const current = open.at(-1) ?? document;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += unescape(text);
    else if (qualified !== undefined) {
      const name = qualified.slice(qualified.indexOf(':') + 1);
      if (closing === '/') {
        if (open.length === 1 || current.name !== name) throw malformed(`unexpected </${name}>`);
        open.pop();
      } else {
        const element: XmlElement = { name, children: [], text: '' };
        current.children.push(element);
        if (empty !== '/') open.push(element);
      }
    }
  }
  const [root] = document.children;
  if (open.length > 1 || !root) throw malformed(root ? `<${open.at(-1)?.name ?? ''}> is not closed` : 'no element');
  return root;
};

const readValue = (schema: NormalizedSchema, element: XmlElement): unknown => {
  if (schema.isStructSchema()) return readXml(schema, element);
  if (schema.isListSchema()) return element.children.map((child) => readValue(schema.getValueSchema(), child));
  return readScalar(schema, element.text, element.name);
};

/** The structure in an element. Only lists and scalars, because requests to S3 use nothing else. */
export const readXml = (schema: NormalizedSchema, element: XmlElement): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const wireName = xmlNameOf(member, name);
    const found = element.children.filter((child) => child.name === wireName);
    const [first] = found;
    if (!first) continue;
    const flattened = member.isListSchema() && member.getMergedTraits().xmlFlattened;
    result[name] = flattened
      ? found.map((child) => readValue(member.getValueSchema(), child))
      : readValue(member, first);
  }
  return result;
};
