import { authorization, refusalOf, ServerError } from './session';

/** What is known of a topic; neither value nor error while it is loaded for the first time. */
export interface LiveValue {
  readonly value?: unknown;
  readonly error?: string;
  /** When it last changed, milliseconds since the epoch. */
  readonly at?: number;
}

export type ConnectionState = 'live' | 'connecting' | 'lost' | 'refused';

interface Entry {
  latest: LiveValue;
  readonly listeners: Set<() => void>;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

const entries = new Map<string, Entry>();
const stateListeners = new Set<() => void>();
let state: ConnectionState = 'connecting';
let connection: AbortController | undefined;
let retryMs = FIRST_RETRY_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

const become = (next: ConnectionState) => {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener();
};

/** One message of the stream, as the server writes it: {topic, value | error, at}. */
const receive = (text: string) => {
  const { topic, ...latest } = JSON.parse(text) as { readonly topic: string } & LiveValue;
  const entry = entries.get(topic);
  if (entry === undefined) return;
  // After a failure the last value stays on the page, with the error beside it.
  entry.latest = 'value' in latest ? latest : { ...entry.latest, ...latest };
  for (const listener of entry.listeners) listener();
};

const readStream = async (body: ReadableStream<Uint8Array>) => {
  // Not every browser iterates over a stream.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) receive(part.slice('data: '.length));
  }
};

const connect = async () => {
  timer = undefined;
  connection?.abort();
  // A hidden page costs nothing: browsers allow six connections per server, and AWS is called for those who look.
  if (entries.size === 0 || document.hidden) return;
  const mine = new AbortController();
  connection = mine;
  try {
    const query = new URLSearchParams([...entries.keys()].map((topic) => ['topic', topic]));
    const response = await fetch(`api/live?${query}`, { headers: authorization(), signal: mine.signal });
    if (!response.ok || response.body === null) throw await refusalOf(response);
    become('live');
    retryMs = FIRST_RETRY_MS;
    await readStream(response.body);
    throw new Error('The stream has ended.');
  } catch (error) {
    if (mine.signal.aborted) return;
    if (error instanceof ServerError && error.status === 401) return become('refused');
    become('lost');
    timer = setTimeout(() => void connect(), retryMs);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }
};

/** Several parts of the page appear at once: one connection for all of them. */
const connectSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => void connect(), 0);
};
document.addEventListener('visibilitychange', connectSoon);

/** @returns the end of it */
export const follow = (topic: string, listener: () => void): (() => void) => {
  let entry = entries.get(topic);
  if (entry === undefined) {
    entry = { latest: {}, listeners: new Set() };
    entries.set(topic, entry);
    connectSoon();
  }
  const followed = entry;
  followed.listeners.add(listener);
  return () => {
    followed.listeners.delete(listener);
    if (followed.listeners.size > 0 || entries.get(topic) !== followed) return;
    entries.delete(topic);
    connectSoon();
  };
};

export const latestOf = (topic: string): LiveValue => entries.get(topic)?.latest ?? {};

export const connectionState = (): ConnectionState => state;

export const onConnectionState = (listener: () => void): (() => void) => {
  stateListeners.add(listener);
  return () => void stateListeners.delete(listener);
};
