import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { drivenClock } from '../../../local/core/clock';
import { createS3Service } from '../../../local/services/s3/s3-service';
import { decodeAwsChunked } from '../../../local/wire/aws-chunked';
import { type Harness, startFrontEnd } from '../wire/wire-harness';

const Bucket = 'descriptors';

describe('S3', () => {
  const s3 = createS3Service({ clock: drivenClock(), environment: { accountId: '000000000000', region: 'us-east-1' } });
  let started: Harness;
  let client: S3Client;
  beforeAll(async () => {
    started = await startFrontEnd([s3]);
    client = new S3Client({ ...started.config, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => started.frontEnd.close());

  const put = (bucket: string, Key: string, Body: string) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

  test('an object comes back as it was put, with type, metadata, tag and time', async () => {
    const Key = 'a b/ü&<.desc';
    const Body = Buffer.from([0, 255, 13, 10]);
    const about = { ContentType: 'application/x-protobuf', Metadata: { hash: 'abc' } };
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ...about }));
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await answer.Body?.transformToByteArray()).toEqual(Uint8Array.from(Body));
    expect(answer).toMatchObject({ ...about, ContentLength: 4, LastModified: new Date(Date.UTC(2026, 0, 1)) });
    expect(await s3.getObject(Bucket, Key)).toEqual(Body);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentLength: 4, ETag: answer.ETag });
  });

  test.each([
    ['bytes=2-4', '234'],
    ['bytes=8-', '89'],
    ['bytes=-2', '89'],
  ])('the range %s of an object is read alone', async (Range, text) => {
    await put(Bucket, 'digits', '0123456789');
    const part = await client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
    expect(await part.Body?.transformToString()).toBe(text);
  });

  test('chunked bodies with signatures and trailers are unwrapped', () => {
    const body = '5;chunk-signature=0\r\nhello\r\n3\r\n\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n';
    expect(decodeAwsChunked(Buffer.from(body)).toString()).toBe('hello\r\n!');
    expect(() => decodeAwsChunked(Buffer.from('ff\r\nshort'))).toThrow('cut off');
  });

  test('objects are listed by prefix, in pages, with common prefixes', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'listed' }));
    for (const key of ['x/2', 'x/1', 'x/sub/3', 'y']) await put('listed', key, 'x');
    const rolled = await client.send(new ListObjectsV2Command({ Bucket: 'listed', Prefix: 'x/', Delimiter: '/' }));
    expect(rolled.Contents?.map(({ Key }) => Key)).toEqual(['x/1', 'x/2']);
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'x/sub/' }]);
    const first = await client.send(new ListObjectsV2Command({ Bucket: 'listed', MaxKeys: 3 }));
    const ContinuationToken = first.NextContinuationToken;
    const second = await client.send(new ListObjectsV2Command({ Bucket: 'listed', ContinuationToken }));
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['y']);
  });

  test('a bucket can be deleted only once it is empty', async () => {
    const short = { Bucket: 'short-lived' };
    await client.send(new CreateBucketCommand(short));
    await put(short.Bucket, 'a & b', 'x');
    await expect(client.send(new DeleteBucketCommand(short))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const Delete = { Objects: [{ Key: 'a & b' }] };
    const { Deleted } = await client.send(new DeleteObjectsCommand({ ...short, Delete }));
    expect(Deleted).toEqual([{ Key: 'a & b' }]);
    await client.send(new DeleteBucketCommand(short));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).not.toContain('short-lived');
  });

  test('a missing key and a missing bucket are different errors', async () => {
    const get = (bucket: string) => client.send(new GetObjectCommand({ Bucket: bucket, Key: 'none' }));
    await expect(get(Bucket)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get('nowhere')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const head = client.send(new HeadObjectCommand({ Bucket, Key: 'none' }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  test('a conditional put does not overwrite', async () => {
    const once = { Bucket, Key: 'once', Body: '1', IfNoneMatch: '*' };
    await client.send(new PutObjectCommand(once));
    await expect(client.send(new PutObjectCommand(once))).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('anybody may download an object by its URL, but not upload one', async () => {
    await put(Bucket, 'public', 'text');
    const url = `${started.frontEnd.url}/${Bucket}/public`;
    expect(await (await fetch(url)).text()).toBe('text');
    expect((await fetch(url, { method: 'PUT', body: 'other' })).status).toBe(403);
  });

  test('multipart uploads fail with an error that names them', async () => {
    const call = client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
    await expect(call).rejects.toThrow('s3:CreateMultipartUpload is not emulated');
  });

  test('IAM sees objects and buckets as different resources', () => {
    expect(s3.resourcesOf('GetObject', { Bucket, Key: 'k' })).toEqual([`arn:aws:s3:::${Bucket}/k`]);
    expect(s3.resourcesOf('ListObjectsV2', { Bucket })).toEqual([`arn:aws:s3:::${Bucket}`]);
    expect(s3.actionOf?.('ListObjectsV2')).toBe('s3:ListBucket');
    expect(s3.actionOf?.('PutObject')).toBe('s3:PutObject');
  });
});
