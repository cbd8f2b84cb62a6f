import { type Template, TemplateError } from './parse-template';

/**
 * Values of the template's parameters, from overrides and defaults.
 * @throws TemplateError when one is missing, unknown or not allowed
 */
export const parameterValues = (
  template: Template,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  for (const name of Object.keys(overrides))
    if (!(name in template.Parameters))
      throw new TemplateError(`Parameter ${name}: the template has ${Object.keys(template.Parameters).join(', ')}.`);
  return Object.fromEntries(
    Object.entries(template.Parameters).map(([name, rule]) => {
      const value = overrides[name] ?? rule.Default;
      if (value === undefined) throw new TemplateError(`Parameter ${name} has no default: give it a value.`);
      const text = String(value);
      const refuse = (why: string) => new TemplateError(`Parameter ${name} is "${text}": ${why}`);
      if (rule.AllowedValues && !rule.AllowedValues.map(String).includes(text))
        throw refuse(`allowed are ${rule.AllowedValues.join(', ')}.`);
      if (rule.AllowedPattern !== undefined && !new RegExp(rule.AllowedPattern).test(text))
        throw refuse(`it must match ${rule.AllowedPattern}`);
      if (rule.Type === 'Number') {
        const number = Number(text);
        if (Number.isNaN(number)) throw refuse('it must be a number.');
        if (number < (rule.MinValue ?? -Infinity)) throw refuse(`it must be at least ${rule.MinValue}.`);
        if (number > (rule.MaxValue ?? Infinity)) throw refuse(`it must be at most ${rule.MaxValue}.`);
      }
      return [name, text];
    }),
  );
};
