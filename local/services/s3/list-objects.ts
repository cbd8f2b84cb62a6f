import type { ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import type { BucketStore } from './bucket-store';

const MAX_KEYS = 1000;

type Entry = { readonly kind: 'object' | 'prefix'; readonly name: string };

/** Keys are sorted by their UTF-8 bytes. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys below the prefix; those that contain the delimiter after it are grouped into common prefixes. */
const entriesOf = (keys: readonly string[], prefix: string, delimiter: string | undefined): readonly Entry[] => {
  const entries = new Map<string, Entry>();
  for (const key of keys) {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const name = end < 0 ? key : key.slice(0, end + (delimiter?.length ?? 0));
    entries.set(name, { kind: end < 0 ? 'object' : 'prefix', name });
  }
  return [...entries.values()];
};

/** ListObjectsV2. The continuation token is the last name of the previous page. @throws AwsError NoSuchBucket */
export const listObjectsV2 = (store: BucketStore, input: ListObjectsV2CommandInput) => {
  const { Bucket, Prefix = '', Delimiter, ContinuationToken, StartAfter } = input;
  const { objects } = store.bucket(Bucket);
  const after =
    ContinuationToken === undefined ? (StartAfter ?? '') : Buffer.from(ContinuationToken, 'base64').toString();
  const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix)).sort(byBytes);
  const entries = entriesOf(keys, Prefix, Delimiter).filter(({ name }) => after === '' || byBytes(name, after) > 0);
  const MaxKeys = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
  const page = entries.slice(0, MaxKeys);
  const last = page.at(-1);
  const isTruncated = entries.length > page.length;
  return {
    Name: Bucket,
    Prefix,
    Delimiter,
    MaxKeys,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    ContinuationToken,
    StartAfter,
    EncodingType: input.EncodingType,
    ...(isTruncated && last ? { NextContinuationToken: Buffer.from(last.name).toString('base64') } : {}),
    Contents: page.flatMap(({ kind, name }) => {
      const object = kind === 'object' ? objects.get(name) : undefined;
      if (!object) return [];
      const { body, etag, lastModified } = object;
      const Key = input.EncodingType === 'url' ? encodeURIComponent(name).replaceAll('%2F', '/') : name;
      return [{ Key, Size: body.length, ETag: etag, LastModified: new Date(lastModified), StorageClass: 'STANDARD' }];
    }),
    CommonPrefixes: page.flatMap(({ kind, name }) => (kind === 'prefix' ? [{ Prefix: name }] : [])),
  };
};
