import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../core/aws-error';

/** A request that has been received completely. */
export interface WireRequest {
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
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

/** The operation and input of a request, and how to encode its response. */
export interface WireCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  answer(output: unknown, requestId: string): WireResponse;
}

/** One AWS protocol for one service. */
export interface Protocol {
  /** @throws AwsError when the request is malformed or does not name an operation of the service */
  parse(request: WireRequest): WireCall;
  fail(error: AwsError, requestId: string, request: WireRequest): WireResponse;
}

/** One value of a header that may be repeated. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
};
