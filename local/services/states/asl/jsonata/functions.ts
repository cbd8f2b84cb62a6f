import { randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';
import { HASH_ALGORITHMS, hashOf } from '../hash';
import type { Json } from '../json';
import { seededRandom } from '../random';

const MAX_RANGE_ITEMS = 1000;

/** "Functions that require integer values as parameters will automatically round down any non-integer numbers." */
const partition = (list: readonly Json[], chunk: number): Json => {
  const size = Math.floor(chunk);
  if (size < 1) throw new Error(`$partition: the size of a part is ${chunk}. Expected a whole number from 1.`);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, part) => list.slice(part * size, (part + 1) * size));
};

const range = (...values: readonly [first: number, last: number, step: number]): Json => {
  const [first = 0, last = 0, step = 0] = values.map(Math.floor);
  if (step === 0) throw new Error(`$range(${values.join(', ')}): a step other than 0 is expected`);
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MAX_RANGE_ITEMS) throw new Error(`$range: ${length} items. At most ${MAX_RANGE_ITEMS} are possible.`);
  return Array.from({ length }, (_, index) => first + index * step);
};

const hash = (text: string, algorithm: string): string => {
  const hashed = hashOf(text, algorithm);
  if (hashed === undefined)
    throw new Error(`$hash: there is no algorithm '${algorithm}'. Expected one of ${HASH_ALGORITHMS}.`);
  return hashed;
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
    (seed?: number) => (seed === undefined ? Math.random() : seededRandom(Math.floor(seed))),
    '<n?:n>',
  );
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  expression.assign('eval', undefined);
};
