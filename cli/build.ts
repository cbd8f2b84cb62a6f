import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleInputs } from '../local/deploy/functions';
import { bundleFunctions } from '../local/services/lambda/bundle';
import { parseTemplate } from '../local/template/parse-template';

const HELP = `npm run build

Bundles every function of template.yaml into .build/, with the options that sam build uses, and prints the sizes.
Exit code 1 when a bundle is larger than 400 kB, or all of them zipped are larger than 1.2 MB.`;

/** Cold starts grow with the bundle: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html */
const MAX_BUNDLE_BYTES = 400_000;
const MAX_ZIPPED_BYTES = 1_200_000;

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0).padStart(5)} kB`;

const main = async () => {
  if (process.argv.includes('--help')) return console.log(HELP);
  const root = join(__dirname, '..');
  const template = parseTemplate(await readFile(join(root, 'template.yaml'), 'utf8'));
  const bundles = await bundleFunctions(bundleInputs(template, root), join(root, '.build'));
  for (const { logicalId, bytes, gzipBytes } of bundles)
    console.log(`${logicalId.padEnd(30)} ${kilobytes(bytes)} minified ${kilobytes(gzipBytes)} zipped`);
  const zipped = bundles.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  console.log(`${'all'.padEnd(30)} ${' '.repeat(18)}${kilobytes(zipped)} zipped`);
  const large = bundles.filter(({ bytes }) => bytes > MAX_BUNDLE_BYTES).map(({ logicalId }) => logicalId);
  if (large.length > 0) console.error(`Larger than ${kilobytes(MAX_BUNDLE_BYTES).trim()}: ${large.join(', ')}`);
  if (zipped > MAX_ZIPPED_BYTES) console.error(`All zipped are larger than ${kilobytes(MAX_ZIPPED_BYTES).trim()}.`);
  if (large.length > 0 || zipped > MAX_ZIPPED_BYTES) process.exitCode = 1;
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
