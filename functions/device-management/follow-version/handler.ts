import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { followVersion } from './follow-version';
import { iotRegistry } from './registry';
import { versionsIn } from './versions';

const { DEVICES_TABLE, STACK_NAME } = fromEnv(process.env, 'DEVICES_TABLE', 'STACK_NAME');

export const handler = onMessages(
  createLog(STACK_NAME),
  ['DEVICE_VERSION_REPORTED'],
  followVersion({
    ...iotRegistry(new IoTClient({})),
    versionsOf: versionsIn(DynamoDBDocumentClient.from(new DynamoDBClient({})), DEVICES_TABLE),
    now: Date.now,
  }),
);
