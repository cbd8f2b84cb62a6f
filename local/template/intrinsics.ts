import { TemplateError } from './parse-template';

/** What references resolve to. Both answer undefined for an unknown name. */
export interface Scope {
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  /** @throws TemplateError for an unknown condition */
  condition?(name: string): boolean;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names in `${…}` of a Sub text; `${!…}` is literal. */
const PLACEHOLDER = /\$\{([^!}][^}]*)\}/g;

const subParts = (argument: unknown): { text: string; variables: Readonly<Record<string, unknown>> } => {
  if (Array.isArray(argument))
    return { text: String(argument[0]), variables: isRecord(argument[1]) ? argument[1] : {} };
  return { text: String(argument), variables: {} };
};

const getAttParts = (argument: unknown): readonly [string, string] => {
  const parts = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
  return [parts[0] ?? '', parts.slice(1).join('.')];
};

/** What `!Ref AWS::NoValue` resolves to: the property or list item is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
const isNoValue = (value: unknown): boolean => value === NO_VALUE;

/** Logical ids and parameters that a value refers to. */
export const referencesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, argument]): readonly string[] => {
    if (key === 'Ref') return [String(argument)];
    if (key === 'Fn::GetAtt') return [getAttParts(argument)[0]];
    // The first item names a condition.
    if (key === 'Fn::If') return Array.isArray(argument) ? argument.slice(1).flatMap(referencesIn) : [];
    if (key === 'Fn::Sub') {
      const { text, variables } = subParts(argument);
      const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name.split('.')[0] ?? '');
      return [...names.filter((name) => !(name in variables)), ...referencesIn(Object.values(variables))];
    }
    return referencesIn(argument);
  });
};

/** [logical id, attribute] of every GetAtt, and of every Sub that reads an attribute. */
export const attributesIn = (value: unknown): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap(attributesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, argument]): readonly (readonly [string, string])[] => {
    if (key === 'Fn::GetAtt') return [getAttParts(argument)];
    if (key !== 'Fn::Sub') return attributesIn(argument);
    const { text, variables } = subParts(argument);
    const own = [...text.matchAll(PLACEHOLDER)]
      .map(([, name = '']) => name)
      .filter((name) => name.includes('.') && !(name in variables))
      .map(getAttParts);
    return [...own, ...attributesIn(Object.values(variables))];
  });
};

/** Names of the conditions that a value depends on. */
export const conditionsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === 'Fn::If' && Array.isArray(argument)) return [String(argument[0]), ...conditionsIn(argument.slice(1))];
    return key === 'Condition' && typeof argument === 'string' ? [argument] : conditionsIn(argument);
  });
};

const unresolved = (path: string, name: string) =>
  new TemplateError(
    `${path}: ${name} is neither a parameter nor a resource of the template, or has no such attribute.`,
  );

/**
 * Resolves the intrinsic functions in a value.
 * @param path where the value stands, for error messages
 * @throws TemplateError
 */
export const resolve = (value: unknown, scope: Scope, path: string): unknown => {
  if (Array.isArray(value))
    return value.map((item, index) => resolve(item, scope, `${path}[${index}]`)).filter((item) => !isNoValue(item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (
    entries.length !== 1 ||
    !only ||
    !/^(Ref|Condition|Fn::\w+)$/.test(only[0]) ||
    (only[0] === 'Condition' && isRecord(only[1]))
  )
    return Object.fromEntries(
      entries
        .map(([key, inner]) => [key, resolve(inner, scope, `${path}.${key}`)] as const)
        .filter(([, inner]) => !isNoValue(inner)),
    );
  const [name, argument] = only;
  switch (name) {
    case 'Ref': {
      if (argument === 'AWS::NoValue') return NO_VALUE;
      const found = scope.ref(String(argument));
      if (found === undefined) throw unresolved(path, String(argument));
      return found;
    }
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = getAttParts(argument);
      const found = scope.getAtt(logicalId, attribute);
      if (found === undefined) throw unresolved(path, `${logicalId}.${attribute}`);
      return found;
    }
    case 'Fn::Sub': {
      const { text, variables } = subParts(argument);
      const local = resolve(variables, scope, path);
      return text
        .replace(PLACEHOLDER, (_, placeholder: string) => {
          const [id = '', ...attribute] = placeholder.split('.');
          const own = isRecord(local) ? local[placeholder] : undefined;
          const found = own ?? (attribute.length > 0 ? scope.getAtt(id, attribute.join('.')) : scope.ref(id));
          if (found === undefined) throw unresolved(path, placeholder);
          return String(found);
        })
        .replaceAll('${!', '${');
    }
    case 'Fn::Join': {
      const [separator, items] = (Array.isArray(argument) ? argument : []) as readonly unknown[];
      const resolved = resolve(items, scope, path);
      if (!Array.isArray(resolved)) throw new TemplateError(`${path}: Join wants [separator, list].`);
      return resolved.join(String(separator));
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = (Array.isArray(argument) ? argument : []) as readonly unknown[];
      if (!scope.condition) throw new TemplateError(`${path}: If cannot stand here.`);
      return resolve(scope.condition(String(condition)) ? whenTrue : whenFalse, scope, path);
    }
    default:
      throw new TemplateError(`${path}: local mode does not know the intrinsic function ${name}.`);
  }
};
