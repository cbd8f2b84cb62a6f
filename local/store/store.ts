import type { Socket } from 'node:net';
import { join } from 'node:path';

/** What a service keeps of one kind, by id. The service holds the values; the store is told which have changed. */
export interface Collection<T> {
  /** What was saved before this start, in the order in which the ids came into being. */
  readonly saved: ReadonlyMap<string, T>;
  /** The value of an id has come, changed or gone. */
  changed(id: string): void;
}

/**
 * Where services keep what must survive the process. All that changes in one turn of the event loop is saved together, and
 * before anything that was written to a socket meanwhile leaves the process.
 */
export interface Store {
  /**
   * @param name the same at every start
   * @param valueOf the present value of an id, undefined when there is none: primitives, objects, arrays, Date, Set, Map, Buffer
   */
  collection<T>(name: string, valueOf: (id: string) => T | undefined): Collection<T>;
  /** Saves now what has changed. */
  flush(): void;
  /** Keeps back what is written to a socket until all that has changed so far is saved. */
  holdOutput(socket: Socket): void;
  /** Calls back when all services are there and the template is deployed: what was in flight goes on now. */
  onStart(callback: () => void): void;
  start(): void;
  /** A directory for the files of a service, which may have to be created; undefined when it must do without. */
  directoryOf(service: string): string | undefined;
  close(): void;
}

/**
 * Keeps nothing: services are in memory only.
 * @param directory for files, deleted by whoever made it
 */
export const createMemoryStore = (directory?: string): Store => ({
  onStart: (callback) => callback(),
  start: () => undefined,
  collection: () => ({ saved: new Map(), changed: () => undefined }),
  flush: () => undefined,
  holdOutput: () => undefined,
  directoryOf: (service) => (directory === undefined ? undefined : join(directory, service)),
  close: () => undefined,
});
