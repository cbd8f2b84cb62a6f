import type { Socket } from 'node:net';
import { join } from 'node:path';
import { type Change, openJournal } from './journal';
import { createOutputGate } from './output-gate';
import type { Collection, Store } from './store';

/** A journal is rewritten when it is this large, and larger than this many times what a rewrite leaves. */
const REWRITE_BYTES = 32 * 1024 * 1024;
const REWRITE_FACTOR = 3;
/** Values that a rewrite copies per turn of the event loop. */
const REWRITE_SLICE = 500;

interface Kept {
  readonly valueOf: (id: string) => unknown;
  /** Ids that the journal holds, with their places in the order of creation. */
  readonly orders: Map<string, number>;
}

interface Saved {
  readonly order: number;
  readonly value: unknown;
}
type Loaded = Map<string, Map<string, Saved>>;

const load = (loaded: Loaded, [collection, id, order, value]: Change): void => {
  const values = loaded.get(collection) ?? new Map<string, Saved>();
  loaded.set(collection, values);
  if (order === undefined) values.delete(id);
  else values.set(id, { order, value });
};

/**
 * A store in a directory. What was written survives the end of the process, not that of the machine: nothing waits for the disk.
 * @param rewriteBytes for tests
 * @throws DataDirectoryError when the directory cannot be read
 */
export const createDurableStore = (directory: string, rewriteBytes = REWRITE_BYTES): Store => {
  const loaded: Loaded = new Map();
  const journal = openJournal(directory, (change) => load(loaded, change));
  const collections = new Map<string, Kept>();
  const dirty = new Map<string, Set<string>>();
  const gate = createOutputGate(
    () => dirty.size > 0,
    () => flush(),
  );
  let lastOrder = 0;
  let sizeAfterRewrite = 0;
  let rewriting: Iterator<readonly [string, string]> | undefined;
  let closed = false;
  const waiting: (() => void)[] = [];
  let started = false;
  for (const values of loaded.values()) for (const { order } of values.values()) lastOrder = Math.max(lastOrder, order);

  const mark = (collection: string, id: string) => {
    if (closed) return;
    if (dirty.size === 0) setImmediate(flush);
    const ids = dirty.get(collection) ?? new Set();
    dirty.set(collection, ids.add(id));
  };

  const changeOf = (collection: string, id: string, { valueOf, orders }: Kept): readonly Change[] => {
    const value = valueOf(id);
    if (value === undefined) return orders.delete(id) ? [[collection, id]] : [];
    const order = orders.get(id) ?? (lastOrder += 1);
    orders.set(id, order);
    return [[collection, id, order, value]];
  };

  function* everything() {
    for (const [collection, { orders }] of collections) for (const id of orders.keys()) yield [collection, id] as const;
  }
  /** Marks a part of what is kept as changed, so that the new segment gets it. */
  const rewriteSome = () => {
    for (let count = 0; rewriting && count < REWRITE_SLICE; count += 1) {
      const next = rewriting.next();
      if (next.done) {
        flush();
        journal.dropOlder();
        sizeAfterRewrite = journal.size;
        rewriting = undefined;
      } else mark(...next.value);
    }
    if (rewriting && !closed) setImmediate(rewriteSome);
  };
  const rewriteIfLarge = () => {
    if (rewriting || journal.size < Math.max(rewriteBytes, REWRITE_FACTOR * sizeAfterRewrite)) return;
    journal.rotate();
    rewriting = everything();
    setImmediate(rewriteSome);
  };

  function flush(): void {
    if (closed) return;
    const changes: Change[] = [];
    for (const [name, ids] of dirty) {
      const kept = collections.get(name);
      if (kept) for (const id of ids) changes.push(...changeOf(name, id, kept));
    }
    dirty.clear();
    if (changes.length > 0) journal.append(changes);
    gate.release();
    rewriteIfLarge();
  }

  const take = (name: string): readonly (readonly [id: string, saved: Saved])[] => {
    const values = [...(loaded.get(name) ?? [])];
    loaded.delete(name);
    return values.sort(([, a], [, b]) => a.order - b.order);
  };

  return {
    collection: <T>(name: string, valueOf: (id: string) => T | undefined): Collection<T> => {
      const values = take(name);
      collections.set(name, { valueOf, orders: new Map(values.map(([id, { order }]) => [id, order])) });
      // The format of the directory says that this program has written it, so it is what the service has given.
      const saved = new Map(values.map(([id, { value }]) => [id, value as T]));
      return { saved, changed: (id) => mark(name, id) };
    },
    onStart: (callback) => {
      if (started) callback();
      else waiting.push(callback);
    },
    start: () => {
      started = true;
      for (const callback of waiting.splice(0)) callback();
    },
    flush,
    holdOutput: (socket: Socket) => gate.hold(socket),
    directoryOf: (service) => join(directory, service),
    close: () => {
      flush();
      closed = true;
      journal.close();
    },
  };
};
