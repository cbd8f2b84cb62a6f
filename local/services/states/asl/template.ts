import jsonata from 'jsonata';
import { type Environment, requirePath } from './environment';
import { isObject, type Json, type JsonObject, toJson } from './json';
import { StateError } from './state-error';

/** Fills a JSONPath payload template: keys that end in `.$` hold paths or intrinsic functions. */
export const fillTemplate = (template: Json, environment: Environment): Json => {
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => fillTemplate(item, environment));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') && typeof value === 'string'
        ? [key.slice(0, -2), requirePath(value, environment)]
        : [key, fillTemplate(value, environment)],
    ),
  );
};

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** What JSONata expressions see as `$states`. */
export interface StatesBinding {
  readonly input: Json;
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly context: JsonObject;
}

/**
 * Fills a JSONata template: texts `{% … %}` are expressions.
 * @throws StateError States.QueryEvaluationError
 */
export const fillJsonata = async (template: Json, states: StatesBinding, variables: JsonObject): Promise<Json> => {
  if (Array.isArray(template))
    return Promise.all((template as readonly Json[]).map((item) => fillJsonata(item, states, variables)));
  if (isObject(template)) {
    const entries = Object.entries(template).map(
      async ([key, value]) => [key, await fillJsonata(value, states, variables)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }
  const expression = typeof template === 'string' ? EXPRESSION.exec(template)?.[1] : undefined;
  if (expression === undefined) return template;
  try {
    const value: unknown = await jsonata(expression).evaluate({}, { states, ...variables });
    if (value === undefined) throw new Error('the expression returned nothing (undefined)');
    return toJson(value);
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
    throw new StateError('States.QueryEvaluationError', `The expression {%${expression}%} failed: ${message}`);
  }
};
