import { AwsError } from '../../core/aws-error';

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Bucket {
  readonly name: string;
  readonly createdAt: number;
  readonly objects: Map<string, StoredObject>;
}

/** Lower case letters, digits, dots, hyphens; 3 to 63. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Buckets and objects in memory. */
export const createBucketStore = () => {
  const buckets = new Map<string, Bucket>();
  const bucket = (name: string | undefined): Bucket => {
    const found = buckets.get(name ?? '');
    if (!found) throw new AwsError('NoSuchBucket', `The specified bucket does not exist: "${name}"`, 404);
    return found;
  };
  return {
    buckets: (): readonly Bucket[] => [...buckets.values()],
    /** @throws AwsError NoSuchBucket */
    bucket,
    /** @throws AwsError InvalidBucketName, BucketAlreadyOwnedByYou */
    create: (name: string, createdAt: number): void => {
      if (!BUCKET_NAME.test(name)) throw new AwsError('InvalidBucketName', `"${name}" is not a valid bucket name.`);
      if (buckets.has(name)) throw new AwsError('BucketAlreadyOwnedByYou', `The bucket "${name}" exists already.`, 409);
      buckets.set(name, { name, createdAt, objects: new Map() });
    },
    /** @throws AwsError NoSuchBucket, BucketNotEmpty */
    remove: (name: string | undefined): void => {
      const { objects } = bucket(name);
      if (objects.size > 0)
        throw new AwsError('BucketNotEmpty', `The bucket "${name}" you tried to delete is not empty.`, 409);
      buckets.delete(name ?? '');
    },
    /** @throws AwsError NoSuchBucket, NoSuchKey */
    object: (bucketName: string | undefined, key: string | undefined): StoredObject => {
      const found = bucket(bucketName).objects.get(key ?? '');
      if (!found) throw new AwsError('NoSuchKey', `The specified key does not exist: "${key}" in "${bucketName}"`, 404);
      return found;
    },
  };
};

export type BucketStore = ReturnType<typeof createBucketStore>;
