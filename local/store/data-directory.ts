import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { DataDirectoryError } from './data-directory-error';

/** Of what the services save. It grows when older directories cannot be read any more. */
const FORMAT = 1;

const formatSchema = v.object({ format: v.number(), stackName: v.string() });

/** A directory that belongs to this process until it is released. */
export interface DataDirectory {
  readonly path: string;
  release(): void;
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Whether a process with this id runs, be it of another user. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

const lock = (path: string): string => {
  const file = join(path, 'pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return file;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0 && pid !== process.pid && runs(pid))
      throw new DataDirectoryError(
        `${path} is in use by process ${pid}. Stop it, or use another directory. If that is another program, remove ${file}.`,
      );
    // The process was killed.
    rmSync(file, { force: true });
  }
};

const readFormat = (path: string, file: string): v.InferOutput<typeof formatSchema> => {
  try {
    return v.parse(formatSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new DataDirectoryError(`${file} cannot be read (${String(error)}). Empty ${path} with --reset.`);
  }
};

/** @throws DataDirectoryError when this program cannot read what is in the directory */
const checkFormat = (path: string, stackName: string): void => {
  const file = join(path, 'format.json');
  if (!existsSync(file)) {
    writeFileSync(file, JSON.stringify({ format: FORMAT, stackName }));
    return;
  }
  const found = readFormat(path, file);
  if (found.format !== FORMAT)
    throw new DataDirectoryError(
      `${path} has format ${found.format}, this version reads ${FORMAT}. Use the version that wrote it, or empty it with --reset.`,
    );
  if (found.stackName !== stackName)
    throw new DataDirectoryError(
      `${path} holds the stack ${found.stackName}, not ${stackName}. Use --stack ${found.stackName}, another directory, or --reset.`,
    );
};

const isForeign = (path: string): boolean =>
  readdirSync(path).some((name) => name !== 'pid') && !existsSync(join(path, 'format.json'));

/**
 * Makes a directory that of this process, and creates it when it is missing.
 * @param reset empties it first
 * @throws DataDirectoryError when another process uses it, or when it holds something that cannot be read
 */
export const openDataDirectory = (path: string, stackName: string, reset: boolean): DataDirectory => {
  mkdirSync(path, { recursive: true });
  if (isForeign(path))
    throw new DataDirectoryError(
      `${path} holds files that are not of local mode. Use an empty directory, or a new one.`,
    );
  const pidFile = lock(path);
  const release = () => rmSync(pidFile, { force: true });
  try {
    if (reset) for (const name of readdirSync(path)) if (name !== 'pid') rmSync(join(path, name), { recursive: true });
    checkFormat(path, stackName);
  } catch (error) {
    release();
    throw error;
  }
  return { path, release };
};
