import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fakeService, type Harness, signedFor, startFrontEnd } from './wire-harness';

describe('the front end answers this machine only', () => {
  const s3 = fakeService('s3', { HeadObject: {}, GetObject: {}, ListBuckets: {}, ListObjectsV2: {} });
  let started: Harness;
  beforeAll(async () => {
    started = await startFrontEnd([s3.module], {
      extraRoutes: (incoming, response) => {
        if (incoming.url !== '/cfn-response/token') return false;
        response.end('thanks');
        return true;
      },
    });
  });
  afterAll(() => started.frontEnd.close());

  /** Sent to the loopback interface whatever the headers say, as by a browser whose DNS was rebound. */
  const send = async (headers: Record<string, string>, path = '/', method = 'GET') => {
    const { port } = started.frontEnd;
    const options = { host: '127.0.0.1', port, path, method, headers: { ...signedFor('s3'), ...headers } };
    const response = once(request(options).end(), 'response') as Promise<[IncomingMessage]>;
    const [answer] = await response;
    return { status: answer.statusCode, body: await text(answer) };
  };

  test.each(['127.0.0.1', '127.0.0.1:4566', 'localhost', 'LOCALHOST:4566', '[::1]', '[::1]:4566', 's3.localhost:4566'])(
    'it serves the host %s (RFC 6761, 6.3: localhost and the names below it are loopback)',
    async (host) => {
      expect((await send({ host })).status).toBe(200);
    },
  );

  test.each(['attacker.example', '192.168.1.5:4566', 'localhost.attacker.example', '127.0.0.1.nip.io', '127.0.0.1@x'])(
    'it refuses the host "%s", and names it and the fix',
    async (host) => {
      const { status, body } = await send({ host });
      expect(status).toBe(403);
      expect(body).toContain(`Host is \\"${host}\\"`);
      expect(body).toContain('http://127.0.0.1');
    },
  );

  test('it refuses other hosts before every other route', async () => {
    const { status } = await send({ host: 'attacker.example' }, '/cfn-response/token', 'PUT');
    expect(status).toBe(403);
  });

  test.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8080', 'https://app.localhost'])(
    'it serves pages of the origin %s',
    async (origin) => {
      expect((await send({ origin })).status).toBe(200);
    },
  );

  test.each(['https://attacker.example', 'null', 'http://localhost.attacker.example', 'nonsense'])(
    'it refuses pages of the origin %s, and names it',
    async (origin) => {
      const { status, body } = await send({ origin });
      expect(status).toBe(403);
      expect(body).toContain(`Origin is \\"${origin}\\"`);
    },
  );

  test('a bucket in the host is the bucket (S3 user guide, virtual hosting of buckets)', async () => {
    await send({ host: 'firmware.localhost:4566' }, '/images/1.2.3');
    expect(s3.inputs['GetObject']).toMatchObject({ Bucket: 'firmware', Key: 'images/1.2.3' });
    await send({ host: 'my.dotted.bucket.s3.localhost' }, '/?list-type=2');
    expect(s3.inputs['ListObjectsV2']).toMatchObject({ Bucket: 'my.dotted.bucket' });
    await send({ host: 's3.localhost' }, '/firmware/images/2');
    expect(s3.inputs['GetObject']).toMatchObject({ Bucket: 'firmware', Key: 'images/2' });
  });
});
