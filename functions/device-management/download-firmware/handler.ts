import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { publishTo } from '../../shared/sns-out';
import { awaitConnection } from '../connection';
import { secretsManagerCredentials } from '../credentials';
import { dynamoDevices } from '../dynamo-devices';
import { protocolsFor } from '../protocols';
import { iotDataSend } from '../send';
import { askVersion } from './ask-version';
import { downloadFirmware } from './download-firmware';
import { upgradeFailed } from './upgrade-failed';

const env = fromEnv(
  process.env,
  'CONTROLLER_ENDPOINT_ID',
  'DEVICES_TABLE',
  'EVENTS_TOPIC_ARN',
  'FIRMWARE_URL_TEMPLATE',
  'STACK_NAME',
);
/** Empty when the firmware server wants no login. */
const defaultSecret = process.env['FIRMWARE_CREDENTIALS_SECRET'] ?? '';
const credentialsIn = secretsManagerCredentials(new SecretsManagerClient({}), Date.now);

const deps = {
  protocols: protocolsFor(env.CONTROLLER_ENDPOINT_ID),
  urlTemplate: env.FIRMWARE_URL_TEMPLATE,
  devices: dynamoDevices(DynamoDBDocumentClient.from(new DynamoDBClient({})), env.DEVICES_TABLE),
  send: iotDataSend(new IoTDataPlaneClient({})),
  publish: publishTo(new SNSClient({}), env.EVENTS_TOPIC_ARN),
  credentials: async (secret = defaultSecret) => (secret === '' ? undefined : credentialsIn(secret)),
  now: Date.now,
};
const onAsk = askVersion(deps);
const onAwait = awaitConnection(deps);
const onStart = downloadFirmware(deps);
const onFailure = upgradeFailed(deps);

export const handler = onMessages(
  createLog(env.STACK_NAME),
  ['ASK_VERSION', 'AWAIT_CONNECTION', 'START_UPGRADE', 'FIRMWARE_UPGRADE_FAIL'],
  (message, log) => {
    switch (message.name) {
      case 'ASK_VERSION':
        return onAsk(message, log);
      case 'AWAIT_CONNECTION':
        return onAwait(message, log);
      case 'START_UPGRADE':
        return onStart(message, log);
      case 'FIRMWARE_UPGRADE_FAIL':
        return onFailure(message, log);
    }
  },
);
