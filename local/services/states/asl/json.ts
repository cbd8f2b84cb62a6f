/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as JSON: without undefined, Dates or bytes. */
export const toJson = (value: unknown): Json => {
  if (value === undefined) return null;
  const json: Json = JSON.parse(JSON.stringify(value)) as Json;
  return json;
};

/** The objects in an array; none when the value is no array. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];

/** The elements of an array as texts; none when the value is no array. */
export const textsIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).map(String) : [];
