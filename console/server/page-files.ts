import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const PAGE = join(__dirname, '..', 'page');

/** A file that the browser may have without a token: it is the same for everyone. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Bundles the page, in less than a second: there is nothing to build beforehand.
 * @throws the errors of esbuild
 */
export const buildPage = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'main.tsx'), join(PAGE, 'main.css')],
    outdir: PAGE,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const fileOf = (ending: string, type: string): PageFile => {
    const found = outputFiles.find(({ path }) => path.endsWith(ending));
    if (found === undefined) throw new Error(`The bundle of the page has no ${ending} file.`);
    return { type, body: Buffer.from(found.contents) };
  };
  const staticFile = async (name: string, type: string): Promise<PageFile> => ({
    type,
    body: await readFile(join(PAGE, name)),
  });
  return new Map([
    ['/', await staticFile('index.html', 'text/html; charset=utf-8')],
    ['/main.js', fileOf('.js', 'text/javascript; charset=utf-8')],
    ['/main.css', fileOf('.css', 'text/css; charset=utf-8')],
    ['/icon.svg', await staticFile('icon.svg', 'image/svg+xml')],
  ]);
};
