import { rounded, thisMachine, writeResult, writeSection } from '../results';
import { markdownTable, textTable } from '../table';
import { type BundleLoad, measureBundleLoad } from '../bundle-load';
import { codecComparisons } from './codec';
import { type Compared, compare, type Comparison } from './compare';
import { coreComparisons } from './cores';
import { frontEndComparison } from './front-end';
import { interpreterComparison } from './interpreter';
import { ruleComparison } from './rules';

const BUNDLE_ROUNDS = 15;

const rowsOf = (compared: readonly Compared[]): readonly (readonly string[])[] => [
  ['', 'µs', 'baseline', 'µs of the baseline', 'ratio'],
  ...compared.map(({ name, against, microseconds, baselineMicroseconds, ratio }) => [
    ...[name, microseconds.toFixed(2), against, baselineMicroseconds.toFixed(2), ratio.toFixed(2)],
  ]),
];

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
const bundleRows = (loads: readonly BundleLoad[]): readonly (readonly string[])[] => [
  ['bundle', 'kB', 'kB of its SDK clients', 'load / empty process', 'clients / empty process', 'load / clients'],
  ...loads.map(({ logicalId, bytes, clientBytes, load, clientLoad }) => [
    ...[logicalId, kilobytes(bytes), kilobytes(clientBytes)],
    ...[load.toFixed(2), clientLoad.toFixed(2), (load / clientLoad).toFixed(2)],
  ]),
];

/** Measures single parts against baselines of the same run, prints the tables and writes bench/results/micro.json and docs/scale.md. */
export const benchMicro = async (json: boolean): Promise<void> => {
  const [frontEnd, interpreter] = [await frontEndComparison(), interpreterComparison()];
  const comparisons: readonly Comparison[] = [
    ...codecComparisons(),
    await ruleComparison(),
    ...[interpreter.comparison, frontEnd.comparison],
    ...(await coreComparisons()),
  ];
  const compared: Compared[] = [];
  for (const comparison of comparisons) {
    console.error(`${comparison.name} …`);
    compared.push(await compare(comparison));
  }
  interpreter.close();
  await frontEnd.close();
  console.error('bundles …');
  const bundles = await measureBundleLoad(BUNDLE_ROUNDS);
  const result = { machine: thisMachine(), compared, bundles };
  const tables = [rowsOf(compared), bundleRows(bundles)];
  await writeResult('micro.json', `${JSON.stringify(result, rounded, 2)}\n`);
  await writeSection('parts', tables.map(markdownTable).join('\n\n'));
  if (json) console.log(JSON.stringify(result));
  else console.log(`\n${tables.map(textTable).join('\n\n')}`);
};
