import { isObject, type Json } from '../json';
import { runtimeError, StateError } from '../state-error';
import { isDefinite } from './path';
import { compileReference } from './reference';

/**
 * The keys of a reference path on the data, such as ResultPath; undefined for any other path: one into the context object
 * or a variable, or one that may select several values. https://states-language.net/#ref-paths
 * @throws JsonPathError
 */
export const referencePathKeys = (path: string): readonly (string | number)[] | undefined => {
  const reference = compileReference(path);
  if (reference.root !== 'data' || !isDefinite(reference.path)) return undefined;
  return reference.path.flatMap((step): (string | number)[] =>
    step.kind === 'key' ? [step.key] : step.kind === 'index' ? [step.index] : [],
  );
};

/**
 * A copy of `target` with `value` at a reference path (ResultPath); missing objects on the way are made.
 * @throws StateError States.ResultPathMatchFailure when the path does not fit `target`
 */
export const placeAt = (target: Json, path: string, value: Json): Json => {
  const mismatch = () => new StateError('States.ResultPathMatchFailure', `${path} does not fit the input`);
  const set = (at: Json, [key, ...rest]: readonly (string | number)[]): Json => {
    if (key === undefined) return value;
    if (typeof key === 'string') {
      if (Array.isArray(at)) throw mismatch();
      const object = isObject(at) ? at : {};
      const inner = Object.hasOwn(object, key) ? object[key] : undefined;
      return { ...object, [key]: set(inner ?? {}, rest) };
    }
    const list: readonly Json[] | undefined = Array.isArray(at) ? at : undefined;
    if (!list || key < 0 || key >= list.length) throw mismatch();
    return list.map((item, index) => (index === key ? set(item, rest) : item));
  };
  const keys = referencePathKeys(path);
  if (!keys) throw runtimeError(`'${path}' is no reference path`);
  if (!isObject(target) && !Array.isArray(target)) throw mismatch();
  return set(target, keys);
};
