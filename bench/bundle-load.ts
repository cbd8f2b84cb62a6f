import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleInputs } from '../local/deploy/functions';
import { buildOptions, bundleFunctions, type BundleInput } from '../local/services/lambda/bundle';
import { withGlobals } from '../local/template/globals';
import { parseTemplate, type Template } from '../local/template/parse-template';

/** What it costs to load the bundle of a function, as a cold start does. */
export interface BundleLoad {
  readonly logicalId: string;
  readonly bytes: number;
  /** Of a bundle that only creates the SDK clients that the function uses; 0 if it uses none. */
  readonly clientBytes: number;
  /** CPU time of a process that loads the bundle, as a multiple of that of one that loads nothing. */
  readonly load: number;
  /** The same for the bundle of bare clients. */
  readonly clientLoad: number;
}

/** Something to load in a process of its own. */
interface Candidate {
  readonly path?: string;
  readonly environment: Readonly<Record<string, string>>;
}

const ROOT = join(__dirname, '..');
const run = promisify(execFile);

/** Prints what the process has used, in microseconds. */
const USED = 'const { user, system } = process.cpuUsage(); console.log(user + system);';

/** CPU time of a new process until it has loaded the candidate, in microseconds. @throws Error when it cannot be loaded */
const cpuOf = async ({ path, environment }: Candidate): Promise<number> => {
  const code = `${path === undefined ? '' : `require(${JSON.stringify(path)});`} ${USED}`;
  const { stdout } = await run(process.execPath, ['-e', code], {
    env: { AWS_REGION: 'us-east-1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...environment },
  });
  return Number(stdout);
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Medians of alternating rounds: so whatever else runs on the machine disturbs all candidates alike. */
const medians = async (candidates: readonly Candidate[], rounds: number): Promise<readonly number[]> => {
  const used = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, candidate] of candidates.entries()) used[index]?.push(await cpuOf(candidate));
  return used.map(median);
};

/** Any values that the handlers accept. */
const environmentOf = (template: Template, logicalId: string): Readonly<Record<string, string>> => {
  const resource = template.Resources[logicalId];
  const { Environment } = (resource ? withGlobals(template, resource) : {}) as {
    readonly Environment?: { readonly Variables?: Readonly<Record<string, { readonly 'Fn::Sub'?: string } | string>> };
  };
  return Object.fromEntries(
    Object.entries(Environment?.Variables ?? {}).map(([name, value]) => [
      name,
      (typeof value === 'object' ? value['Fn::Sub'] : undefined)?.replace(/\$\{[^}]*\}/g, '60') ?? '60',
    ]),
  );
};

/** Bundles the SDK clients that a function uses, and nothing else. @returns undefined if it uses none */
const bundleClients = async ({ codeDirectory, handler, properties, logicalId }: BundleInput, directory: string) => {
  const entry = join(codeDirectory, `${handler.slice(0, handler.lastIndexOf('.'))}.ts`);
  const clients = [
    ...(await readFile(entry, 'utf8')).matchAll(
      /import \{[^}]*?(\w+Client)\b[^}]*\} from '(@aws-sdk\/client-[\w-]+)'/g,
    ),
  ];
  if (clients.length === 0) return undefined;
  const contents = [
    ...clients.map(([, name, from]) => `import { ${name} } from '${from}';`),
    `export const clients = [${clients.map(([, name]) => `new ${name}({})`).join(', ')}];`,
  ].join('\n');
  const path = join(directory, `${logicalId}-clients.js`);
  const { outputFiles } = await build({
    ...buildOptions({ ...properties, Sourcemap: false }),
    ...{ stdin: { contents, resolveDir: codeDirectory, loader: 'ts' }, write: false, outfile: path },
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  await writeFile(path, code);
  return { path, bytes: code.length };
};

/** Bundles all functions of the template and loads each in `rounds` new processes. */
export const measureBundleLoad = async (rounds: number): Promise<readonly BundleLoad[]> => {
  const template = parseTemplate(await readFile(join(ROOT, 'template.yaml'), 'utf8'));
  const inputs = bundleInputs(template, ROOT);
  const bundles = await bundleFunctions(inputs, join(ROOT, '.build'));
  const directory = await mkdtemp(join(tmpdir(), 'bundle-load-'));
  try {
    const clients = await Promise.all(inputs.map((input) => bundleClients(input, directory)));
    const nothing: Candidate = { environment: {} };
    const functions = bundles.map(({ logicalId, path }) => ({ path, environment: environmentOf(template, logicalId) }));
    const bare = clients.map((found) => (found ? { path: found.path, environment: {} } : nothing));
    const [empty = NaN, ...times] = await medians([nothing, ...functions, ...bare], rounds);
    return bundles.map(({ logicalId, bytes }, index) => ({
      logicalId,
      bytes,
      clientBytes: clients[index]?.bytes ?? 0,
      load: (times[index] ?? NaN) / empty,
      clientLoad: (times[bundles.length + index] ?? NaN) / empty,
    }));
  } finally {
    await rm(directory, { recursive: true });
  }
};
