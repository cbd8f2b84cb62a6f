import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { publishTo } from '../../shared/sns-out';
import { dynamoDevices } from '../dynamo-devices';
import { protocolsFor } from '../protocols';
import { iotDataSend } from '../send';
import { handleDeviceMessage } from './message-handler';

const env = fromEnv(process.env, 'CONTROLLER_ENDPOINT_ID', 'DEVICES_TABLE', 'EVENTS_TOPIC_ARN', 'STACK_NAME');

/** Invoked by the device message rule. */
export const handler = handleDeviceMessage({
  protocols: protocolsFor(env.CONTROLLER_ENDPOINT_ID),
  devices: dynamoDevices(DynamoDBDocumentClient.from(new DynamoDBClient({})), env.DEVICES_TABLE),
  send: iotDataSend(new IoTDataPlaneClient({})),
  publish: publishTo(new SNSClient({}), env.EVENTS_TOPIC_ARN),
  log: createLog(env.STACK_NAME),
  now: Date.now,
});
