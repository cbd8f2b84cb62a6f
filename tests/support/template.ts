import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTemplate, type Template, type TemplateResource } from '../../local/template/parse-template';

/** The repository's root folder. */
export const ROOT = join(__dirname, '..', '..');

/** template.yaml with intrinsic functions in their long form, nothing resolved. */
export const readTemplate = (): Template => parseTemplate(readFileSync(join(ROOT, 'template.yaml'), 'utf8'));

/** Resources of one type, as [logical id, resource]. */
export const resourcesOfType = (template: Template, type: string): readonly (readonly [string, TemplateResource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
