import type {
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { BucketStore, StoredObject } from './bucket-store';

/** The members of PutObject that are stored. Bodies have already become bytes or text. */
export interface PutObjectInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly Body?: unknown;
  readonly ContentType?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
  /** `*`: only if the object does not exist. */
  readonly IfNoneMatch?: string | undefined;
}

const bytesOf = (body: unknown): Buffer => {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array || typeof body === 'string') return Buffer.from(body);
  throw new AwsError('InvalidRequest', 'PutObject: Body must be bytes or text.');
};

const headOf = ({ body, etag, lastModified, contentType, contentEncoding, metadata }: StoredObject) => ({
  AcceptRanges: 'bytes',
  ContentLength: body.length,
  ContentType: contentType,
  ...(contentEncoding ? { ContentEncoding: contentEncoding } : {}),
  ETag: etag,
  LastModified: new Date(lastModified),
  Metadata: metadata,
});

/** First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`. @throws AwsError InvalidRange */
const rangeOf = (range: string, length: number): readonly [number, number] => {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const first = from === '' ? Math.max(0, length - Number(to || Number.NaN)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  if (Number.isNaN(first) || first > last)
    throw new AwsError('InvalidRange', `The requested range is not satisfiable: ${range} of ${length} bytes.`, 416);
  return [first, last];
};

/** `aws-chunked` belongs to the transfer, not to the object. */
const storedEncoding = (encoding: string | undefined): string | undefined =>
  encoding
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one && one !== 'aws-chunked')
    .join(',') || undefined;

/** PutObject, GetObject, HeadObject, DeleteObject, DeleteObjects. */
export const createObjectOperations = (store: BucketStore, clock: Clock) => ({
  PutObject: (input: PutObjectInput) => {
    const { Bucket, Key = '', Body, ContentType, ContentEncoding, Metadata, IfNoneMatch } = input;
    const { objects } = store.bucket(Bucket);
    if (Key === '' || Buffer.byteLength(Key) > 1024)
      throw new AwsError('KeyTooLongError', 'A key is 1 to 1,024 bytes of UTF-8.');
    if (IfNoneMatch === '*' && objects.has(Key))
      throw new AwsError('PreconditionFailed', `An object with the key "${Key}" exists already.`, 412);
    const body = bytesOf(Body);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const contentEncoding = storedEncoding(ContentEncoding);
    objects.set(Key, {
      body,
      etag,
      lastModified: clock.now(),
      contentType: ContentType ?? 'binary/octet-stream',
      ...(contentEncoding ? { contentEncoding } : {}),
      metadata: Metadata ?? {},
    });
    store.objectChanged(Bucket, Key);
    return { ETag: etag };
  },
  GetObject: ({ Bucket, Key, Range }: GetObjectCommandInput) => {
    const object = store.object(Bucket, Key);
    const head = headOf(object);
    if (Range === undefined || object.body.length === 0) return { ...head, Body: object.body };
    const [first, last] = rangeOf(Range, object.body.length);
    const Body = object.body.subarray(first, last + 1);
    return { ...head, ContentLength: Body.length, ContentRange: `bytes ${first}-${last}/${object.body.length}`, Body };
  },
  HeadObject: ({ Bucket, Key }: HeadObjectCommandInput) => headOf(store.object(Bucket, Key)),
  DeleteObject: ({ Bucket, Key = '' }: DeleteObjectCommandInput) => {
    store.bucket(Bucket).objects.delete(Key);
    store.objectChanged(Bucket, Key);
    return {};
  },
  DeleteObjects: ({ Bucket, Delete }: DeleteObjectsCommandInput) => {
    const { objects } = store.bucket(Bucket);
    const keys = (Delete?.Objects ?? []).map(({ Key = '' }) => Key);
    for (const key of keys) {
      objects.delete(key);
      store.objectChanged(Bucket, key);
    }
    return Delete?.Quiet ? {} : { Deleted: keys.map((Key) => ({ Key })) };
  },
});
