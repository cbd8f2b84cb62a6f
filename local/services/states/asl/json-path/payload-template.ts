import { type Environment, requirePath } from './environment';
import { isObject, type Json } from '../json';

/** Fills a JSONPath payload template: keys that end in `.$` hold paths or intrinsic functions. */
export const fillTemplate = (template: Json, environment: Environment): Json => {
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => fillTemplate(item, environment));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') && typeof value === 'string'
        ? [key.slice(0, -2), requirePath(value, environment)]
        : [key, fillTemplate(value, environment)],
    ),
  );
};
