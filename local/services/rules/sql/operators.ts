import type { BinaryOperator, CastType } from './ast';
import { type SqlValue, equal, isArray, toBoolean, toDecimal, toInt, toText } from './values';

type Operator = (left: SqlValue, right: SqlValue) => SqlValue;

const logical =
  (combine: (left: boolean, right: boolean) => boolean): Operator =>
  (left, right) => {
    const a = toBoolean(left);
    const b = toBoolean(right);
    return a === undefined || b === undefined ? undefined : combine(a, b);
  };

const numeric =
  (combine: (left: number, right: number) => number | boolean): Operator =>
  (left, right) => {
    const a = toDecimal(left);
    const b = toDecimal(right);
    if (a === undefined || b === undefined) return undefined;
    const result = combine(a, b);
    // Division by zero has no value.
    return typeof result === 'number' && !Number.isFinite(result) ? undefined : result;
  };

const comparison =
  (expected: boolean): Operator =>
  (left, right) =>
    left === undefined || right === undefined ? undefined : equal(left, right) === expected;

const plus: Operator = (left, right) => {
  if (typeof left === 'string' || typeof right === 'string') {
    const a = toText(left);
    const b = toText(right);
    return a === undefined || b === undefined ? undefined : a + b;
  }
  return numeric((a, b) => a + b)(left, right);
};

/** The binary operators of AWS IoT SQL (SQL reference, operators): operands of the wrong type give Undefined. */
export const OPERATORS: Readonly<Record<BinaryOperator, Operator>> = {
  AND: logical((a, b) => a && b),
  OR: logical((a, b) => a || b),
  '=': comparison(true),
  '<>': comparison(false),
  '<': numeric((a, b) => a < b),
  '<=': numeric((a, b) => a <= b),
  '>': numeric((a, b) => a > b),
  '>=': numeric((a, b) => a >= b),
  '+': plus,
  '-': numeric((a, b) => a - b),
  '*': numeric((a, b) => a * b),
  '/': numeric((a, b) => a / b),
  '%': numeric((a, b) => a % b),
  IN: (left, right) =>
    left === undefined || !isArray(right) ? undefined : right.some((candidate) => equal(left, candidate)),
};

/** Int divided by Int is Int. */
export const divideInts: Operator = numeric((a, b) => Math.trunc(a / b));

/** `cast(value AS type)` with the rules of the SQL reference. */
export const cast = (value: SqlValue, type: CastType): SqlValue => {
  const number = typeof value === 'boolean' ? Number(value) : toDecimal(value);
  switch (type) {
    case 'String':
      return toText(value);
    case 'Int':
      return toInt(number);
    case 'Decimal':
      return number;
    case 'Boolean':
      return typeof value === 'number' ? value !== 0 : toBoolean(value);
  }
};
