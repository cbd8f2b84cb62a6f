import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../core/aws-error';
import { asInput, type Protocol } from './protocol';
import { fromText, type OperationSchema } from '../core/sdk-schema';
import { element, textElement } from './xml';

/** Form parameters in a tree: `Attributes.entry.1.key=a` is {Attributes: {entry: {1: {key: 'a'}}}}. */
type Tree = Map<string, Tree | string>;

const treeOf = (form: URLSearchParams): Tree => {
  const root: Tree = new Map();
  for (const [name, value] of form) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let at = root;
    for (const part of path) {
      const next = at.get(part);
      const tree = next instanceof Map ? next : new Map<string, Tree | string>();
      at.set(part, tree);
      at = tree;
    }
    at.set(last, value);
  }
  return root;
};

const numbered = (tree: Tree | string | undefined): readonly (Tree | string)[] =>
  tree instanceof Map ? [...tree].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value) : [];

const fromForm = (schema: NormalizedSchema, node: Tree | string | undefined): unknown => {
  if (node === undefined) return undefined;
  if (typeof node === 'string') return fromText(schema, node);
  if (schema.isStructSchema())
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) => {
        const value = fromForm(member, node.get(name));
        return value === undefined ? [] : [[name, value]];
      }),
    );
  if (schema.isListSchema()) return numbered(node.get('member')).map((item) => fromForm(schema.getValueSchema(), item));
  if (schema.isMapSchema())
    return Object.fromEntries(
      numbered(node.get('entry')).flatMap((entry) => {
        if (typeof entry === 'string') return [];
        const key = entry.get('key') ?? entry.get('Name');
        const value = entry.get('value') ?? entry.get('Value');
        return typeof key === 'string' ? [[key, fromForm(schema.getValueSchema(), value)]] : [];
      }),
    );
  return undefined;
};

const toXml = (schema: NormalizedSchema, value: unknown): string => {
  const values = asInput(value);
  return [...(schema.isStructSchema() ? schema.structIterator() : [])]
    .filter(([name]) => values[name] !== undefined && values[name] !== null)
    .map(([name, member]) => xmlMember(name, member, values[name]))
    .join('');
};

const xmlMember = (name: string, schema: NormalizedSchema, value: unknown): string => {
  if (schema.isStructSchema()) return element(name, toXml(schema, value));
  if (schema.isListSchema() && Array.isArray(value))
    return element(name, value.map((item) => xmlMember('member', schema.getValueSchema(), item)).join(''));
  if (schema.isMapSchema())
    return element(
      name,
      Object.entries(asInput(value))
        .map(([key, inner]) => element('entry', textElement('key', key) + xmlMember('value', schema.getValueSchema(), inner)))
        .join(''),
    );
  return textElement(name, value);
};

/** awsQuery: a form in, XML out. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const awsQuery = (operations: ReadonlyMap<string, OperationSchema>): Protocol => ({
  parse: (request) => {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const operation = form.get('Action') ?? '';
    const schema = operations.get(operation);
    if (!schema) throw new AwsError('InvalidAction', `There is no operation "${operation}" (Action).`);
    return {
      operation,
      input: asInput(fromForm(schema.input, treeOf(form))),
      respond: (output, requestId) => {
        const result = element(`${operation}Result`, schema.output.isStructSchema() ? toXml(schema.output, output) : '');
        const metadata = element('ResponseMetadata', textElement('RequestId', requestId));
        return {
          status: 200,
          headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
          body: element(`${operation}Response`, result + metadata),
        };
      },
    };
  },
  error: (error, requestId) => {
    const details = textElement('Type', 'Sender') + textElement('Code', error.code) + textElement('Message', error.message);
    return {
      status: error.statusCode,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: element('ErrorResponse', element('Error', details) + textElement('RequestId', requestId)),
    };
  },
});
