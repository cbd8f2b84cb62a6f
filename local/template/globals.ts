import type { Template, TemplateResource } from './parse-template';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (global: unknown, own: unknown): unknown => {
  if (own === undefined) return global;
  if (Array.isArray(global) && Array.isArray(own)) return [...(global as unknown[]), ...(own as unknown[])];
  if (!isRecord(global) || !isRecord(own)) return own;
  const keys = [...new Set([...Object.keys(global), ...Object.keys(own)])];
  return Object.fromEntries(keys.map((key) => [key, merge(global[key], own[key])]));
};

/**
 * A resource's properties with the template's Globals, as SAM merges them: maps by key, lists one after the other.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export const withGlobals = (template: Template, { Type, Properties }: TemplateResource) => {
  const merged = Type === 'AWS::Serverless::Function' ? merge(template.Globals.Function, Properties) : Properties;
  return isRecord(merged) ? merged : {};
};
