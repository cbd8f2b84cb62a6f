import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag, type CollectionTag } from 'yaml';

/** The repository's root folder. */
export const ROOT = join(__dirname, '..', '..');

const FUNCTIONS = ['Sub', 'GetAtt', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Select', 'Split', 'FindInMap'];
const long = (name: string) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const tags = ['Ref', 'Condition', ...FUNCTIONS].flatMap((name): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (text: string) => ({ [long(name)]: text }) as never } as ScalarTag,
  {
    tag: `!${name}`,
    collection: 'seq',
    resolve: (items: { toJSON(): unknown }) => ({ [long(name)]: items.toJSON() }) as never,
  } as CollectionTag,
]);

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Parameters: Readonly<Record<string, { Type: string; Default?: unknown }>>;
  readonly Globals: { readonly Function: Readonly<Record<string, unknown>> };
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** template.yaml with intrinsic functions in their long form, nothing resolved. */
export const readTemplate = (): Template =>
  parse(readFileSync(join(ROOT, 'template.yaml'), 'utf8'), { customTags: tags, merge: true }) as Template;

/** Resources of one type, as [logical id, resource]. */
export const resourcesOfType = (template: Template, type: string): readonly (readonly [string, TemplateResource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
