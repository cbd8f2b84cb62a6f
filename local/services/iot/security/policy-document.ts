import * as v from 'valibot';
import { AwsError } from '../../../core/aws-error';
import { type PatternPart, parsePattern } from '../wildcard';

/** Condition operators of IoT policies that local mode evaluates. */
const OPERATORS = ['Bool', 'StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'] as const;
type Operator = (typeof OPERATORS)[number];

/** A part of an ARN pattern: fixed text, or a policy variable such as `iot:ClientId`. */
type PatternPiece = { readonly parts: readonly PatternPart[] } | { readonly variable: string };
export type VariablePattern = readonly PatternPiece[];

export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly VariablePattern[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly (readonly PatternPart[])[];
  readonly resources: readonly VariablePattern[];
  readonly conditions: readonly Condition[];
}

const oneOrMore = v.union([v.string(), v.array(v.string())]);
const conditionValue = v.union([v.string(), v.boolean(), v.array(v.union([v.string(), v.boolean()]))]);
const statementSchema = v.object({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: v.optional(v.record(v.string(), v.record(v.string(), conditionValue))),
});
const documentSchema = v.object({
  Version: v.optional(v.string()),
  Id: v.optional(v.string()),
  Statement: v.union([statementSchema, v.array(statementSchema)]),
});

const malformed = (policyName: string, problem: string) =>
  new AwsError('MalformedPolicyException', `The document of policy ${policyName} is not valid: ${problem}`, 400);

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** Splits `…/${iot:ClientId}/…` into fixed parts and variables. */
const parseVariables = (text: string): VariablePattern =>
  text
    .split(/(\$\{[^}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith('${') && piece.endsWith('}') ? { variable: piece.slice(2, -1) } : { parts: parsePattern(piece) },
    );

const isOperator = (text: string): text is Operator => OPERATORS.some((operator) => operator === text);

/**
 * Parses a policy document once, so that the check of each MQTT message is cheap.
 * @throws AwsError MalformedPolicyException that explains what is wrong
 */
export const parsePolicyDocument = (policyName: string, text: string): readonly Statement[] => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw malformed(policyName, `it is not JSON (${String(error)}).`);
  }
  const parsed = v.safeParse(documentSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw malformed(policyName, `${v.getDotPath(issue) ?? 'document'}: ${issue.message}.`);
  }
  const { Statement: statements } = parsed.output;
  return (Array.isArray(statements) ? statements : [statements]).map((statement) => ({
    effect: statement.Effect,
    actions: listOf(statement.Action).map(parsePattern),
    resources: listOf(statement.Resource).map(parseVariables),
    conditions: Object.entries(statement.Condition ?? {}).flatMap(([operator, tests]) => {
      if (!isOperator(operator))
        throw malformed(
          policyName,
          `local mode supports the condition operators ${OPERATORS.join(', ')}, not ${operator}.`,
        );
      return Object.entries(tests).map(([key, value]) => ({
        operator,
        key,
        values: (Array.isArray(value) ? value : [value]).map((item) => parseVariables(String(item))),
      }));
    }),
  }));
};
