import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Metafile } from 'esbuild';
import * as v from 'valibot';

/** The size of a bundle. */
interface Size {
  readonly bytes: number;
  readonly gzipBytes: number;
}

const buildSchema = v.object({
  options: v.unknown(),
  /** Size and time of the last change of every file that is in the bundle. */
  files: v.record(v.string(), v.string()),
  size: v.object({ bytes: v.number(), gzipBytes: v.number() }),
});

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const stateOf = (file: string): Promise<string> => stat(file).then(({ size, mtimeMs }) => `${size} ${mtimeMs}`);

/** What `reusableBundle` compares: the text of a file beside the bundle. */
export const describeBuild = async ({ inputs }: Metafile, options: object, size: Size): Promise<string> => {
  const states = Object.keys(inputs).map(async (file) => [file, await stateOf(file)] as const);
  return JSON.stringify({ options, files: Object.fromEntries(await Promise.all(states)), size });
};

/** The bundle of an earlier start, if neither its options nor its files have changed. */
export const reusableBundle = async (description: string, options: object): Promise<Size | undefined> => {
  try {
    const made = v.parse(buildSchema, JSON.parse(await readFile(description, 'utf8')));
    if (!isDeepStrictEqual(made.options, JSON.parse(JSON.stringify(options)))) return undefined;
    const unchanged = Object.entries(made.files).map(async ([file, state]) => (await stateOf(file)) === state);
    return (await Promise.all(unchanged)).every(Boolean) ? made.size : undefined;
  } catch (error) {
    // There is none, a file is gone, or the process was killed as it wrote: it is built again.
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError || v.isValiError(error)) return undefined;
    throw error;
  }
};
