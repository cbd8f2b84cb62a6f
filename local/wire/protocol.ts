import type { AwsError } from '../core/aws-error';

/** A request as a protocol sees it. */
export interface WireRequest {
  readonly method: string;
  /** Not decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface ParsedCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Writes the operation's output in the protocol's form. */
  readonly respond: (output: unknown, requestId: string) => WireResponse;
}

/** How one service speaks. */
export interface Protocol {
  /** @throws AwsError when the request is not one of the service */
  parse(request: WireRequest): ParsedCall;
  error(error: AwsError, requestId: string): WireResponse;
}

/** Nothing but objects can be an input. */
export const asInput = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

export const header = (request: WireRequest, name: string): string | undefined => {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
};
