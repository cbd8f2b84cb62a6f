import { readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { describeBuild, reusableBundle } from './bundle-reuse';

/** BuildProperties of a function's Metadata, as `sam build` reads them. */
export interface BuildProperties {
  readonly Format?: string;
  readonly Target?: string;
  readonly MainFields?: string;
  readonly Minify?: boolean;
  readonly Sourcemap?: boolean;
  readonly External?: readonly string[];
}

export interface BundleInput {
  readonly logicalId: string;
  /** Folder of CodeUri, absolute. */
  readonly codeDirectory: string;
  /** `path/to/file.export` */
  readonly handler: string;
  readonly properties: BuildProperties;
}

export interface Bundle {
  readonly logicalId: string;
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

const formats: Readonly<Record<string, BuildOptions['format']>> = { cjs: 'cjs', esm: 'esm', iife: 'iife' };

/** What `sam build` tells esbuild, apart from what to bundle and where to. */
export const buildOptions = (properties: BuildProperties) =>
  ({
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    format: formats[properties.Format ?? 'cjs'] ?? 'cjs',
    target: properties.Target ?? 'es2022',
    mainFields: (properties.MainFields ?? 'main').split(','),
    minify: properties.Minify ?? true,
    sourcemap: properties.Sourcemap ?? false,
    external: [...(properties.External ?? [])],
    metafile: true,
  }) satisfies BuildOptions;

/** Packages that the bundles import as they load, but do not contain. */
const missingAtLoad = ({ outputs }: Metafile): readonly string[] => [
  ...new Set(
    Object.values(outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ kind, external, path }) => external && kind !== 'dynamic-import' && !isBuiltin(path))
      .map(({ path }) => path),
  ),
];

/**
 * Bundles functions with esbuild and the options of `sam build`; those of an earlier start whose files are unchanged stay.
 * @throws Error with esbuild's message when a file does not build, or naming the External without which a bundle would
 *   not load: local mode would find it in node_modules, Lambda would not
 */
export const bundleFunctions = (inputs: readonly BundleInput[], outDirectory: string): Promise<readonly Bundle[]> =>
  Promise.all(
    inputs.map(async ({ logicalId, codeDirectory, handler, properties }) => {
      const path = join(outDirectory, logicalId, 'index.js');
      const made = `${path}.build.json`;
      const reused = await reusableBundle(made, { codeDirectory, handler, properties });
      if (reused) return { logicalId, path, ...reused };
      const { metafile } = await build({
        ...buildOptions(properties),
        entryPoints: [join(codeDirectory, `${handler.slice(0, handler.lastIndexOf('.'))}.ts`)],
        outfile: path,
      });
      const missing = missingAtLoad(metafile);
      if (missing.length > 0)
        throw new Error(
          `${logicalId}: External keeps ${missing.join(', ')} out of the bundle, which imports it as it loads. Remove it from External.`,
        );
      const code = await readFile(path);
      const size = { bytes: code.length, gzipBytes: gzipSync(code, { level: 9 }).length };
      await writeFile(made, await describeBuild(metafile, { codeDirectory, handler, properties }, size));
      return { logicalId, path, ...size };
    }),
  );
