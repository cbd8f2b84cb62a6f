import type { Json, JsonObject } from '../json';
import { compilePath, evaluatePath, JsonPathError } from './path';
import { evaluateIntrinsic, isIntrinsic } from './intrinsics';
import { runtimeError } from '../state-error';
import type { Variables } from '../variables';

/** What a path may refer to: `$` the data, `$$` the context object, `$name` a variable. */
export interface Environment {
  readonly data: Json;
  readonly context: JsonObject;
  readonly variables: Variables;
}

/**
 * The value of a path or an intrinsic function; undefined when a definite path selects nothing.
 * @throws StateError States.Runtime for any other text
 */
export const lookUp = (text: string, environment: Environment): Json | undefined => {
  if (isIntrinsic(text)) return evaluateIntrinsic(text, (path) => requirePath(path, environment));
  try {
    if (text.startsWith('$$')) return evaluatePath(compilePath(text.slice(2)), environment.context);
    const variable = /^\$([A-Za-z_]\w*)/.exec(text);
    if (variable) {
      const [whole, name = ''] = variable;
      const value = environment.variables.get(name);
      return value === undefined ? undefined : evaluatePath(compilePath(text.slice(whole.length)), value);
    }
    if (text.startsWith('$')) return evaluatePath(compilePath(text.slice(1)), environment.data);
  } catch (error) {
    if (error instanceof JsonPathError) throw runtimeError(`Invalid path '${text}': ${error.message}`);
    throw error;
  }
  throw runtimeError(`'${text}' is neither a path nor an intrinsic function`);
};

/** @throws StateError States.Runtime when the path selects nothing */
export const requirePath = (text: string, environment: Environment): Json => {
  const value = lookUp(text, environment);
  if (value === undefined) throw runtimeError(`The JSONPath '${text}' could not be found in the input`);
  return value;
};
