import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const DIRECTORY = join(__dirname, 'results');

/** Replaces a file of bench/results at once, so that an interrupted run leaves a whole one. */
export const writeResult = async (name: string, text: string): Promise<void> => {
  await mkdir(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, name);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};

/** The JSON of an earlier run; undefined when there is none. */
export const readResult = async (name: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(join(DIRECTORY, name), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Where the results come from. */
export const thisMachine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown CPU',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.versions.node,
});
