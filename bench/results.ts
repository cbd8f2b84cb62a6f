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

/** For JSON.stringify: numbers with the digits that a measurement has. */
export const rounded = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

/** The JSON of an earlier run; undefined when there is none. */
export const readResult = async (name: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(join(DIRECTORY, name), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** The text between two comments, `<!-- NAME -->` and `<!-- /NAME -->`, replaced. @throws Error when they are not there */
export const withSection = (document: string, name: string, text: string): string => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, stop] = [document.indexOf(begin), document.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`docs/scale.md needs the lines ${begin} and ${end} around its table.`);
  return `${document.slice(0, start)}${begin}\n\n${text}\n\n${document.slice(stop)}`;
};

/** Replaces a section of docs/scale.md. */
export const writeSection = async (name: string, text: string): Promise<void> => {
  const path = join(__dirname, '..', 'docs', 'scale.md');
  await writeFile(path, withSection(await readFile(path, 'utf8'), name, text));
};

/** Where the results come from. */
export const thisMachine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown CPU',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.versions.node,
});
