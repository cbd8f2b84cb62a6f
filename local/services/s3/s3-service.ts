import type {
  CreateBucketCommandInput,
  DeleteBucketCommandInput,
  GetBucketLocationCommandInput,
  HeadBucketCommandInput,
  ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import type { Environment, ServiceModule } from '../../core/api';
import type { Clock } from '../../core/clock';
import { createMemoryStore, type Store } from '../../store/store';
import { createBucketStore } from './bucket-store';
import { listObjectsV2 } from './list-objects';
import { createObjectOperations } from './object-operations';

export interface S3Service extends ServiceModule {
  /** The bytes of an object. @throws AwsError NoSuchBucket, NoSuchKey */
  getObject(bucket: string, key: string): Promise<Buffer>;
}

/** Operations with another name in IAM (Service Authorization Reference, Amazon S3). */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListBuckets: 's3:ListAllMyBuckets',
  HeadObject: 's3:GetObject',
  DeleteObjects: 's3:DeleteObject',
};

const keysOf = ({ Key, Delete }: Readonly<Record<string, unknown>>): readonly string[] => {
  if (typeof Key === 'string') return [Key];
  const objects: unknown = typeof Delete === 'object' && Delete !== null && 'Objects' in Delete ? Delete.Objects : [];
  if (!Array.isArray(objects)) return [];
  return objects.flatMap((object: unknown) =>
    typeof object === 'object' && object !== null && 'Key' in object && typeof object.Key === 'string'
      ? [object.Key]
      : [],
  );
};

/** S3 in memory: whole objects, no versions, no multipart uploads. */
export const createS3Service = ({
  clock,
  environment,
  store: kept = createMemoryStore(),
}: {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly store?: Store;
}): S3Service => {
  const store = createBucketStore(kept);
  return {
    service: 's3',
    operations: {
      CreateBucket: ({ Bucket = '' }: CreateBucketCommandInput) => {
        store.create(Bucket, clock.now());
        return { Location: `/${Bucket}` };
      },
      HeadBucket: ({ Bucket }: HeadBucketCommandInput) => {
        store.bucket(Bucket);
        return { BucketRegion: environment.region };
      },
      GetBucketLocation: ({ Bucket }: GetBucketLocationCommandInput) => {
        store.bucket(Bucket);
        // us-east-1 has no location constraint.
        return environment.region === 'us-east-1' ? {} : { LocationConstraint: environment.region };
      },
      ListBuckets: () => ({
        Buckets: store.buckets().map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt) })),
        Owner: { ID: environment.accountId },
      }),
      DeleteBucket: ({ Bucket }: DeleteBucketCommandInput) => {
        store.remove(Bucket);
        return {};
      },
      ListObjectsV2: (input: ListObjectsV2CommandInput) => listObjectsV2(store, input),
      ...createObjectOperations(store, clock),
    },
    resourcesOf: (_operation, input) => {
      const { Bucket } = input;
      if (typeof Bucket !== 'string') return ['*'];
      const keys = keysOf(input);
      return keys.length > 0 ? keys.map((key) => `arn:aws:s3:::${Bucket}/${key}`) : [`arn:aws:s3:::${Bucket}`];
    },
    actionOf: (operation) => ACTIONS[operation] ?? `s3:${operation}`,
    getObject: async (bucket, key) => store.object(bucket, key).body,
  };
};
