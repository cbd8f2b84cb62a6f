/** A value of AWS IoT SQL. `undefined` is its Undefined; bytes appear where a payload is not JSON. */
export type SqlValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Buffer
  | readonly SqlValue[]
  | { readonly [key: string]: SqlValue };

type SqlObject = { readonly [key: string]: SqlValue };

export const isArray = (value: SqlValue): value is readonly SqlValue[] => Array.isArray(value);

export const isObject = (value: SqlValue): value is SqlObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

/** Strings that AWS IoT converts to numbers. */
const DECIMAL = /^-?\d+(\.\d+)?(e-?\d+)?$/i;

/** Standard conversion to Decimal; undefined where AWS IoT returns Undefined. */
export const toDecimal = (value: SqlValue): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
};

/** Standard conversion to Int: decimals are rounded down. */
export const toInt = (value: SqlValue): number | undefined => {
  const decimal = toDecimal(value);
  return decimal === undefined ? undefined : Math.floor(decimal);
};

/** Standard conversion to String; undefined for Null and Undefined. */
export const toText = (value: SqlValue): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** Boolean operands may also be the strings "true" and "false". */
export const toBoolean = (value: SqlValue): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
};

const typeOf = (value: SqlValue): string => {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return 'bytes';
  return Array.isArray(value) ? 'array' : typeof value;
};

/** Whether two values are equal for `=`: by type, content and, in arrays, order. */
export const equal = (left: SqlValue, right: SqlValue): boolean => {
  if (typeOf(left) !== typeOf(right)) return false;
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return left.equals(right);
  if (isArray(left) && isArray(right))
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
    );
  }
  return left === right;
};

/** The member of an object, item of an array or character of a string; Undefined when there is none. */
export const memberOf = (of: SqlValue, key: SqlValue): SqlValue => {
  if (isObject(of)) return typeof key === 'string' && Object.hasOwn(of, key) ? of[key] : undefined;
  const index = toInt(key);
  if (index === undefined || index < 0) return undefined;
  if (isArray(of)) return of[index];
  return typeof of === 'string' && index < of.length ? of.charAt(index) : undefined;
};

/** JSON and decoded messages contain nothing else, so only the outermost type is checked. */
export const isSqlValue = (value: unknown): value is SqlValue =>
  value === null || ['undefined', 'boolean', 'number', 'string', 'object'].includes(typeof value);

/** A text parsed as JSON, or undefined when it is not JSON. */
export const parseJson = (text: string): SqlValue => {
  try {
    const value: unknown = JSON.parse(text);
    return isSqlValue(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
