import type { Json, JsonObject } from '../json';
import { runtimeError, StateError } from '../state-error';
import type { Variables } from '../variables';
import { callIntrinsic } from './intrinsics';
import { evaluatePath } from './path';
import { type Argument, type Call, compileReference, type Reference } from './reference';
import { JsonPathError } from './scanner';

/** What a path may refer to: `$` the data, `$$` the context object, `$name` a variable. */
export interface Environment {
  readonly data: Json;
  readonly context: JsonObject;
  readonly variables: Variables;
}

const compiled = (text: string): Reference => {
  try {
    return compileReference(text);
  } catch (error) {
    if (error instanceof JsonPathError) throw runtimeError(`Invalid path '${text}': ${error.message}`);
    throw error;
  }
};

const evaluate = (reference: Reference, environment: Environment): Json | undefined => {
  switch (reference.root) {
    case 'data':
      return evaluatePath(reference.path, environment.data);
    case 'context':
      return evaluatePath(reference.path, environment.context);
    case 'variable': {
      const value = environment.variables.get(reference.name);
      return value === undefined ? undefined : evaluatePath(reference.path, value);
    }
    case 'call':
      return call(reference.call, environment);
  }
};

const found = (value: Json | undefined, text: string): Json => {
  if (value === undefined) throw runtimeError(`The JSONPath '${text}' could not be found in the input`);
  return value;
};

const argument = (value: Argument, environment: Environment): Json => {
  if (value.root === 'literal') return value.value;
  if (value.root === 'text') {
    if (!value.parts)
      throw new StateError('States.IntrinsicFailure', `'${value.raw}': a backslash escapes only ' { } and itself`);
    return value.parts.join('{}');
  }
  return found(evaluate(value, environment), value.root === 'call' ? value.call.name : value.text);
};

const call = ({ name, values }: Call, environment: Environment): Json => {
  const [template] = values;
  return callIntrinsic(
    name,
    values.map((value) => argument(value, environment)),
    template?.root === 'text' ? template.parts : undefined,
  );
};

/**
 * The value of a path or of a call of an intrinsic function; undefined when a definite path selects nothing.
 * @throws StateError States.IntrinsicFailure, States.Runtime for any other text
 */
export const lookUp = (text: string, environment: Environment): Json | undefined =>
  evaluate(compiled(text), environment);

/** @throws StateError States.Runtime when the path selects nothing */
export const requirePath = (text: string, environment: Environment): Json => found(lookUp(text, environment), text);
