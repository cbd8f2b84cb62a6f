import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleInputs } from '../local/deploy/functions';
import { bundleFunctions } from '../local/services/lambda/bundle';
import { parseTemplate } from '../local/template/parse-template';
import { MAX_BUNDLE_BYTES, MAX_ZIPPED_BYTES, sizeProblems, sizeTable } from './build/bundle-report';

const HELP = `npm run build

Bundles every function of template.yaml into .build/, with the options that sam build uses, and prints the sizes.
Exit code 1 when a bundle has more than ${MAX_BUNDLE_BYTES / 1e3} kB, or all of them zipped more than ${MAX_ZIPPED_BYTES / 1e6} MB.`;

const main = async () => {
  if (process.argv.includes('--help')) return console.log(HELP);
  const root = join(__dirname, '..');
  const template = parseTemplate(await readFile(join(root, 'template.yaml'), 'utf8'));
  const bundles = await bundleFunctions(bundleInputs(template, root), join(root, '.build'));
  console.log(sizeTable(bundles));
  const problems = sizeProblems(bundles);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
