import type { Bundle } from '../../local/services/lambda/bundle';

/** Cold starts grow with the bundle: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html */
export const MAX_BUNDLE_BYTES = 420_000;
export const MAX_ZIPPED_BYTES = 1_250_000;

type Size = Pick<Bundle, 'logicalId' | 'bytes' | 'gzipBytes'>;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
const row = (name: string, minified: string, zipped: string) =>
  `${name.padEnd(30)} ${minified.padStart(9)} ${zipped.padStart(9)}`;

/** One line for each function, then the sums. */
export const sizeTable = (bundles: readonly Size[]): string => {
  const sizeRow = (name: string, sizes: readonly Size[]) =>
    row(name, kilobytes(sum(sizes.map(({ bytes }) => bytes))), kilobytes(sum(sizes.map(({ gzipBytes }) => gzipBytes))));
  return [
    row('function', 'minified', 'zipped'),
    ...bundles.map((bundle) => sizeRow(bundle.logicalId, [bundle])),
    sizeRow('all', bundles),
  ].join('\n');
};

/** What is larger than it may be, one sentence each. */
export const sizeProblems = (bundles: readonly Size[]): readonly string[] => {
  const zipped = sum(bundles.map(({ gzipBytes }) => gzipBytes));
  return [
    ...bundles
      .filter(({ bytes }) => bytes > MAX_BUNDLE_BYTES)
      .map(
        ({ logicalId, bytes }) =>
          `${logicalId} has ${kilobytes(bytes)}, at most ${kilobytes(MAX_BUNDLE_BYTES)} are allowed.`,
      ),
    ...(zipped > MAX_ZIPPED_BYTES
      ? [`All zipped have ${kilobytes(zipped)}, at most ${kilobytes(MAX_ZIPPED_BYTES)} are allowed.`]
      : []),
  ];
};
