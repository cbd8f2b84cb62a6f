import { isRecord } from '../../wire/guards';
import { invalidParameter } from './errors';

/** Tests one value of the message; `undefined` means that the key is absent. */
export type Condition = (value: unknown) => boolean;

type Build = (operand: unknown, key: string) => Condition;

const refuse = (key: string, reason: string) => invalidParameter(`FilterPolicy: ${key}: ${reason}`);

const textCondition =
  (operator: string, holds: (value: string, operand: string) => boolean): Build =>
  (operand, key) => {
    if (typeof operand !== 'string') throw refuse(key, `${operator} takes text`);
    return (value) => typeof value === 'string' && holds(value, operand);
  };

const prefix = textCondition('prefix', (value, operand) => value.startsWith(operand));
const suffix = textCondition('suffix', (value, operand) => value.endsWith(operand));
const equalsIgnoreCase = textCondition(
  'equals-ignore-case',
  (value, operand) => value.toLowerCase() === operand.toLowerCase(),
);

const COMPARISONS: Readonly<Record<string, (value: number, operand: number) => boolean>> = {
  '=': (value, operand) => value === operand,
  '>': (value, operand) => value > operand,
  '>=': (value, operand) => value >= operand,
  '<': (value, operand) => value < operand,
  '<=': (value, operand) => value <= operand,
};

const numeric: Build = (operand, key) => {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (list.length !== 2 && list.length !== 4) throw refuse(key, 'numeric takes ["=", 5] or [">", 0, "<=", 10]');
  const conditions = [0, 2].slice(0, list.length / 2).map((at) => {
    const compare = COMPARISONS[String(list[at])];
    const limit = list[at + 1];
    if (!compare || typeof limit !== 'number')
      throw refuse(key, `numeric: ${JSON.stringify(list)} is not a comparison`);
    return (value: number) => compare(value, limit);
  });
  return (value) => typeof value === 'number' && conditions.every((holds) => holds(value));
};

const exists: Build = (operand, key) => {
  if (typeof operand !== 'boolean') throw refuse(key, 'exists takes true or false');
  return (value) => (value !== undefined) === operand;
};

const anythingBut: Build = (operand, key) => {
  if (isRecord(operand)) {
    const [name = '', inner] = Object.entries(operand)[0] ?? [];
    if (name !== 'prefix' && name !== 'suffix') throw refuse(key, 'anything-but takes values, prefix or suffix');
    const excluded = (name === 'prefix' ? prefix : suffix)(inner, key);
    return (value) => value !== undefined && !excluded(value);
  }
  const excluded = new Set<unknown>(Array.isArray(operand) ? operand : [operand]);
  return (value) => value !== undefined && !excluded.has(value);
};

const OPERATORS: Readonly<Record<string, Build>> = {
  prefix,
  suffix,
  'equals-ignore-case': equalsIgnoreCase,
  numeric,
  exists,
  'anything-but': anythingBut,
};

/**
 * One element of a policy's list: a literal, or an object with one operator.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws AwsError InvalidParameterException
 */
export const compileCondition = (element: unknown, key: string): Condition => {
  if (!isRecord(element)) {
    if (Array.isArray(element)) throw refuse(key, 'a list must hold values and operators, not lists');
    return (value) => value === element;
  }
  const entries = Object.entries(element);
  const [name = '', operand] = entries[0] ?? [];
  const build = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (entries.length !== 1 || !build)
    throw refuse(
      key,
      `${JSON.stringify(element)} is not emulated; local mode supports ${Object.keys(OPERATORS).join(', ')}`,
    );
  return build(operand, key);
};

/** `exists: false` is also true when the message does not have the key; the others test each value of a list. */
export const isMet = (condition: Condition, actual: unknown): boolean =>
  Array.isArray(actual) ? actual.some(condition) : condition(actual);
