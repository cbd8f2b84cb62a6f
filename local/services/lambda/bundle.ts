import { gzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

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

/**
 * Bundles functions with esbuild, with the options that `sam build` would use.
 * @throws Error with esbuild's message when a file does not build
 */
export const bundleFunctions = (inputs: readonly BundleInput[], outDirectory: string): Promise<readonly Bundle[]> =>
  Promise.all(
    inputs.map(async ({ logicalId, codeDirectory, handler, properties }) => {
      const path = join(outDirectory, logicalId, 'index.js');
      await build({
        entryPoints: [join(codeDirectory, `${handler.slice(0, handler.lastIndexOf('.'))}.ts`)],
        outfile: path,
        bundle: true,
        platform: 'node',
        logLevel: 'silent',
        format: formats[properties.Format ?? 'cjs'] ?? 'cjs',
        target: properties.Target ?? 'es2022',
        mainFields: (properties.MainFields ?? 'main').split(','),
        minify: properties.Minify ?? true,
        sourcemap: properties.Sourcemap ?? false,
        external: [...(properties.External ?? [])],
      });
      const code = await readFile(path);
      return { logicalId, path, bytes: code.length, gzipBytes: gzipSync(code, { level: 9 }).length };
    }),
  );
