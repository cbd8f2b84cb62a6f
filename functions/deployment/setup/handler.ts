import { IoTClient } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { DESCRIPTOR_BASE64, DESCRIPTOR_KEY } from '../../../proto/generated/descriptor';
import { log } from '../../shared/log';
import { enableFleetIndexing, enableJobEvents } from './account-settings';
import { emptyBucket, putObject } from './bucket';
import { setUp } from './setup';

const iot = new IoTClient({});
const s3 = new S3Client({});

export const handler = setUp({
  log,
  descriptor: { key: DESCRIPTOR_KEY, bytes: Buffer.from(DESCRIPTOR_BASE64, 'base64') },
  putObject: putObject(s3),
  emptyBucket: emptyBucket(s3),
  enableFleetIndexing: enableFleetIndexing(iot),
  enableJobEvents: enableJobEvents(iot),
  respond: async (url, body) => {
    // CloudFormation's address is presigned without a content type.
    const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });
    if (!answer.ok) throw new Error(`CloudFormation refused the answer: ${answer.status} ${await answer.text()}`);
  },
});
