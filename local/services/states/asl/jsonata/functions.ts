import { createHash, randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';
import type { Json } from '../json';

/** Limits and algorithms of the intrinsic functions that these functions replace. */
const MAX_RANGE_ITEMS = 1000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const partition = (list: readonly Json[], size: number): Json => {
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`$partition: the size of a part is ${size}. Expected a whole number from 1.`);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, part) => list.slice(part * size, (part + 1) * size));
};

const range = (first: number, last: number, step: number): Json => {
  if (![first, last, step].every(Number.isInteger) || step === 0)
    throw new Error(`$range(${first}, ${last}, ${step}): whole numbers and a step other than 0 are expected`);
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MAX_RANGE_ITEMS) throw new Error(`$range: ${length} items. At most ${MAX_RANGE_ITEMS} are possible.`);
  return Array.from({ length }, (_, index) => first + index * step);
};

const hash = (text: string, algorithm: string): string => {
  const name = HASHES[algorithm];
  if (name === undefined)
    throw new Error(`$hash: there is no algorithm '${algorithm}'. Expected one of ${Object.keys(HASHES).join(', ')}.`);
  return createHash(name).update(text).digest('hex');
};

/** A number from 0 up to 1, always the same for one seed (mulberry32; which generator AWS uses is not documented). */
const seededRandom = (seed: number): number => {
  let bits = (seed + 0x6d2b79f5) | 0;
  bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};

const parse = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return value;
};

/**
 * Adds the functions that Step Functions provides beyond JSONata, and removes $eval, which it does not support
 * (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
 */
export const registerStepFunctions = (expression: Expression): void => {
  expression.registerFunction('partition', partition, '<a-n:a>');
  expression.registerFunction('range', range, '<nnn:a>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction(
    'random',
    (seed?: number) => (seed === undefined ? Math.random() : seededRandom(seed)),
    '<n?:n>',
  );
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  expression.assign('eval', undefined);
};
