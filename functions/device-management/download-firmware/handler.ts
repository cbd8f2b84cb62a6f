import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromEnv } from '../../shared/env';
import { log } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { publishTo } from '../../shared/sns-out';
import { dynamoDevices } from '../devices';
import { iotDataSend } from '../send';
import { downloadFirmware } from './download-firmware';

const env = fromEnv(
  process.env,
  'CONTROLLER_ENDPOINT_ID',
  'DEVICES_TABLE',
  'EVENTS_TOPIC_ARN',
  'FIRMWARE_URL_TEMPLATE',
);

export const handler = onMessages(
  log,
  ['START_UPGRADE'],
  downloadFirmware({
    controllerId: env.CONTROLLER_ENDPOINT_ID,
    urlTemplate: env.FIRMWARE_URL_TEMPLATE,
    devices: dynamoDevices(new DynamoDBClient({}), env.DEVICES_TABLE),
    send: iotDataSend(new IoTDataPlaneClient({})),
    publish: publishTo(new SNSClient({}), env.EVENTS_TOPIC_ARN),
    log,
    now: Date.now,
  }),
);
