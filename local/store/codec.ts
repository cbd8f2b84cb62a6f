import { isRecord } from '../wire/guards';

/** Marks an object of the text that stands for a value which JSON does not have. */
const TAG = '~';

const tagged = (kind: string, value: unknown) => ({ [TAG]: kind, value });

/** JSON.stringify has called toJSON of `value` by now; its holder has the original. */
function replace(this: unknown, key: string, value: unknown): unknown {
  const original: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
  if (original instanceof Date) return tagged('date', original.getTime());
  if (original instanceof Set) return tagged('set', [...original]);
  if (original instanceof Map) return tagged('map', [...original]);
  if (original instanceof Uint8Array) return tagged('bytes', Buffer.from(original).toString('base64'));
  if (isRecord(original) && Object.hasOwn(original, TAG)) return tagged('object', Object.entries(original));
  return value;
}

const revive = (_key: string, value: unknown): unknown => {
  if (!isRecord(value) || !Object.hasOwn(value, TAG)) return value;
  const content = value['value'];
  const list: readonly unknown[] = Array.isArray(content) ? content : [];
  switch (value[TAG]) {
    case 'date':
      return new Date(Number(content));
    case 'set':
      return new Set(list);
    case 'map':
      return new Map(list as readonly [unknown, unknown][]);
    case 'bytes':
      return Buffer.from(String(content), 'base64');
    case 'object':
      return Object.fromEntries(list as readonly [string, unknown][]);
    default:
      throw new Error(`unknown kind of value ${String(value[TAG])}`);
  }
};

/** JSON on one line, with Date, Set, Map and bytes. */
export const encode = (value: unknown): string => JSON.stringify(value, replace);

/** @throws SyntaxError, Error for text that `encode` has not made */
export const decode = (text: string): unknown => JSON.parse(text, revive) as unknown;
