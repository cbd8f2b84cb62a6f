import { createHash, randomBytes } from 'node:crypto';
import type { FirmwareSource } from '../../../simulator/agent/firmware-source';
import { type FetchOptions, fetchFirmware } from '../../../simulator/firmware/fetch-firmware';
import { type FirmwareServerOptions, startFirmwareServer } from '../../support/firmware-server';

const firmware = randomBytes(300_000);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const OPTIONS: FetchOptions = { maxAttempts: 4, retrySeconds: 0.001, idleSeconds: 5 };

let server: Awaited<ReturnType<typeof startFirmwareServer>> | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const fetchFrom = async (
  options: Partial<FirmwareServerOptions>,
  source: Partial<FirmwareSource> = {},
  fetchOptions: Partial<FetchOptions> = {},
) => {
  server = await startFirmwareServer({ firmware, ...options });
  return fetchFirmware({ url: server.url, username: '', password: '', ...source }, { ...OPTIONS, ...fetchOptions });
};

const checkSum = (hex: string) => ({ checkSum: { algorithm: 'SHA-256', hex } }) as const;

test('a firmware of the right size and checksum is downloaded, with user name and password', async () => {
  const source = { username: 'admin', password: 'päss:word', fileSize: firmware.length };
  const failure = await fetchFrom(
    { credentials: 'admin:päss:word' },
    { ...source, ...checkSum(sha256(firmware).toUpperCase()) },
  );
  expect(failure).toBeUndefined();
});

test.each(['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const)('%s is supported', async (algorithm) => {
  const hex = createHash(algorithm.replace('-', '')).update(firmware).digest('hex');
  expect(await fetchFrom({}, { checkSum: { algorithm, hex } })).toBeUndefined();
});

test('a broken download resumes where it broke', async () => {
  const failure = await fetchFrom({ breaks: [100_000, 50_000] }, checkSum(sha256(firmware)));
  expect(failure).toBeUndefined();
  expect(server?.asked).toStrictEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
});

test('without range support, the download starts again', async () => {
  const failure = await fetchFrom({ breaks: [100_000], ranges: false }, checkSum(sha256(firmware)));
  expect(failure).toBeUndefined();
  expect(server?.asked).toHaveLength(2);
});

test('the number of attempts is limited', async () => {
  const failure = await fetchFrom({ breaks: Array.from({ length: 9 }, () => 10_000) });
  expect(failure).toMatchObject({ faultCode: '7017', status: 'DownloadFailed' });
  expect(failure?.faultString).toContain('broke after 40000 bytes');
  expect(server?.asked).toHaveLength(4);
});

test.each<[string, number, string, number]>([
  ['wrong credentials', 401, '7012', 1],
  ['a forbidden file', 403, '7012', 1],
  ['a missing file', 404, '7016', 1],
  ['a server error', 503, '7010', 4],
])('%s (HTTP %i) fails with %s after %i attempts', async (_what, status, faultCode, attempts) => {
  const failure = await fetchFrom({ respond: (_request, response) => void response.writeHead(status).end() });
  expect(failure).toStrictEqual({
    faultCode,
    faultString: `cannot download ${server?.url ?? ''}: HTTP ${status}`,
    status: 'DownloadFailed',
  });
  expect(server?.asked).toHaveLength(attempts);
});

test.each<[string, Partial<FirmwareSource>]>([
  ['is shorter than FileSize', { fileSize: firmware.length + 1 }],
  ['is longer than FileSize', { fileSize: 1000 }],
  ['has the wrong checksum', checkSum(sha256(Buffer.from('other')))],
])('a firmware that %s is corrupted', async (_what, source) => {
  expect(await fetchFrom({}, source)).toMatchObject({ faultCode: '7018', status: 'ValidationFailed' });
});

test('a silent server counts as broken', async () => {
  const failure = await fetchFrom({ respond: () => undefined }, {}, { maxAttempts: 1, idleSeconds: 0.05 });
  expect(failure?.faultCode).toBe('7015');
  expect(failure?.faultString).toContain('no data for 0.05 s');
});

test('an unreachable server cannot be contacted', async () => {
  const url = 'http://127.0.0.1:1/fw';
  const failure = await fetchFirmware({ url, username: '', password: '' }, { ...OPTIONS, maxAttempts: 2 });
  expect(failure).toMatchObject({ faultCode: '7015', status: 'DownloadFailed' });
  expect(failure?.faultString).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:1\/fw: /);
});

test.each(['ftp://127.0.0.1/fw', 'no url'])('%s has an unsupported protocol', async (url) => {
  expect((await fetchFirmware({ url, username: '', password: '' }, OPTIONS))?.faultCode).toBe('7013');
});

test('an abort ends the attempts', async () => {
  const signal = AbortSignal.timeout(50);
  const failure = await fetchFrom({ breaks: [10, 10, 10, 10] }, {}, { retrySeconds: 1000, signal });
  // 7017 when it hits the transfer, 7015 when it hits the pause after it: never a second attempt 1000 s later.
  expect(['7015', '7017']).toContain(failure?.faultCode);
});
