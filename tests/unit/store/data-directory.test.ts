import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory } from '../../../local/store/data-directory';
import { DataDirectoryError } from '../../../local/store/data-directory-error';

describe('a data directory', () => {
  let parent: string;
  let path: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'data-'));
    path = join(parent, 'new', 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const open = (reset = false, stackName = 'wme') => openDataDirectory(path, stackName, reset);
  const refused = (...parameters: Parameters<typeof open>) => {
    try {
      open(...parameters);
    } catch (error) {
      if (error instanceof DataDirectoryError) return error.message;
      throw error;
    }
    return 'opened';
  };

  test('is created when it is missing', () => {
    open();
    expect(readdirSync(path).sort()).toEqual(['format.json', 'pid']);
  });

  test('that another process uses is refused with its pid', async () => {
    open().release();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    writeFileSync(join(path, 'pid'), String(other.pid));
    expect(refused()).toContain(`${path} is in use by process ${other.pid}`);
    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    await ended;
    // It was killed and has left its pid behind.
    expect(refused()).toBe('opened');
  });

  test('is free again when it is released', () => {
    open().release();
    expect(existsSync(join(path, 'pid'))).toBe(false);
  });

  test.each([
    ['of a newer format', '{"format":99,"stackName":"wme"}', /has format 99, this version reads \d+\..*--reset/],
    ['with an unreadable format', 'nonsense', /format\.json cannot be read.*--reset/],
  ])('%s is refused with what to do, and can be emptied', (_what, text, expected) => {
    open().release();
    writeFileSync(join(path, 'format.json'), text);
    writeFileSync(join(path, 'journal-000001.jsonl'), 'x');
    expect(refused()).toMatch(expected);
    // A refusal does not keep it.
    expect(refused(true)).toBe('opened');
    expect(readdirSync(path).sort()).toEqual(['format.json', 'pid']);
  });

  test('that holds another stack is refused with the name of that stack', () => {
    open().release();
    expect(refused(false, 'other')).toMatch(/holds the stack wme, not other\..*--stack wme/);
  });

  test('with files that are not of local mode is never emptied', () => {
    open().release();
    rmSync(join(path, 'format.json'));
    writeFileSync(join(path, 'thesis.txt'), 'x');
    expect(refused(true)).toContain('holds files that are not of local mode');
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true);
  });
});
