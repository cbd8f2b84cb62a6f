import { isRecord } from '../../wire/guards';
import { invalidParameter } from './errors';
import { compileCondition, isMet } from './filter-conditions';

/** Whether a message matches: its body as JSON, or its attributes as an object. */
export type Filter = (message: unknown) => boolean;

export type FilterPolicyScope = 'MessageBody' | 'MessageAttributes';

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;

interface Size {
  keys: number;
  combinations: number;
}

const OR = '$or';

const compileKey = (key: string, expected: unknown, scope: FilterPolicyScope, size: Size, depth: number): Filter => {
  if (key === OR) {
    if (!Array.isArray(expected) || expected.length < 2)
      throw invalidParameter(`FilterPolicy: ${OR} takes at least two policies`);
    const alternatives = expected.map((policy: unknown) => compileLevel(policy, scope, size, depth));
    return (message) => alternatives.some((matches) => matches(message));
  }
  if (isRecord(expected)) {
    if (scope === 'MessageAttributes')
      throw invalidParameter(`FilterPolicy: ${key}: nested keys need FilterPolicyScope MessageBody`);
    const inner = compileLevel(expected, scope, size, depth + 1);
    return (message) => {
      const actual = isRecord(message) ? message[key] : undefined;
      return Array.isArray(actual) ? actual.some(inner) : inner(actual);
    };
  }
  if (!Array.isArray(expected) || expected.length === 0)
    throw invalidParameter(`FilterPolicy: "${key}" must be an object or a list of values`);
  size.keys++;
  // A nested key counts as often as it is deep.
  size.combinations *= expected.length * depth;
  const conditions = expected.map((element: unknown) => compileCondition(element, key));
  return (message) => {
    const actual = isRecord(message) ? message[key] : undefined;
    return conditions.some((condition) => isMet(condition, actual));
  };
};

const compileLevel = (policy: unknown, scope: FilterPolicyScope, size: Size, depth: number): Filter => {
  if (!isRecord(policy)) throw invalidParameter('FilterPolicy: failed to parse JSON: a policy must be an object');
  const filters = Object.entries(policy).map(([key, expected]) => compileKey(key, expected, scope, size, depth));
  return (message) => filters.every((matches) => matches(message));
};

/**
 * Compiles a filter policy: every key must match, and one element of a key's list is enough.
 * @param text the policy as JSON
 * @throws AwsError InvalidParameterException for what AWS refuses and for operators that local mode does not support
 */
export const compileFilterPolicy = (text: string, scope: FilterPolicyScope): Filter => {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalidParameter(`FilterPolicy: failed to parse JSON: ${text}`);
  }
  const size: Size = { keys: 0, combinations: 1 };
  const filter = compileLevel(policy, scope, size, 1);
  if (size.keys > MAX_KEYS) throw invalidParameter(`FilterPolicy: ${size.keys} keys, ${MAX_KEYS} at most`);
  if (size.combinations > MAX_COMBINATIONS)
    throw invalidParameter(`FilterPolicy: ${size.combinations} combinations of values, ${MAX_COMBINATIONS} at most`);
  return filter;
};
