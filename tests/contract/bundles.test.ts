import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeProblems, sizeTable } from '../../cli/build/bundle-report';
import { bundleInputs } from '../../local/deploy/functions';
import { bundleFunctions } from '../../local/services/lambda/bundle';
import { readTemplate, ROOT } from '../support/template';

const outDirectory = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(outDirectory, { recursive: true }));

const inputs = bundleInputs(readTemplate(), ROOT);

describe('the bundles of template.yaml', () => {
  test('are each small enough for a quick cold start, and all of them for a quick deployment', async () => {
    const bundles = await bundleFunctions(inputs, outDirectory);
    expect(bundles).toHaveLength(inputs.length);
    expect(sizeProblems(bundles)).toEqual([]);
  }, 60_000);

  test('are refused when one would not load without node_modules', async () => {
    const input = inputs.find(({ logicalId }) => logicalId === 'DescriptorFunction')!;
    const properties = { ...input.properties, External: ['@aws-sdk/client-s3', '@aws-sdk/credential-provider-ini'] };
    await expect(bundleFunctions([{ ...input, properties }], outDirectory)).rejects.toThrow(
      'DescriptorFunction: External keeps @aws-sdk/client-s3 out of the bundle',
    );
  });
});

describe('the report of npm run build', () => {
  const bundles = [
    { logicalId: 'Small', bytes: 8_000, gzipBytes: 3_000 },
    { logicalId: 'Large', bytes: 431_000, gzipBytes: 1_248_000 },
  ];

  test('has a line for each function and the sums', () => {
    expect(sizeTable(bundles).split('\n')).toEqual([
      'function                        minified    zipped',
      'Small                               8 kB      3 kB',
      'Large                             431 kB   1248 kB',
      'all                               439 kB   1251 kB',
    ]);
  });

  test('names what is larger than it may be', () => {
    expect(sizeProblems(bundles)).toEqual([
      'Large has 431 kB, at most 420 kB are allowed.',
      'All zipped have 1251 kB, at most 1250 kB are allowed.',
    ]);
    expect(sizeProblems(bundles.slice(0, 1))).toEqual([]);
  });
});
