import type { ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';

interface StoredObject {
  readonly body: Buffer;
  readonly lastModified: Date;
}

interface BucketInput {
  readonly Bucket: string;
}

interface ObjectInput extends BucketInput {
  readonly Key: string;
}

export interface S3Service extends ServiceModule {
  getObject(bucket: string, key: string): Buffer;
}

/** Objects in memory. Bodies are bytes. */
export const createS3Service = (): S3Service => {
  const buckets = new Map<string, Map<string, StoredObject>>();
  const bucketOf = (name: string) => {
    const bucket = buckets.get(name);
    if (!bucket) throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${name}`, 404);
    return bucket;
  };
  const objectOf = ({ Bucket, Key }: ObjectInput) => {
    const object = bucketOf(Bucket).get(Key);
    if (!object) throw new AwsError('NoSuchKey', `The specified key does not exist: ${Key}`, 404);
    return object;
  };
  const actions: Readonly<Record<string, string>> = { ListObjectsV2: 's3:ListBucket', HeadObject: 's3:GetObject' };
  return {
    service: 's3',
    operations: {
      CreateBucket: ({ Bucket }: BucketInput) => {
        if (!buckets.has(Bucket)) buckets.set(Bucket, new Map());
        return { Location: `/${Bucket}` };
      },
      HeadBucket: ({ Bucket }: BucketInput) => {
        bucketOf(Bucket);
        return {};
      },
      DeleteBucket: ({ Bucket }: BucketInput) => {
        if (bucketOf(Bucket).size > 0) throw new AwsError('BucketNotEmpty', `The bucket is not empty: ${Bucket}`, 409);
        buckets.delete(Bucket);
        return {};
      },
      PutObject: ({ Bucket, Key, Body }: ObjectInput & { readonly Body?: Uint8Array }) => {
        bucketOf(Bucket).set(Key, { body: Buffer.from(Body ?? []), lastModified: new Date() });
        return {};
      },
      GetObject: (input: ObjectInput) => {
        const { body, lastModified } = objectOf(input);
        return { Body: body, ContentLength: body.length, LastModified: lastModified };
      },
      HeadObject: (input: ObjectInput) => {
        const { body, lastModified } = objectOf(input);
        return { ContentLength: body.length, LastModified: lastModified };
      },
      DeleteObject: ({ Bucket, Key }: ObjectInput) => {
        bucketOf(Bucket).delete(Key);
        return {};
      },
      ListObjectsV2: ({ Bucket, Prefix = '' }: BucketInput & { readonly Prefix?: string }) => {
        const Contents = [...bucketOf(Bucket)]
          .filter(([key]) => key.startsWith(Prefix))
          .map(([Key, { body, lastModified }]) => ({ Key, Size: body.length, LastModified: lastModified }));
        return { Name: Bucket, Prefix, KeyCount: Contents.length, IsTruncated: false, Contents };
      },
    },
    resourcesOf: (_operation, { Bucket, Key }) => [
      typeof Key === 'string' ? `arn:aws:s3:::${String(Bucket)}/${Key}` : `arn:aws:s3:::${String(Bucket)}`,
    ],
    actionOf: (operation) => actions[operation] ?? `s3:${operation}`,
    getObject: (Bucket, Key) => objectOf({ Bucket, Key }).body,
  };
};
