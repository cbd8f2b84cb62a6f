import jsonata, { type Expression } from 'jsonata';
import { type Json, type JsonObject, toJson } from '../json';
import { registerStepFunctions } from './functions';

const DELIMITED = /^\{%([\s\S]*)%\}$/;

/** The expression in a text `{% … %}`; undefined for any other text, which is a literal. */
export const expressionIn = (text: string): string | undefined => DELIMITED.exec(text)?.[1]?.trim();

/** An expression that could not be evaluated, or has no value. The message is the end of AWS's cause. */
export class JsonataError extends Error {
  override readonly name = 'JsonataError';
}

const compiled = new Map<string, Expression>();

/** Definitions contain few expressions and evaluate them often, so each is parsed once. */
const compile = (text: string): Expression => {
  const known = compiled.get(text);
  if (known) return known;
  const expression = jsonata(text);
  registerStepFunctions(expression);
  compiled.set(text, expression);
  return expression;
};

/** jsonata throws plain objects. */
const messageOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return 'code' in error ? `${String(error.code)}: ${String(error.message)}` : String(error.message);
};

/** Functions of JSONata are objects, marked with these names. */
const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && ('_jsonata_function' in value || '_jsonata_lambda' in value));

/** $now() and $millis() of local mode's clock. */
const timeFunctions = (now: number) => ({
  millis: () => now,
  now: (picture?: string, timezone?: string) =>
    compile('$fromMillis($time, $picture, $timezone)').evaluate(undefined, { time: now, picture, timezone }),
});

/**
 * The value of an expression. There is no input document: `$`, `$$` and bare names are undefined, as on AWS.
 * @param now milliseconds since the epoch
 * @throws JsonataError
 */
export const evaluateExpression = async (text: string, bindings: JsonObject, now: number): Promise<Json> => {
  let value: unknown;
  try {
    value = await compile(text).evaluate(undefined, { ...timeFunctions(now), ...bindings });
  } catch (error) {
    throw new JsonataError(`threw an error during evaluation. ${messageOf(error)}`);
  }
  if (value === undefined) throw new JsonataError('returned nothing (undefined).');
  if (isFunction(value)) throw new JsonataError('returned a function.');
  return toJson(value);
};

/** The syntax error of an expression, undefined when it parses. */
export const syntaxErrorOf = (text: string): string | undefined => {
  try {
    compile(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};
