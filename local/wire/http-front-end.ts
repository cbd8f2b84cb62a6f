import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ACCOUNT_PRINCIPAL, type AwsApi, type Principal, type Report } from '../core/api';
import { AwsError } from '../core/aws-error';
import { NoAnswerError } from '../core/disturbance';
import { TRACE_HEADER } from '../core/trace-id';
import { credentialScopeOf } from './credential-scope';
import { failureByShape } from './failures';
import { assertLoopback } from './loopback';
import { headerOf, type Protocol, type WireRequest, type WireResponse } from './message';
import { createProtocols } from './protocols';

interface HttpFrontEndOptions {
  readonly api: AwsApi;
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: '127.0.0.1';
  /** @throws AwsError when the key is unknown */
  readonly principalOf: (accessKeyId: string) => Principal;
  /** The account's own requests wait for it. */
  readonly accountMayCall?: Promise<void>;
  readonly onConnection?: (socket: Socket) => void;
  /** Called for unsigned requests before anything else; true means that it responds. */
  readonly extraRoutes?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  readonly report?: Report;
}

export interface HttpFrontEnd {
  readonly port: number;
  /** The AWS_ENDPOINT_URL of every service. */
  readonly url: string;
  close(): Promise<void>;
}

/** Larger than any request to the emulated services (S3 uploads are not multipart). */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
/** Clients keep connections for about a minute; if the server closed first, their next request could fail. */
const KEEP_ALIVE_MS = 120_000;

/** @throws AwsError EntityTooLarge; Error when the connection ends before the body */
const readBody = (request: IncomingMessage): Promise<Buffer> =>
  // The events: an iterator of the stream costs more than all else that is done to receive a request.
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (bytes: Buffer) => {
      size += bytes.length;
      chunks.push(bytes);
      if (size <= MAX_BODY_BYTES) return;
      request.removeAllListeners('data');
      reject(new AwsError('EntityTooLarge', `The request body is longer than ${MAX_BODY_BYTES} bytes.`, 413));
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('The connection ended before the request did.')));
  });

const locationOf = (url: string): Pick<WireRequest, 'path' | 'query'> => {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
};

/** Anyone on this machine may download an object by its URL, as from a public bucket. */
const isObjectDownload = (method: string, path: string) =>
  (method === 'GET' || method === 'HEAD') && /^\/[^/]+\/[^/]/.test(path);

const send = (response: ServerResponse, { status, headers, body }: WireResponse, method: string): void => {
  // The response to HEAD has the headers of the object but no body; 204 and 304 have no body either.
  const hasNoBody = method === 'HEAD' || status === 204 || status === 304;
  const length =
    hasNoBody || headers['content-length'] !== undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(hasNoBody ? undefined : body);
};

/**
 * The embedded AWS on one port of the loopback interface, for loopback names: finds the service and principal in the SigV4 credential scope,
 * parses the request by the service's protocol, calls the API and responds in the same protocol.
 */
export const createHttpFrontEnd = async (options: HttpFrontEndOptions): Promise<HttpFrontEnd> => {
  const { api, port, host = '127.0.0.1', principalOf, accountMayCall, extraRoutes, report } = options;
  const protocolOf = createProtocols();

  const callerOf = (request: Pick<WireRequest, 'method' | 'path' | 'headers' | 'query'>) => {
    const scope = credentialScopeOf(request);
    if (scope) return scope;
    const { method, path } = request;
    if (isObjectDownload(method, path)) return { accessKeyId: undefined, service: 's3' } as const;
    throw new AwsError(
      'MissingAuthenticationTokenException',
      `${method} ${path}: the request is not signed, so its service is unknown. Use an AWS SDK or the AWS CLI with any credentials.`,
      403,
    );
  };

  const callingPrincipal = (accessKeyId: string | undefined, headers: WireRequest['headers']): Principal => {
    const principal = accessKeyId === undefined ? ACCOUNT_PRINCIPAL : principalOf(accessKeyId);
    const traceId = headerOf(headers, TRACE_HEADER);
    return principal.kind === 'role' && traceId !== undefined ? { ...principal, traceId } : principal;
  };

  const failure = (error: unknown, request: string): AwsError => {
    if (error instanceof AwsError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const details = error instanceof Error ? { stack: error.stack } : {};
    report?.({ level: 'error', source: 'http', message: `${request}: ${message}`, details });
    return new AwsError('InternalFailure', `Local mode failed: ${message}`, 500);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = incoming;
    const requestId = randomUUID();
    const location = locationOf(url);
    let request: WireRequest = { method, headers, ...location, body: Buffer.alloc(0) };
    let protocol: Protocol | undefined;
    try {
      assertLoopback(headers);
      const isSigned = headers.authorization !== undefined || location.query.has('X-Amz-Credential');
      if (!isSigned && extraRoutes && (await extraRoutes(incoming, response))) return;
      const { accessKeyId, service } = callerOf(request);
      protocol = await protocolOf(service);
      request = { ...request, body: await readBody(incoming) };
      const principal = callingPrincipal(accessKeyId, headers);
      if (principal.kind === 'account') await accountMayCall;
      const call = protocol.parse(request);
      const output = await api.call(service, call.operation, call.input, principal);
      send(response, call.answer(output, requestId), method);
    } catch (error) {
      // A client that closed the connection needs no response.
      if (incoming.destroyed && !incoming.complete) return;
      if (error instanceof NoAnswerError) return void incoming.socket.destroy();
      const failed = failure(error, `${method} ${location.path}`);
      send(response, protocol?.fail(failed, requestId, request) ?? failureByShape(failed, requestId, request), method);
    }
  };

  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void handle(request, response),
  );
  if (options.onConnection) server.on('connection', options.onConnection);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  return {
    port: listening,
    url: `http://${host}:${listening}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
