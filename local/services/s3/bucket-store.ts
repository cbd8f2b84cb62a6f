import { AwsError } from '../../core/aws-error';
import type { Store } from '../../store/store';

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

/** Bucket and key: a bucket's name has no slash. */
const objectId = (bucket: string, key: string) => `${bucket}/${key}`;

/** Buckets and their objects. */
export const createBucketStore = (store: Store) => {
  const buckets = new Map<string, Bucket>();
  const keptBuckets = store.collection<Pick<Bucket, 'createdAt'>>('s3-buckets', (name) => {
    const found = buckets.get(name);
    return found && { createdAt: found.createdAt };
  });
  const split = (id: string) => [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)] as const;
  const keptObjects = store.collection<StoredObject>('s3-objects', (id) => {
    const [name, key] = split(id);
    return buckets.get(name)?.objects.get(key);
  });
  for (const [name, { createdAt }] of keptBuckets.saved) buckets.set(name, { name, createdAt, objects: new Map() });
  for (const [id, object] of keptObjects.saved) {
    const [name, key] = split(id);
    buckets.get(name)?.objects.set(key, object);
  }
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
      keptBuckets.changed(name);
    },
    /** An object has been put or deleted. */
    objectChanged: (bucketName: string | undefined, key: string): void =>
      keptObjects.changed(objectId(bucketName ?? '', key)),
    /** @throws AwsError NoSuchBucket, BucketNotEmpty */
    remove: (name: string | undefined): void => {
      const { objects } = bucket(name);
      if (objects.size > 0)
        throw new AwsError('BucketNotEmpty', `The bucket "${name}" you tried to delete is not empty.`, 409);
      buckets.delete(name ?? '');
      keptBuckets.changed(name ?? '');
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
