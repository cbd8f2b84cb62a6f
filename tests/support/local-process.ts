import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

/** `npm run local` in a process of its own. */
export interface LocalProcess {
  /** All that it has printed. */
  output(): string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

/**
 * Starts local mode and waits until it says where it listens.
 * @throws Error with its output when it ends before
 */
export const startLocal = async (...options: readonly string[]): Promise<LocalProcess> => {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'cli/local.ts', ...options], { cwd: ROOT });
  const ended = once(child, 'exit');
  let text = '';
  const ready = new Promise<boolean>((resolve) => {
    const read = (chunk: unknown) => {
      text += String(chunk);
      if (text.includes('MQTT: ')) resolve(true);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) throw new Error(`npm run local ended:\n${text}`);
  return {
    output: () => text,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
