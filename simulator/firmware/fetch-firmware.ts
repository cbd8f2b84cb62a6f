import { createHash } from 'node:crypto';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FirmwareSource } from '../agent/firmware-source';
import type { TransferFailure } from '../agent/types';
import { faultOfStatus, transferFailure } from './transfer-faults';

export interface FetchOptions {
  /** How often the server is asked, for the whole file or for the rest of it. */
  readonly tries: number;
  /** Before the second try; doubles with each. */
  readonly retrySeconds: number;
  /** Without a byte for so long, a connection counts as broken. */
  readonly idleSeconds: number;
  readonly signal?: AbortSignal;
}

/** What has arrived of a file. */
interface Progress {
  readonly hash: ReturnType<typeof createHash>;
  readonly received: number;
  /** Tells whether the rest still belongs to the same file. */
  readonly etag: string | undefined;
}

type Attempt =
  | { readonly done: Progress }
  | { readonly broken: Progress; readonly failure: TransferFailure }
  | { readonly failure: TransferFailure };

const hashOf = ({ checkSum }: FirmwareSource) =>
  createHash((checkSum?.algorithm ?? 'SHA-256').replace('-', '').toLowerCase());

const authorization = ({ username, password }: FirmwareSource): { readonly [header: string]: string } =>
  username === '' && password === ''
    ? {}
    : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };

const rest = ({ received, etag }: Progress): { readonly [header: string]: string } =>
  received === 0 ? {} : { range: `bytes=${received}-`, ...(etag !== undefined && { 'if-range': etag }) };

/** The reason below what fetch says, which is always "fetch failed". */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
};

/** Where the body of a response belongs: behind what has arrived, or at the start of a new file. */
const placeOf = (response: Response, source: FirmwareSource, before: Progress): Progress => {
  const etag = response.headers.get('etag') ?? undefined;
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 206 && Number(start) === before.received) return { ...before, etag };
  return { hash: hashOf(source), received: 0, etag };
};

const receive = async (
  source: FirmwareSource,
  before: Progress,
  signal: AbortSignal,
  onData: () => void,
): Promise<Attempt> => {
  let response: Response;
  try {
    response = await fetch(source.url, { headers: { ...authorization(source), ...rest(before) }, signal });
  } catch (error) {
    const failure = transferFailure('unableToContactServer', `cannot reach ${source.url}: ${reasonOf(error)}`);
    return { broken: before, failure };
  }
  if (!response.ok) {
    await response.body?.cancel();
    const { fault, mayPass } = faultOfStatus(response.status);
    const failure = transferFailure(fault, `cannot download ${source.url}: HTTP ${response.status}`);
    return mayPass ? { broken: before, failure } : { failure };
  }
  const { hash, received: start, etag } = placeOf(response, source, before);
  let received = start;
  try {
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
      onData();
      hash.update(read.value);
      received += read.value.length;
      if (source.fileSize !== undefined && received > source.fileSize) await reader?.cancel();
    }
  } catch (error) {
    const faultString = `download of ${source.url} broke after ${received} bytes: ${reasonOf(error)}`;
    return { broken: { hash, received, etag }, failure: transferFailure('unableToComplete', faultString) };
  }
  return { done: { hash, received, etag } };
};

const verify = ({ url, fileSize, checkSum }: FirmwareSource, { hash, received }: Progress) => {
  if (fileSize !== undefined && received !== fileSize)
    return transferFailure('corrupted', `${url} has ${received} bytes or more, not ${fileSize}`);
  const digest = hash.digest('hex');
  if (checkSum && digest !== checkSum.hex.toLowerCase())
    return transferFailure('corrupted', `${checkSum.algorithm} of ${url} is ${digest}, not ${checkSum.hex}`);
  return undefined;
};

/** One try; a connection that stays silent is broken off. */
const attempt = async (source: FirmwareSource, before: Progress, options: FetchOptions): Promise<Attempt> => {
  const silent = new AbortController();
  const stop = () => silent.abort(new Error(`nothing came for ${options.idleSeconds} s`));
  const timer = setTimeout(stop, options.idleSeconds * 1000);
  const signals = [silent.signal, ...(options.signal ? [options.signal] : [])];
  try {
    return await receive(source, before, AbortSignal.any(signals), () => timer.refresh());
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Downloads a firmware, which is thrown away: only its size and its check sum matter.
 * What broke is taken up again where it broke (Range), when the file is still the same (If-Range).
 * @returns why the transfer failed, or undefined
 */
export const fetchFirmware = async (
  source: FirmwareSource,
  options: FetchOptions,
): Promise<TransferFailure | undefined> => {
  if (!URL.canParse(source.url) || !['http:', 'https:'].includes(new URL(source.url).protocol))
    return transferFailure('unsupportedProtocol', `${source.url}: is no http or https URL`);
  let progress: Progress = { hash: hashOf(source), received: 0, etag: undefined };
  for (let tried = 1; ; tried++) {
    const result = await attempt(source, progress, options);
    if ('done' in result) return verify(source, result.done);
    if (!('broken' in result) || tried >= options.tries || options.signal?.aborted === true) return result.failure;
    progress = result.broken;
    // Aborted, the next try ends at once and says so.
    const wait = options.retrySeconds * 1000 * 2 ** (tried - 1);
    await sleep(wait, undefined, { ...(options.signal && { signal: options.signal }) }).catch(() => undefined);
  }
};
