import { resolve, type Scope } from './intrinsics';
import { type Template, TemplateError } from './parse-template';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The conditions of a template, evaluated on demand. @throws TemplateError for an unknown name, a cycle, a malformed condition */
export const conditionsOf = (template: Template, scope: Scope): ((name: string) => boolean) => {
  const evaluate = (value: unknown, path: string, within: readonly string[]): boolean => {
    const [only] = isRecord(value) ? Object.entries(value) : [];
    if (!only) throw new TemplateError(`${path}: a condition function is expected, not ${JSON.stringify(value)}.`);
    const [name, argument] = only;
    const list: readonly unknown[] = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Condition':
        return named(String(argument), within);
      case 'Fn::Equals':
        return JSON.stringify(resolve(list[0], scope, path)) === JSON.stringify(resolve(list[1], scope, path));
      case 'Fn::Not':
        return !evaluate(list[0], path, within);
      case 'Fn::And':
        return list.every((item) => evaluate(item, path, within));
      case 'Fn::Or':
        return list.some((item) => evaluate(item, path, within));
      default:
        throw new TemplateError(`${path}: ${name} is not a condition function.`);
    }
  };
  const named = (name: string, within: readonly string[]): boolean => {
    const condition = template.Conditions[name];
    if (condition === undefined) throw new TemplateError(`Condition ${name} is not in the template.`);
    if (within.includes(name)) throw new TemplateError(`Circular condition: ${[...within, name].join(' → ')}`);
    return evaluate(condition, `Conditions.${name}`, [...within, name]);
  };
  return (name) => named(name, []);
};
