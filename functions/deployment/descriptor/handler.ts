import { S3Client } from '@aws-sdk/client-s3';
import { DESCRIPTOR_BASE64, DESCRIPTOR_KEY } from '../../../proto/generated/descriptor';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { customResource, respondByHttp } from '../custom-resource';
import { emptyBucket, hasObject, putObject } from './bucket';
import { descriptorResource } from './descriptor';

const { STACK_NAME } = fromEnv(process.env, 'STACK_NAME');
const s3 = new S3Client({});

export const handler = customResource(
  descriptorResource({
    descriptor: { key: DESCRIPTOR_KEY, bytes: Buffer.from(DESCRIPTOR_BASE64, 'base64') },
    putObject: putObject(s3),
    hasObject: hasObject(s3),
    emptyBucket: emptyBucket(s3),
  }),
  createLog(STACK_NAME),
  respondByHttp,
);
