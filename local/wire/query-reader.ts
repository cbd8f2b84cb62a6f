import type { NormalizedSchema } from '@smithy/core/schema';
import { readScalar } from './scalar';
import { xmlNameOf } from './xml-writer';

/** Form fields by the segments of their names: `Attributes.entry.1.key` is four levels deep. */
interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

const emptyNode = (): FormNode => ({ value: undefined, children: new Map() });

/** @param form decoded names and values of an `application/x-www-form-urlencoded` body */
export const parseForm = (form: URLSearchParams): FormNode => {
  const root = emptyNode();
  for (const [name, value] of form) {
    let node = root;
    for (const segment of name.split('.')) {
      const child = node.children.get(segment) ?? emptyNode();
      node.children.set(segment, child);
      node = child;
    }
    node.value = value;
  }
  return root;
};

/** Children `1`, `2`, … in that order. */
const numbered = (node: FormNode | undefined): readonly FormNode[] =>
  [...(node?.children ?? [])]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);

const readList = (schema: NormalizedSchema, node: FormNode): readonly unknown[] => {
  const element = schema.getValueSchema();
  const flattened = Boolean(schema.getMergedTraits().xmlFlattened);
  const items = numbered(flattened ? node : node.children.get(xmlNameOf(element, 'member')));
  return items.map((item) => readNode(element, item, 'member'));
};

const readMap = (schema: NormalizedSchema, node: FormNode): Record<string, unknown> => {
  const element = schema.getValueSchema();
  const keyName = xmlNameOf(schema.getKeySchema(), 'key');
  const valueName = xmlNameOf(element, 'value');
  const flattened = Boolean(schema.getMergedTraits().xmlFlattened);
  const result: Record<string, unknown> = {};
  for (const entry of numbered(flattened ? node : node.children.get('entry'))) {
    const key = entry.children.get(keyName)?.value;
    const value = entry.children.get(valueName);
    if (key !== undefined && value) result[key] = readNode(element, value, key);
  }
  return result;
};

const readNode = (schema: NormalizedSchema, node: FormNode, name: string): unknown => {
  if (schema.isStructSchema()) return readForm(schema, node);
  if (schema.isListSchema()) return readList(schema, node);
  if (schema.isMapSchema()) return readMap(schema, node);
  return readScalar(schema, node.value ?? '', name);
};

/**
 * The input of an operation from the fields of a form (query protocol: lists are `X.member.N`, maps `X.entry.N.key`).
 * @throws AwsError SerializationException
 */
export const readForm = (schema: NormalizedSchema, node: FormNode): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.isUnitSchema() ? [] : schema.structIterator()) {
    const child = node.children.get(xmlNameOf(member, name));
    if (child) result[name] = readNode(member, child, name);
  }
  return result;
};
