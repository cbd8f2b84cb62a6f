import { request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { type ConsoleParts, type HttpServer, startHttpServer } from '../../../console/server/http-server';
import type { Update } from '../../../console/server/live';

const TOKEN = 'the-token-of-this-start';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

describe('the server of the console', () => {
  let server: HttpServer;
  const calls: unknown[] = [];
  const subscriptions: { names: readonly string[]; tell: (update: Update) => void; ended: boolean }[] = [];

  const parts: ConsoleParts = {
    files: new Map([['/', { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>') }]]),
    live: {
      subscribe: (names, tell) => {
        const subscription = { names, tell, ended: false };
        subscriptions.push(subscription);
        return () => {
          subscription.ended = true;
        };
      },
    },
    actions: new Map([
      [
        'rollouts',
        async (body: unknown) => {
          calls.push(body);
          return { jobId: 'j-1' };
        },
      ],
      [
        'broken',
        async () => {
          throw new Error('AccessDenied');
        },
      ],
    ]),
    failureOf: (error) => ({ status: 502, message: error instanceof Error ? error.message : '' }),
    token: TOKEN,
    port: 0,
  };

  beforeAll(async () => {
    server = await startHttpServer(parts);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    calls.length = 0;
    subscriptions.length = 0;
  });

  const send = async (
    path: string,
    {
      method = 'GET',
      headers = {},
      body = '',
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  };
  const authorization = `Bearer ${TOKEN}`;
  const json = { authorization, 'content-type': 'application/json' };
  const post = (headers: Record<string, string> = {}, body = '{"a":1}') =>
    send('/api/rollouts', { method: 'POST', headers: { ...json, ...headers }, body });

  test('changes something for a POST request with the token', async () => {
    expect(await post()).toMatchObject({ status: 200, text: '{"jobId":"j-1"}' });
    expect(calls).toEqual([{ a: 1 }]);
    expect((await post({ origin: `http://127.0.0.1:${server.port}` })).status).toBe(200);
  });

  test.each([
    ['no token', { authorization: '' }],
    ['another token', { authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['the token in a cookie', { authorization: '', cookie: `token=${TOKEN}` }],
  ])('refuses a request with %s', async (_what, headers) => {
    expect((await post(headers)).status).toBe(401);
    expect((await send('/api/live?topic=fleet', { headers })).status).toBe(401);
    expect(calls).toEqual([]);
    expect(subscriptions).toEqual([]);
  });

  test.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', ''])(
    'refuses a request of the origin %j',
    async (origin) => {
      expect((await post({ origin })).status).toBe(403);
      expect((await send('/', { headers: { origin } })).status).toBe(403);
      expect(calls).toEqual([]);
    },
  );

  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', '0.0.0.0:80'])(
    'refuses a request for the host %s, which a name server may have led here',
    async (host) => {
      expect((await post({ host })).status).toBe(421);
      expect((await send('/', { headers: { host } })).status).toBe(421);
      expect(calls).toEqual([]);
    },
  );

  test.each([
    ['GET', '/api/rollouts', {}, 405],
    ['PUT', '/api/rollouts', json, 405],
    ['POST', '/api/live', json, 405],
    ['POST', '/', json, 405],
    ['POST', '/api/rollouts', { authorization, 'content-type': 'text/plain' }, 415],
    ['POST', '/api/other', json, 404],
    ['GET', '/../../package.json', {}, 404],
    ['GET', '/other', {}, 404],
  ])('answers %s %s with %j by %i', async (method, path, headers, status) => {
    expect((await send(path, { method, headers: { authorization, ...headers } })).status).toBe(status);
    expect(calls).toEqual([]);
  });

  test.each([
    ['too large', JSON.stringify('x'.repeat(70_000))],
    ['no JSON', '{'],
  ])('refuses a body that is %s', async (_what, body) => {
    expect((await post({}, body)).status).toBe(400);
    expect(calls).toEqual([]);
  });

  test('says what has failed', async () => {
    const answer = await send('/api/broken', { method: 'POST', headers: json, body: '{}' });
    expect(answer).toMatchObject({ status: 502, text: '{"message":"AccessDenied"}' });
  });

  test('allows the page nothing but its own files, in every answer', async () => {
    for (const { headers } of [
      await send('/'),
      await post({ authorization: '' }),
      await post({ host: 'evil.example' }),
    ]) {
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'"]));
      expect(policy.join()).not.toMatch(/unsafe|data:|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  test('sends what changes as server-sent events until the page leaves', async () => {
    const sent = request({
      ...{ host: '127.0.0.1', port: server.port, headers: { authorization } },
      path: '/api/live?topic=fleet&topic=rollout%3Fid%3Da',
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const [{ names, tell }] = subscriptions as [(typeof subscriptions)[number]];
    expect(names).toEqual(['fleet', 'rollout?id=a']);
    tell({ topic: 'fleet', value: { text: 'a\n\nb' }, at: 1 });
    const [chunk] = await once(response, 'data');
    expect(String(chunk)).toBe('data: {"topic":"fleet","value":{"text":"a\\n\\nb"},"at":1}\n\n');
    sent.destroy();
    while (subscriptions[0]?.ended !== true) await new Promise(setImmediate);
  });

  test('follows no more topics than a page shows', async () => {
    const topics = Array.from({ length: 21 }, (_, index) => `topic=${index}`).join('&');
    expect((await send(`/api/live?${topics}`, { headers: { authorization } })).status).toBe(400);
  });

  test.each(['GET http://[', 'GET //', 'OPTIONS *'])('survives the request %s', async (line) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toMatch(/^HTTP\/1.1 40[045] /);
  });

  test('listens on 127.0.0.1 only', async () => {
    const socket = connect(server.port, '::1');
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|EADDRNOTAVAIL/) });
  });
});
