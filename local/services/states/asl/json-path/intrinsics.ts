import { createHash, randomUUID } from 'node:crypto';
import { isObject, type Json } from '../json';
import { StateError } from '../state-error';

const failure = (cause: string) => new StateError('States.IntrinsicFailure', cause);

/** Whether a text is a call of an intrinsic function. */
export const isIntrinsic = (text: string): boolean => /^States\.\w+\(/.test(text);

const numberOf = (name: string, value: Json | undefined): number => {
  if (typeof value !== 'number') throw failure(`${name}: a number is expected, not ${JSON.stringify(value)}`);
  return value;
};

const textOf = (name: string, value: Json | undefined): string => {
  if (typeof value !== 'string') throw failure(`${name}: a string is expected, not ${JSON.stringify(value)}`);
  return value;
};

const listOf = (name: string, value: Json | undefined): readonly Json[] => {
  if (!Array.isArray(value)) throw failure(`${name}: an array is expected, not ${JSON.stringify(value)}`);
  return value as readonly Json[];
};

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const same = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

type Intrinsic = (...values: readonly Json[]) => Json;

/** https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Format: (template, ...values) => {
    const text = textOf('States.Format', template);
    const rest = [...values];
    const result = text.replace(/\{\}/g, () => {
      const value = rest.shift();
      if (value === undefined) throw failure('States.Format: fewer values than {}');
      return asText(value);
    });
    if (rest.length > 0) throw failure('States.Format: more values than {}');
    return result;
  },
  StringToJson: (text) => {
    try {
      return JSON.parse(textOf('States.StringToJson', text)) as Json;
    } catch (error) {
      if (error instanceof StateError) throw error;
      throw failure(`States.StringToJson: ${String(error)}`);
    }
  },
  JsonToString: (value) => JSON.stringify(value),
  JsonMerge: (a, b, deep) => {
    if (!isObject(a) || !isObject(b)) throw failure('States.JsonMerge: two objects are expected');
    if (deep !== false) throw failure('States.JsonMerge: only shallow merging (false) exists');
    return { ...a, ...b };
  },
  Array: (...values) => values,
  ArrayPartition: (list, size) => {
    const items = listOf('States.ArrayPartition', list);
    const length = numberOf('States.ArrayPartition', size);
    if (length < 1) throw failure('States.ArrayPartition: the size must be positive');
    return Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
      items.slice(i * length, (i + 1) * length),
    );
  },
  ArrayContains: (list, value) => listOf('States.ArrayContains', list).some((item) => same(item, value ?? null)),
  ArrayRange: (first, last, step) => {
    const [from, to, by] = [first, last, step].map((value) => numberOf('States.ArrayRange', value));
    if (from === undefined || to === undefined || !by) throw failure('States.ArrayRange: the step must not be 0');
    const length = Math.max(0, Math.floor((to - from) / by) + 1);
    if (length > 1000) throw failure('States.ArrayRange: at most 1000 elements');
    return Array.from({ length }, (_, i) => from + i * by);
  },
  ArrayGetItem: (list, index) => {
    const item = listOf('States.ArrayGetItem', list)[numberOf('States.ArrayGetItem', index)];
    if (item === undefined) throw failure('States.ArrayGetItem: the index is out of range');
    return item;
  },
  ArrayLength: (list) => listOf('States.ArrayLength', list).length,
  ArrayUnique: (list) => {
    const items = listOf('States.ArrayUnique', list);
    return items.filter((item, index) => items.findIndex((other) => same(item, other)) === index);
  },
  Base64Encode: (text) => Buffer.from(textOf('States.Base64Encode', text)).toString('base64'),
  Base64Decode: (text) => Buffer.from(textOf('States.Base64Decode', text), 'base64').toString('utf8'),
  Hash: (data, algorithm) => {
    const name = HASHES[textOf('States.Hash', algorithm)];
    if (name === undefined) throw failure(`States.Hash: no such algorithm ${JSON.stringify(algorithm)}`);
    return createHash(name)
      .update(asText(data ?? null))
      .digest('hex');
  },
  MathRandom: (from, to) => {
    const start = numberOf('States.MathRandom', from);
    return start + Math.floor(Math.random() * (numberOf('States.MathRandom', to) - start));
  },
  MathAdd: (a, b) => numberOf('States.MathAdd', a) + numberOf('States.MathAdd', b),
  StringSplit: (text, separators) => {
    const characters = Array.from(textOf('States.StringSplit', separators));
    const parts: string[] = [''];
    for (const character of textOf('States.StringSplit', text))
      if (characters.includes(character)) parts.push('');
      else parts.push((parts.pop() ?? '') + character);
    return parts.filter((part) => part !== '');
  },
  UUID: () => randomUUID(),
};

/** Splits the arguments of a call at its commas, outside of quotes, brackets and inner calls. */
const splitArguments = (text: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let current = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted && character === '\\') {
      current += character + (text[at + 1] ?? '');
      at += 1;
      continue;
    }
    if (character === "'") quoted = !quoted;
    if (!quoted && (character === '(' || character === '[')) depth += 1;
    if (!quoted && (character === ')' || character === ']')) depth -= 1;
    if (!quoted && depth === 0 && character === ',') {
      parts.push(current.trim());
      current = '';
    } else current += character;
  }
  return current.trim() === '' && parts.length === 0 ? [] : [...parts, current.trim()];
};

/**
 * Evaluates `States.Name(…)`. Arguments are paths, literals ('text', numbers, true, false, null) or calls.
 * @throws StateError States.IntrinsicFailure
 */
export const evaluateIntrinsic = (text: string, path: (path: string) => Json): Json => {
  const call = /^States\.(\w+)\(([\s\S]*)\)$/.exec(text.trim());
  const [, name = '', inside = ''] = call ?? [];
  const intrinsic = INTRINSICS[name];
  if (!call || !intrinsic) throw failure(`'${text}' is not a call of an intrinsic function`);
  const values = splitArguments(inside).map((argument): Json => {
    if (isIntrinsic(argument)) return evaluateIntrinsic(argument, path);
    if (argument.startsWith('$')) return path(argument);
    const quoted = /^'([\s\S]*)'$/.exec(argument);
    if (quoted) return (quoted[1] ?? '').replace(/\\(['{}\\])/g, '$1');
    try {
      return JSON.parse(argument) as Json;
    } catch {
      throw failure(`'${argument}' is not an argument of an intrinsic function`);
    }
  });
  return intrinsic(...values);
};
