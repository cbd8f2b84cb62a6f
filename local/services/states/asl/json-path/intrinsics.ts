import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { HASH_ALGORITHMS, hashOf } from '../hash';
import { isObject, type Json } from '../json';
import { seededRandom } from '../random';
import { StateError } from '../state-error';

const MAX_RANGE_ITEMS = 1000;
const MIN_INTEGER = -(2 ** 31);
const MAX_INTEGER = 2 ** 31 - 1;

/** The arguments of a call, read by type. */
class Values {
  constructor(
    private readonly name: string,
    readonly all: readonly Json[],
  ) {}

  fail(problem: string): never {
    throw new StateError('States.IntrinsicFailure', `States.${this.name}: ${problem}`);
  }

  private expected(type: string, index: number): never {
    return this.fail(`${type} is expected as argument ${index + 1}, not ${JSON.stringify(this.all[index])}`);
  }

  number(index: number): number {
    const value = this.all[index];
    return typeof value === 'number' ? value : this.expected('a number', index);
  }

  /** "If you specify a non-integer value, Step Functions will round it off to the nearest integer." */
  integer(index: number): number {
    return Math.round(this.number(index));
  }

  addend(index: number): number {
    const value = this.integer(index);
    if (value < MIN_INTEGER || value > MAX_INTEGER)
      this.fail(`${value} is not in the range from ${MIN_INTEGER} to ${MAX_INTEGER}`);
    return value;
  }

  /** A value as it stands in a text: https://states-language.net/#statesformat */
  inline(index: number): string {
    const value = this.all[index];
    if (typeof value === 'object' && value !== null) this.expected('a string, a boolean, a number or null', index);
    return String(value);
  }

  text(index: number): string {
    const value = this.all[index];
    return typeof value === 'string' ? value : this.expected('a string', index);
  }

  list(index: number): readonly Json[] {
    const value = this.all[index];
    return Array.isArray(value) ? (value as readonly Json[]) : this.expected('an array', index);
  }
}

/** @param template what stands around each {} of the template; read from the first value when that is no literal */
type Intrinsic = (values: Values, template?: readonly string[]) => Json;

/** https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
const INTRINSICS = {
  Format: (values, template = values.text(0).split('{}')) => {
    const rest = values.all.slice(1);
    if (rest.length !== template.length - 1)
      values.fail(`the template has ${template.length - 1} {}, but there are ${rest.length} values for them`);
    return template.reduce((text, part, index) => text + values.inline(index) + part);
  },
  StringToJson: (values) => {
    const text = values.text(0);
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      return values.fail(String(error));
    }
  },
  JsonToString: ({ all: [value = null] }) => JSON.stringify(value),
  JsonMerge: (values) => {
    const [a, b, deep] = values.all;
    if (!isObject(a) || !isObject(b)) return values.fail('two objects are expected');
    if (deep !== false) values.fail('only shallow merging (false) exists');
    return { ...a, ...b };
  },
  Array: ({ all }) => all,
  ArrayPartition: (values) => {
    const items = values.list(0);
    const size = values.integer(1);
    if (size < 1) values.fail('the size must be positive');
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
  },
  ArrayContains: (values) => values.list(0).some((item) => isDeepStrictEqual(item, values.all[1])),
  ArrayRange: (values) => {
    const [from, to, by] = [values.integer(0), values.integer(1), values.integer(2)];
    if (by === 0) values.fail('the step must not be 0');
    const length = Math.max(0, Math.floor((to - from) / by) + 1);
    if (length > MAX_RANGE_ITEMS) values.fail(`at most ${MAX_RANGE_ITEMS} elements are possible`);
    return Array.from({ length }, (_, i) => from + i * by);
  },
  ArrayGetItem: (values) => {
    const item = values.list(0)[values.number(1)];
    return item === undefined ? values.fail('the index is out of range') : item;
  },
  ArrayLength: (values) => values.list(0).length,
  ArrayUnique: (values) => {
    const items = values.list(0);
    return items.filter((item, index) => items.findIndex((other) => isDeepStrictEqual(item, other)) === index);
  },
  Base64Encode: (values) => Buffer.from(values.text(0)).toString('base64'),
  Base64Decode: (values) => Buffer.from(values.text(0), 'base64').toString('utf8'),
  Hash: (values) => {
    const [data = null] = values.all;
    return (
      hashOf(typeof data === 'string' ? data : JSON.stringify(data), values.text(1)) ??
      values.fail(`expected one of the algorithms ${HASH_ALGORITHMS}`)
    );
  },
  MathRandom: (values) => {
    const [from, to] = [values.integer(0), values.integer(1)];
    const random = values.all.length > 2 ? seededRandom(values.integer(2)) : Math.random();
    return from + Math.floor(random * (to - from));
  },
  MathAdd: (values) => values.addend(0) + values.addend(1),
  StringSplit: (values) => {
    const separators = Array.from(values.text(1));
    const parts: string[] = [''];
    for (const character of values.text(0))
      if (separators.includes(character)) parts.push('');
      else parts.push((parts.pop() ?? '') + character);
    return parts.filter((part) => part !== '');
  },
  UUID: () => randomUUID(),
} satisfies Readonly<Record<string, Intrinsic>>;

export type IntrinsicName = keyof typeof INTRINSICS;

export const isIntrinsic = (name: string): name is IntrinsicName => Object.hasOwn(INTRINSICS, name);

/** @throws StateError States.IntrinsicFailure */
export const callIntrinsic = (name: IntrinsicName, values: readonly Json[], template?: readonly string[]): Json => {
  const intrinsic: Intrinsic = INTRINSICS[name];
  return intrinsic(new Values(name, values), template);
};
