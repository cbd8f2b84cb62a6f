import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameterValues } from '../local/template/parameters';
import { parseTemplate } from '../local/template/parse-template';
import { substituted } from '../local/template/substitutions';

const ROOT = join(__dirname, '..');
const read = (...path: readonly string[]) => readFileSync(join(ROOT, ...path), 'utf8');

/** The real state machine, with the template's defaults of its time limits; other resources are named after their substitution. */
export const workflowDefinition = (): unknown => {
  const values: Readonly<Record<string, string>> = {
    Partition: 'aws',
    ...parameterValues(parseTemplate(read('template.yaml')), {}),
  };
  const definition: unknown = JSON.parse(
    substituted(read('statemachines', 'firmware-upgrade.asl.json'), (name) => values[name] ?? name),
  );
  return definition;
};
