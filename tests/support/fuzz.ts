import { decodeMsg, decodeRecord, encodeMsg, encodeRecord, type UspMsg, type UspRecord } from '../../proto/codec';
import { uspVectors } from '../fixtures/usp-vectors';

/** Reproducible random numbers (mulberry32). */
export const seeded = (seed: number) => {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number from 0 to limit - 1. */
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return { below, pick };
};

export type Random = ReturnType<typeof seeded>;

/** Every record in the vectors: of real agents and controllers, and of the original. */
export const recordedBytes = (): readonly Buffer[] =>
  ['real-agent-mqtt-3.1.1.jsonl', 'real-agent-mqtt-5.jsonl', 'original-simulator.jsonl']
    .flatMap(uspVectors)
    .map(({ hex }) => Buffer.from(hex, 'hex'));

const MUTATIONS: readonly ((bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer)[] = [
  (bytes, { below }) => {
    const copy = Buffer.from(bytes);
    const at = below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
    return copy;
  },
  (bytes, { below }) => {
    const copy = Buffer.from(bytes);
    copy[below(copy.length)] = below(256);
    return copy;
  },
  (bytes, { below }) => bytes.subarray(0, below(bytes.length)),
  (bytes, { below }) => {
    const at = below(bytes.length);
    const noise = Buffer.from(Array.from({ length: 1 + below(8) }, () => below(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  (bytes, { below }) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(8))]);
  },
  (bytes, { below }) => {
    const at = below(bytes.length);
    const part = bytes.subarray(at, at + 1 + below(32));
    return Buffer.concat([bytes.subarray(0, at), part, part, bytes.subarray(at)]);
  },
  (bytes, { below, pick }, others) => {
    const other = pick(others);
    return Buffer.concat([bytes.subarray(0, below(bytes.length)), other.subarray(below(other.length))]);
  },
  (_bytes, { below }) => Buffer.from(Array.from({ length: below(200) }, () => below(256))),
];

/** One of the records, damaged one to three times. */
export const damaged = (random: Random, records: readonly Buffer[]): Buffer => {
  let bytes = random.pick(records);
  for (let times = 1 + random.below(3); times > 0 && bytes.length > 0; times -= 1)
    bytes = random.pick(MUTATIONS)(bytes, random, records);
  return bytes;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

/** Copies of a value, each without one of its fields or items, at every level. */
export const withoutEach = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    return items.flatMap((item, index) => [
      items.filter((_, at) => at !== index),
      ...withoutEach(item).map((changed) => items.map((other, at) => (at === index ? changed : other))),
    ]);
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
    ...withoutEach(inner).map((changed) => ({ ...value, [key]: changed })),
  ]);
};

const encodable = (encode: () => Uint8Array): readonly Buffer[] => {
  try {
    return [Buffer.from(encode())];
  } catch {
    // A body without a request, response or error: the codec refuses to write it.
    return [];
  }
};

/** Copies of a record, each without one field of the record or of its message. */
export const recordsWithoutEach = (bytes: Buffer): readonly Buffer[] => {
  const record = decodeRecord(bytes);
  const payload = record.noSessionContext?.payload;
  const messages = payload === undefined ? [] : withoutEach(decodeMsg(payload));
  return [
    ...withoutEach(record).flatMap((changed) => encodable(() => encodeRecord(changed as UspRecord))),
    ...messages.flatMap((changed) =>
      encodable(() => encodeRecord({ ...record, noSessionContext: { payload: encodeMsg(changed as UspMsg) } })),
    ),
  ];
};
