import { createHash } from 'node:crypto';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FirmwareSource } from '../agent/firmware-source';
import { type TransferFailure, faultOfStatus, transferFailure } from '../agent/transfer-faults';

export interface FetchOptions {
  /** Maximum number of requests, for the whole file or the rest of it. */
  readonly maxAttempts: number;
  /** Wait before the second attempt; doubles with each. */
  readonly retrySeconds: number;
  /** After this long without data, the connection counts as broken. */
  readonly idleSeconds: number;
  readonly signal?: AbortSignal;
}

/** The part of a file received so far. */
interface Progress {
  readonly hash: ReturnType<typeof createHash>;
  readonly received: number;
  /** Identifies the file, so that a resumed download does not mix two. */
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

/** The cause of a fetch error, whose own message is always "fetch failed". */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
};

/** Whether a response continues the download or starts it again. */
const resumeOrRestart = (response: Response, source: FirmwareSource, before: Progress): Progress => {
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
    const { fault, retryable } = faultOfStatus(response.status);
    const failure = transferFailure(fault, `cannot download ${source.url}: HTTP ${response.status}`);
    return retryable ? { broken: before, failure } : { failure };
  }
  const { hash, received: start, etag } = resumeOrRestart(response, source, before);
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

/** One attempt; aborts an idle connection. */
const attempt = async (source: FirmwareSource, before: Progress, options: FetchOptions): Promise<Attempt> => {
  const idle = new AbortController();
  const stop = () => idle.abort(new Error(`no data for ${options.idleSeconds} s`));
  const timer = setTimeout(stop, options.idleSeconds * 1000);
  const signals = [idle.signal, ...(options.signal ? [options.signal] : [])];
  try {
    return await receive(source, before, AbortSignal.any(signals), () => timer.refresh());
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Downloads a firmware and discards it: only its size and checksum matter.
 * Resumes a broken download (Range) if the file has not changed (If-Range).
 * @returns why the transfer failed, or undefined
 */
export const fetchFirmware = async (
  source: FirmwareSource,
  options: FetchOptions,
): Promise<TransferFailure | undefined> => {
  if (!URL.canParse(source.url) || !['http:', 'https:'].includes(new URL(source.url).protocol))
    return transferFailure('unsupportedProtocol', `${source.url}: not an http or https URL`);
  let progress: Progress = { hash: hashOf(source), received: 0, etag: undefined };
  for (let attempts = 1; ; attempts++) {
    const result = await attempt(source, progress, options);
    if ('done' in result) return verify(source, result.done);
    if (!('broken' in result) || attempts >= options.maxAttempts || options.signal?.aborted === true)
      return result.failure;
    progress = result.broken;
    // After an abort, the next attempt fails at once and reports it.
    const wait = options.retrySeconds * 1000 * 2 ** (attempts - 1);
    await sleep(wait, undefined, { ...(options.signal && { signal: options.signal }) }).catch(() => undefined);
  }
};
