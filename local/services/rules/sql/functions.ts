import { createHash, randomUUID } from 'node:crypto';
import type { MessageProperties } from '../../../core/mqtt';
import { type SqlValue, isArray, memberOf, parseJson, toDecimal, toInt, toText } from './values';

/** What functions can read about the message and the rule. */
export interface MessageContext {
  readonly topic: string;
  readonly segments: readonly string[];
  readonly clientId?: string;
  /** Certificate id of the sender. */
  readonly principal?: string;
  /** The MQTT 5 properties of the message. */
  readonly properties?: MessageProperties;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface SqlFunction {
  /** Least and greatest number of arguments. */
  readonly arity: readonly [number, number];
  readonly call: (args: readonly SqlValue[], context: MessageContext) => SqlValue;
}

const NO_MQTT = 'n/a';

const fn = (arity: SqlFunction['arity'], call: SqlFunction['call']): SqlFunction => ({ arity, call });

/** A function of strings: other arguments are converted; Null and Undefined make the result Undefined. */
const ofTexts = (count: number, call: (...texts: string[]) => SqlValue) =>
  fn([count, count], (args) => {
    const texts = args.map(toText).filter((text) => text !== undefined);
    return texts.length === count ? call(...texts) : undefined;
  });

const ofNumbers = (count: number, call: (...numbers: number[]) => number) =>
  fn([count, count], (args) => {
    const numbers = args.map(toDecimal).filter((number) => number !== undefined);
    if (numbers.length !== count) return undefined;
    const result = call(...numbers);
    return Number.isFinite(result) ? result : undefined;
  });

const regexp = (text: string, flags = ''): RegExp | undefined => {
  try {
    return new RegExp(text, flags);
  } catch {
    return undefined;
  }
};

const concat = (args: readonly SqlValue[]): SqlValue => {
  if (args.length === 1) return args[0];
  if (args.some((argument) => isArray(argument)))
    return args.flatMap((argument): readonly SqlValue[] => (isArray(argument) ? argument : [argument]));
  const texts = args.map(toText);
  return texts.length === 0 || texts.includes(undefined) ? undefined : texts.join('');
};

const substring = ([value, from, to]: readonly SqlValue[], withEnd: boolean): SqlValue => {
  const text = toText(value);
  const start = toInt(from);
  const end = withEnd ? toInt(to) : Number.MAX_SAFE_INTEGER;
  if (text === undefined || start === undefined || end === undefined) return undefined;
  return text.slice(Math.max(0, start), Math.max(0, end));
};

const encode = (value: SqlValue): SqlValue => {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  const text = toText(value);
  return text === undefined ? undefined : Buffer.from(text).toString('base64');
};

const decode = (value: SqlValue): SqlValue => {
  const text = toText(value);
  if (text === undefined) return undefined;
  const decoded = Buffer.from(text, 'base64').toString();
  const json = parseJson(decoded);
  return json === undefined ? decoded : json;
};

/** MQTT 5 properties by their names in SQL (AWS IoT SQL reference, get_mqtt_property). */
const MQTT_PROPERTIES: ReadonlyMap<string, (properties: MessageProperties) => SqlValue> = new Map([
  ['content_type', ({ contentType }) => contentType],
  ['format_indicator', ({ payloadFormatIndicator }) => (payloadFormatIndicator ? 'UTF8_DATA' : 'UNSPECIFIED_BYTES')],
  ['response_topic', ({ responseTopic }) => responseTopic],
  ['correlation_data', ({ correlationData }) => correlationData?.toString('base64')],
]);

/** All values of a user property, or all user properties as objects (AWS IoT SQL reference, get_user_properties). */
const userProperties = ([key]: readonly SqlValue[], { properties }: MessageContext): SqlValue => {
  const pairs = properties?.userProperties ?? [];
  if (key === undefined) return pairs.map(([name, value]) => ({ [name]: value }));
  const values = pairs.flatMap(([name, value]) => (name === key ? [value] : []));
  return values.length > 0 ? values : undefined;
};

const round = (value: number) => Math.sign(value) * Math.round(Math.abs(value));

const trimStart = (text: string) => text.replace(/^[ \t]+/, '');
const trimEnd = (text: string) => text.replace(/[ \t]+$/, '');

const hashes = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map(
  (name) => [name, ofTexts(1, (text) => createHash(name).update(text).digest('hex'))] as const,
);

/** The functions of AWS IoT SQL that local mode emulates, by lower-case name (SQL reference, functions). */
export const FUNCTIONS: ReadonlyMap<string, SqlFunction> = new Map([
  [
    'topic',
    fn([0, 1], ([position], { topic, segments }) => {
      if (position === undefined) return topic;
      const index = toInt(position);
      return index === undefined ? undefined : segments[index - 1];
    }),
  ],
  ['clientid', fn([0, 0], (_, { clientId }) => clientId ?? NO_MQTT)],
  ['principal', fn([0, 0], (_, { principal }) => principal ?? NO_MQTT)],
  [
    'get_mqtt_property',
    fn([1, 1], ([name], { properties = {} }) => MQTT_PROPERTIES.get(toText(name) ?? '')?.(properties)),
  ],
  ['get_user_properties', fn([0, 1], userProperties)],
  ['accountid', fn([0, 0], (_, { accountId }) => accountId)],
  ['timestamp', fn([0, 0], (_, { now }) => now)],
  ['newuuid', fn([0, 0], () => randomUUID())],
  ['isundefined', fn([1, 1], ([value]) => value === undefined)],
  ['isnull', fn([1, 1], ([value]) => value === null)],
  ['get', fn([2, 2], ([of, key]) => memberOf(of, key))],
  ['concat', fn([0, 100], concat)],
  ['substring', fn([2, 3], (args) => substring(args, args.length === 3))],
  ['indexof', ofTexts(2, (text, part) => text.indexOf(part))],
  ['startswith', ofTexts(2, (text, part) => text.startsWith(part))],
  ['endswith', ofTexts(2, (text, part) => text.endsWith(part))],
  ['lower', ofTexts(1, (text) => text.toLowerCase())],
  ['upper', ofTexts(1, (text) => text.toUpperCase())],
  ['length', ofTexts(1, (text) => text.length)],
  ['numbytes', ofTexts(1, (text) => Buffer.byteLength(text))],
  ['ltrim', ofTexts(1, (text) => trimStart(text))],
  ['rtrim', ofTexts(1, (text) => trimEnd(text))],
  ['trim', ofTexts(1, (text) => trimStart(trimEnd(text)))],
  ['replace', ofTexts(3, (text, part, by) => text.split(part).join(by))],
  ['regexp_matches', ofTexts(2, (text, pattern) => regexp(pattern)?.test(text))],
  [
    'regexp_replace',
    ofTexts(3, (text, pattern, by) => {
      const found = regexp(pattern, 'g');
      return found && text.replace(found, by);
    }),
  ],
  [
    'regexp_substr',
    ofTexts(2, (text, pattern) => {
      const found = regexp(pattern);
      return found && text.match(found)?.[0];
    }),
  ],
  ['encode', fn([2, 2], ([value]) => encode(value))],
  ['decode', fn([2, 2], ([value]) => decode(value))],
  ['abs', ofNumbers(1, (x) => Math.abs(x))],
  ['ceil', ofNumbers(1, (x) => Math.ceil(x))],
  ['floor', ofNumbers(1, (x) => Math.floor(x))],
  ['round', ofNumbers(1, (x) => round(x))],
  ['sign', ofNumbers(1, (x) => Math.sign(x))],
  ['mod', ofNumbers(2, (x, y) => x % y)],
  ['remainder', ofNumbers(2, (x, y) => x % y)],
  ['power', ofNumbers(2, (x, y) => x ** y)],
  ['sqrt', ofNumbers(1, (x) => Math.sqrt(x))],
  ['nanvl', fn([2, 2], ([value, other]) => (value === undefined || value === null ? other : value))],
  ...hashes,
]);
