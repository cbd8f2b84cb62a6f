/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as JSON has it: no undefined, no Dates, no bytes. */
export const toJson = (value: unknown): Json => {
  if (value === undefined) return null;
  const json: Json = JSON.parse(JSON.stringify(value)) as Json;
  return json;
};
