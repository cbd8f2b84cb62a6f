import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type DeployedStack, deployStack } from '../support/e2e-aws';
import { ROOT } from '../support/template';

jest.setTimeout(60_000);

describe('npm run console on the embedded AWS', () => {
  let stack: DeployedStack;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    stack = await deployStack();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await stack.close();
  });

  /** @returns its output when it ends, or when it has printed an address */
  const run = async (...args: readonly string[]) => runScript('cli/console.ts', ...args);
  const runScript = async (script: string, ...args: readonly string[]) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: stack.aws.endpointUrl };
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: ROOT, env });
    children.push(child);
    const ended = once(child, 'exit').then(([code]: unknown[]) => code);
    let output = '';
    const printed = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: unknown) => {
          output += String(chunk);
          const [address] = /http:\S+#token=\S+\n/.exec(output) ?? [];
          if (address !== undefined) resolve(address.trim());
        });
    });
    const address = await Promise.race([printed, ended.then(() => '')]);
    return { address, output: () => output, child, ended };
  };

  /** The first values of some topics, as a page receives them. */
  const follow = async (address: string, ...topics: readonly string[]): Promise<ReadonlyMap<string, unknown>> => {
    const { origin, hash } = new URL(address);
    const end = new AbortController();
    const response = await fetch(`${origin}/api/live?${topics.map((topic) => `topic=${topic}`).join('&')}`, {
      headers: { Authorization: `Bearer ${hash.slice('#token='.length)}` },
      signal: end.signal,
    });
    const values = new Map<string, unknown>();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (const [, json = ''] of text.matchAll(/data: (.*)\n\n/g)) {
        const { topic, ...latest } = JSON.parse(json) as { topic: string };
        values.set(topic, latest);
      }
      if (values.size === topics.length) break;
    }
    end.abort();
    return values;
  };

  test('prints an address, serves the page there, and tells who has it about the stack', async () => {
    const { address, child, ended } = await run();
    const { origin } = new URL(address);
    const page = await fetch(origin);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('<script type="module" src="main.js">'),
    ]);
    const script = await fetch(`${origin}/main.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await script.text()).length).toBeLessThan(300_000);
    expect((await fetch(`${origin}/api/live?topic=stack`)).status).toBe(401);

    const values = await follow(address, 'stack', 'fleet', 'rollouts', 'machine');
    expect(values.get('stack')).toMatchObject({ value: { stackName: 'wme', isLocal: true, region: 'us-east-1' } });
    expect(values.get('fleet')).toMatchObject({ value: { devices: 0 } });
    expect(values.get('rollouts')).toMatchObject({ value: { items: [] } });
    expect(values.get('machine')).toMatchObject({
      value: { states: expect.arrayContaining([expect.objectContaining({ name: 'StartDownload' })]) },
    });

    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('npm run local serves it for its stack, until Ctrl-C', async () => {
    const args = ['--port', '0', '--mqtt-port', '0', '--stack', 'laptop'];
    const { address, child, ended } = await runScript('cli/local.ts', ...args);
    const values = await follow(address, 'stack');
    expect(values.get('stack')).toMatchObject({ value: { stackName: 'laptop', isLocal: true } });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  test.each([
    [['--stack', 'none'], 1, '--stack none: no such stack here.'],
    [['--port', '70000'], 2, '--port 70000: give a whole number from 0 to 65535.'],
    [['--endpoint-url', 'http://127.0.0.1:9'], 1, 'Is it running?'],
  ])('%j ends with code %i and says %s', async (args, code, message) => {
    const { output, ended } = await run(...args);
    expect(await ended).toBe(code);
    expect(output()).toContain(message);
  });
});
