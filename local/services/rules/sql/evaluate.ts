import type { BinaryOperator, Expression, ProtoReference, SelectList, Statement } from './ast';
import { FUNCTIONS, type MessageContext } from './functions';
import { OPERATORS, cast, divideInts } from './operators';
import { type SqlValue, equal, isArray, isObject, memberOf, toBoolean, toDecimal } from './values';

/** Decodes a protobuf message; reports a failure and then returns Undefined. */
type ProtoDecode = (value: SqlValue, schema: ProtoReference) => SqlValue;

/** Everything one evaluation of a statement needs. */
export interface Evaluation {
  readonly message: MessageContext;
  /** The payload as received. */
  readonly raw: Buffer;
  /** The payload as JSON object or array, Undefined when it is neither. */
  readonly json: SqlValue;
  readonly decodeProto: ProtoDecode;
  /** Value of a `@variable`. */
  readonly variable: (name: string) => SqlValue;
}

const evaluateIn = (evaluation: Evaluation, scope: SqlValue, expression: Expression): SqlValue => {
  const value = (inner: Expression) => evaluateIn(evaluation, scope, inner);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'array':
      return expression.items.map(value);
    case 'object':
      return Object.fromEntries(expression.entries.map(([key, inner]) => [key, value(inner)]));
    case 'star':
      return scope === undefined ? evaluation.raw : scope;
    case 'field':
      return memberOf(scope, expression.name);
    case 'variable':
      return evaluation.variable(expression.name);
    case 'member':
      return memberOf(value(expression.of), value(expression.key));
    case 'not': {
      const operand = toBoolean(value(expression.operand));
      return operand === undefined ? undefined : !operand;
    }
    case 'negate': {
      const operand = toDecimal(value(expression.operand));
      return operand === undefined ? undefined : -operand;
    }
    case 'exists': {
      const operand = value(expression.operand);
      return isArray(operand) && operand.length > 0;
    }
    case 'binary': {
      const { operator, left, right } = expression;
      const isInts = operator === '/' && ![left, right].some((operand) => isDecimal(operand, value));
      return (isInts ? divideInts : OPERATORS[operator])(value(left), value(right));
    }
    case 'call':
      return call(evaluation, expression.name, expression.args, value);
    case 'cast':
      return cast(value(expression.operand), expression.type);
    case 'proto':
      return evaluation.decodeProto(value(expression.operand), expression.schema);
    case 'case': {
      const subject = value(expression.subject);
      const hit = expression.whens.find(({ match }) => subject !== undefined && equal(subject, value(match)));
      if (hit) return value(hit.result);
      return expression.otherwise && value(expression.otherwise);
    }
    case 'query':
      return query(evaluation, value(expression.from), expression);
  }
};

const ARITHMETIC = new Set<BinaryOperator>(['+', '-', '*', '/', '%']);

/**
 * Whether a number is a Decimal, although it may be whole: text, and what arithmetic makes of a Decimal (SQL reference,
 * operators). A whole number of a message or statement is an Int, since SQL version 2016-03-23 even when written 5.0.
 */
const isDecimal = (expression: Expression, value: (inner: Expression) => SqlValue): boolean => {
  if (expression.kind === 'cast') return expression.type === 'Decimal';
  if (expression.kind === 'negate') return isDecimal(expression.operand, value);
  if (expression.kind === 'binary' && ARITHMETIC.has(expression.operator))
    return isDecimal(expression.left, value) || isDecimal(expression.right, value);
  const operand = value(expression);
  return typeof operand === 'string' || (typeof operand === 'number' && !Number.isInteger(operand));
};

const call = (
  { message, raw }: Evaluation,
  name: string,
  args: readonly Expression[],
  value: (inner: Expression) => SqlValue,
): SqlValue => {
  // encode(*, …) encodes the bytes as received, whether they are JSON or not.
  const values = args.map((argument) => (name === 'encode' && argument.kind === 'star' ? raw : value(argument)));
  return FUNCTIONS.get(name)?.call(values, message);
};

/** A nested SELECT returns an array with one result for each element that its WHERE selects. */
const query = (
  evaluation: Evaluation,
  from: SqlValue,
  { select, where }: Extract<Expression, { kind: 'query' }>,
): SqlValue => {
  const elements = isArray(from) ? from : isObject(from) ? [from] : undefined;
  return elements
    ?.filter((element) => !where || evaluateIn(evaluation, element, where) === true)
    .map((element) => selectIn(evaluation, element, select));
};

const assign = (target: Record<string, SqlValue>, [head, ...rest]: readonly string[], value: SqlValue): void => {
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const existing = target[head];
  const inner: Record<string, SqlValue> = isObject(existing) ? { ...existing } : {};
  assign(inner, rest, value);
  target[head] = inner;
};

const selectIn = (evaluation: Evaluation, scope: SqlValue, select: SelectList): SqlValue => {
  if (select.kind === 'value') return evaluateIn(evaluation, scope, select.value);
  // SELECT * alone passes the payload on unchanged, whatever it is.
  if (select.items.length === 1 && select.items[0]?.kind === 'all') return scope === undefined ? evaluation.raw : scope;
  const result: Record<string, SqlValue> = {};
  for (const item of select.items) {
    if (item.kind === 'all') {
      if (isObject(scope)) Object.assign(result, scope);
      continue;
    }
    const value = evaluateIn(evaluation, scope, item.value);
    if (value !== undefined) assign(result, item.path, value);
  }
  return result;
};

/** Evaluates each `@variable` once, when it is first used. */
export const withVariables = (
  variables: ReadonlyMap<string, Expression>,
  base: Omit<Evaluation, 'variable'>,
): Evaluation => {
  const values = new Map<string, SqlValue>();
  const evaluation: Evaluation = {
    ...base,
    variable: (name) => {
      const expression = variables.get(name);
      if (expression && !values.has(name)) values.set(name, evaluateIn(evaluation, base.json, expression));
      return values.get(name);
    },
  };
  return evaluation;
};

/** The value of one expression for a message. */
export const evaluateExpression = (evaluation: Evaluation, expression: Expression): SqlValue =>
  evaluateIn(evaluation, evaluation.json, expression);

/** Runs a statement; returns nothing when WHERE is not true. WHERE sees the payload and variables, not the aliases of SELECT. */
export const runStatement = (statement: Statement, evaluation: Evaluation): { output: SqlValue } | undefined => {
  if (statement.where && toBoolean(evaluateExpression(evaluation, statement.where)) !== true) return undefined;
  return { output: selectIn(evaluation, evaluation.json, statement.select) };
};
