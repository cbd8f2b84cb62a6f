import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../core/aws-error';

/** A request, completely received. */
export interface WireRequest {
  readonly method: string;
  /** As it came, percent-encoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a request asks for, and how to answer it. */
export interface WireCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  answer(output: unknown, requestId: string): WireResponse;
}

/** One AWS protocol, bound to one service. */
export interface Protocol {
  /** @throws AwsError when the request is malformed or names no operation of the service */
  parse(request: WireRequest): WireCall;
  fail(error: AwsError, requestId: string, request: WireRequest): WireResponse;
}

/** One value of a header that may be repeated. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
};
