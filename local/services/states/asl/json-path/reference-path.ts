import { isObject, type Json } from '../json';
import { StateError } from '../state-error';

/**
 * A copy of `target` with `value` at a reference path (ResultPath); missing objects on the way are made.
 * @throws StateError States.ResultPathMatchFailure when `target` is neither an object nor an array
 */
export const placeAt = (target: Json, path: string, value: Json): Json => {
  const keys = path.match(/[^.[\]'"$]+/g) ?? [];
  const set = (at: Json, [key, ...rest]: readonly string[]): Json => {
    if (key === undefined) return value;
    if (Array.isArray(at)) {
      const list = [...(at as readonly Json[])];
      list[Number(key)] = set(list[Number(key)] ?? {}, rest);
      return list;
    }
    const object = isObject(at) ? at : {};
    return { ...object, [key]: set(object[key] ?? {}, rest) };
  };
  if (!isObject(target) && !Array.isArray(target))
    throw new StateError('States.ResultPathMatchFailure', `${path} does not fit the input`);
  return set(target, keys);
};
