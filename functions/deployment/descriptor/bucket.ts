import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isAwsError } from '../../shared/errors';

export const putObject =
  (s3: S3Client) =>
  async (bucket: string, key: string, bytes: Uint8Array): Promise<void> => {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/octet-stream' }),
    );
  };

/** Lists, because reading an object's head would need the right to read it. */
export const hasObject =
  (s3: S3Client) =>
  async (bucket: string, key: string): Promise<boolean> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
    // Of the keys that begin with it, it is the first.
    return Contents[0]?.Key === key;
  };

/** Deletes all objects; a bucket that is gone is empty. */
export const emptyBucket =
  (s3: S3Client) =>
  async (bucket: string): Promise<void> => {
    try {
      for (;;) {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
        if (Contents.length === 0) return;
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      }
    } catch (error) {
      if (!isAwsError(error, 'NoSuchBucket')) throw error;
    }
  };
