import { type PatternPart, literalPattern, matchesPattern } from '../wildcard';
import type { Condition, Statement, VariablePattern } from './policy-document';

/** The value of a policy variable or condition key for a connection; undefined when it has none. */
export type Variables = (name: string) => string | undefined;

/** The pattern with the values of its variables; undefined when one of them has no value. A value never acts as a wildcard. */
const fillIn = (pattern: VariablePattern, variables: Variables): PatternPart[] | undefined => {
  const parts: PatternPart[] = [];
  for (const piece of pattern) {
    if ('parts' in piece) {
      parts.push(...piece.parts);
      continue;
    }
    const value = variables(piece.variable);
    if (value === undefined) return undefined;
    parts.push(...literalPattern(value));
  }
  return parts;
};

const fits = (pattern: VariablePattern, text: string, variables: Variables): boolean => {
  const filled = fillIn(pattern, variables);
  return filled !== undefined && matchesPattern(filled, text);
};

const asText = (pattern: VariablePattern, variables: Variables): string | undefined =>
  fillIn(pattern, variables)
    ?.map((part) => (part === 'many' ? '*' : part === 'any' ? '?' : part.character))
    .join('');

const holds = ({ operator, key, values }: Condition, variables: Variables): boolean => {
  const actual = variables(key);
  switch (operator) {
    case 'Bool':
      return actual !== undefined && values.some((value) => asText(value, variables)?.toLowerCase() === actual);
    case 'StringEquals':
      return actual !== undefined && values.some((value) => asText(value, variables) === actual);
    case 'StringLike':
      return actual !== undefined && values.some((value) => fits(value, actual, variables));
    // An absent key does not equal anything.
    case 'StringNotEquals':
      return actual === undefined || !values.some((value) => asText(value, variables) === actual);
    case 'StringNotLike':
      return actual === undefined || !values.some((value) => fits(value, actual, variables));
  }
};

const applies = (statement: Statement, action: string, resource: string, variables: Variables): boolean =>
  statement.actions.some((pattern) => matchesPattern(pattern, action)) &&
  statement.resources.some((pattern) => fits(pattern, resource, variables)) &&
  statement.conditions.every((condition) => holds(condition, variables));

/** Whether the statements allow the action on the resource: an explicit Deny wins; without an Allow the action is denied. */
export const evaluatePolicies = (
  statements: Iterable<Statement>,
  action: string,
  resource: string,
  variables: Variables,
): boolean => {
  let allowed = false;
  for (const statement of statements) {
    if (statement.effect === 'Allow' && allowed) continue;
    if (!applies(statement, action, resource, variables)) continue;
    if (statement.effect === 'Deny') return false;
    allowed = true;
  }
  return allowed;
};
