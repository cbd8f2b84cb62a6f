import { type Environment, lookUp, requirePath } from './environment';
import { isTimestamp } from '../timestamp';
import { isObject, type Json, type JsonObject, objectsIn } from '../json';
import { runtimeError } from '../state-error';

const matches = (text: string, pattern: string): boolean => {
  const parts = pattern.match(/\\\*|\\\\|\*|[^*\\]+|\\/g) ?? [];
  const source = parts
    .map((part) =>
      part === '*' ? '[\\s\\S]*' : part.replace(/^\\([*\\])$/, '$1').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`).test(text);
};

type Test = (value: Json | undefined, operand: Json) => boolean;

const order: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};

const comparisons = Object.entries(order).flatMap(([name, compare]): readonly (readonly [string, Test])[] => [
  [`String${name}`, (a, b) => typeof a === 'string' && typeof b === 'string' && compare(a, b)],
  [`Numeric${name}`, (a, b) => typeof a === 'number' && typeof b === 'number' && compare(a, b)],
  [`Timestamp${name}`, (a, b) => isTimestamp(a) && isTimestamp(b) && compare(Date.parse(a), Date.parse(b))],
]);

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html */
const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...comparisons,
  ['BooleanEquals', (a, b) => typeof a === 'boolean' && a === b],
  ['StringMatches', (a, b) => typeof a === 'string' && typeof b === 'string' && matches(a, b)],
  ['IsNull', (a, b) => (a === null) === b],
  ['IsPresent', (a, b) => (a !== undefined) === b],
  ['IsString', (a, b) => (typeof a === 'string') === b],
  ['IsNumeric', (a, b) => (typeof a === 'number') === b],
  ['IsBoolean', (a, b) => (typeof a === 'boolean') === b],
  ['IsTimestamp', (a, b) => isTimestamp(a) === b],
]);

/**
 * Whether a rule of a Choice state (JSONPath) applies. A Variable that is not there is an error, except for IsPresent.
 * @throws StateError States.Runtime
 */
export const ruleApplies = (rule: JsonObject, environment: Environment): boolean => {
  if (rule['And'] !== undefined) return objectsIn(rule['And']).every((inner) => ruleApplies(inner, environment));
  if (rule['Or'] !== undefined) return objectsIn(rule['Or']).some((inner) => ruleApplies(inner, environment));
  if (isObject(rule['Not'])) return !ruleApplies(rule['Not'], environment);
  const variable = rule['Variable'];
  if (typeof variable !== 'string') throw runtimeError('A choice rule needs a Variable');
  for (const [key, operand] of Object.entries(rule)) {
    const byPath = key.endsWith('Path');
    const test = TESTS.get(byPath ? key.slice(0, -4) : key);
    if (!test) continue;
    const value = lookUp(variable, environment);
    if (value === undefined && key !== 'IsPresent')
      throw runtimeError(`Invalid path '${variable}': The choice state's condition path references an invalid value.`);
    return test(value, byPath ? requirePath(String(operand), environment) : operand);
  }
  throw runtimeError(`A choice rule on ${variable} has no comparison`);
};
