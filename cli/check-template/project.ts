import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTemplate, type Template, type TemplateResource } from '../../local/template/parse-template';

/** What the checks look at. */
export interface Project {
  readonly root: string;
  /** template.yaml as it is written, for what a parser drops: comments. */
  readonly text: string;
  readonly template: Template;
  /** Text of the state machine definitions, by their DefinitionUri. */
  readonly definitions: ReadonlyMap<string, string>;
  /** docs/operations.md, where every alarm has its runbook. */
  readonly runbooks: string;
}

/** Finds what is wrong; each problem names the logical id and what to do. */
export type Check = (project: Project) => readonly string[] | Promise<readonly string[]>;

/** Resources of one type, as [logical id, resource]. */
export const resourcesOfType = (template: Template, type: string): readonly (readonly [string, TemplateResource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asList = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value];

/** @param text of a template, the project's own when absent @throws TemplateError, or the error of a file that is missing */
export const readProject = async (root: string, text?: string): Promise<Project> => {
  const own = text ?? (await readFile(join(root, 'template.yaml'), 'utf8'));
  const template = parseTemplate(own);
  const files = resourcesOfType(template, 'AWS::Serverless::StateMachine').map(([, { Properties }]) =>
    String(Properties['DefinitionUri']),
  );
  return {
    root,
    text: own,
    template,
    definitions: new Map(
      await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const)),
    ),
    runbooks: await readFile(join(root, 'docs', 'operations.md'), 'utf8'),
  };
};
