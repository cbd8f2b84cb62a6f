import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Live, Update } from './live';
import type { PageFile } from './page-files';
import { type Refusal, refusalOfSender, refusalOfToken, SECURITY_HEADERS } from './security';

/** Changes something: called with the parsed body of a POST request, answers with JSON. */
export type Action = (body: unknown) => Promise<unknown>;

export interface ConsoleParts {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly live: Pick<Live, 'subscribe'>;
  /** By path below /api/. */
  readonly actions: ReadonlyMap<string, Action>;
  /** What is wrong, for people, and whose fault it is. */
  readonly failureOf: (error: unknown) => Refusal;
  readonly token: string;
  /** 0 takes a free port. */
  readonly port: number;
}

const LARGEST_BODY = 65_536;
/** More than a page shows at once. */
const MAX_TOPICS = 20;
/** A page that does not read what it is sent is cut off, and connects again. */
const LARGEST_BACKLOG = 4_194_304;

const send = (response: ServerResponse, status: number, type: string, body: string | Buffer) => {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': type });
  response.end(body);
};
const sendJson = (response: ServerResponse, status: number, value: unknown) =>
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
const refuse = (response: ServerResponse, { status, message }: Refusal) => sendJson(response, status, { message });

class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new BadRequestError(`The request is larger than ${LARGEST_BODY} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new BadRequestError('The request is no JSON.');
  }
};

/** Updates as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) until the page leaves. */
const stream = (response: ServerResponse, live: ConsoleParts['live'], topics: readonly string[]) => {
  response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
  const tell = (update: Update) => {
    if (response.writableLength > LARGEST_BACKLOG) response.destroy();
    else response.write(`data: ${JSON.stringify(update)}\n\n`);
  };
  const end = live.subscribe(topics, tell);
  response.on('close', end);
};

const act = async (request: IncomingMessage, response: ServerResponse, parts: ConsoleParts, action: Action) => {
  try {
    sendJson(response, 200, await action(await bodyOf(request)));
  } catch (error) {
    if (error instanceof BadRequestError) {
      response.setHeader('Connection', 'close');
      return refuse(response, { status: 400, message: error.message });
    }
    refuse(response, parts.failureOf(error));
  }
};

const answerApi = (request: IncomingMessage, response: ServerResponse, url: URL, parts: ConsoleParts) => {
  const refused = refusalOfToken(request, parts.token);
  if (refused) return refuse(response, refused);
  if (url.pathname === '/api/live') {
    if (request.method !== 'GET') return refuse(response, { status: 405, message: 'Use GET.' });
    const topics = url.searchParams.getAll('topic');
    if (topics.length > MAX_TOPICS) return refuse(response, { status: 400, message: `At most ${MAX_TOPICS} topics.` });
    return stream(response, parts.live, topics);
  }
  const action = parts.actions.get(url.pathname.slice('/api/'.length));
  if (action === undefined) return refuse(response, { status: 404, message: `There is no ${url.pathname}.` });
  if (request.method !== 'POST') return refuse(response, { status: 405, message: 'Use POST.' });
  if (request.headers['content-type'] !== 'application/json')
    return refuse(response, { status: 415, message: 'Send application/json.' });
  void act(request, response, parts, action);
};

const answer = (request: IncomingMessage, response: ServerResponse, parts: ConsoleParts, port: number) => {
  const refused = refusalOfSender(request, port);
  if (refused) return refuse(response, refused);
  const address = `http://127.0.0.1${request.url ?? '/'}`;
  if (!URL.canParse(address)) return refuse(response, { status: 400, message: 'The address is not valid.' });
  const url = new URL(address);
  if (url.pathname.startsWith('/api/')) return answerApi(request, response, url, parts);
  const file = parts.files.get(url.pathname);
  if (file === undefined) return refuse(response, { status: 404, message: `There is no ${url.pathname}.` });
  if (request.method !== 'GET') return refuse(response, { status: 405, message: 'Use GET.' });
  send(response, 200, file.type, file.body);
};

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 only. @throws Error when the port is taken */
export const startHttpServer = async (parts: ConsoleParts): Promise<HttpServer> => {
  let port = parts.port;
  const server = createServer((request, response) => answer(request, response, parts, port));
  server.listen(parts.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address) port = address.port;
  return {
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
