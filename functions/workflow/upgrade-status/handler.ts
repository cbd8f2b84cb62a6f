import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { fromEnv } from '../../shared/env';
import { log } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { sfnTasks } from '../tasks';
import { dynamoInbox } from './inbox';
import { isReplay, replayEvent, upgradeStatus } from './upgrade-status';

const { TASK_TOKENS_TABLE } = fromEnv(process.env, 'TASK_TOKENS_TABLE');
const deps = {
  inbox: dynamoInbox(new DynamoDBClient({}), TASK_TOKENS_TABLE),
  tasks: sfnTasks(new SFNClient({}), log),
  log,
  now: () => Math.floor(Date.now() / 1000),
};
const onEvent = onMessages(
  log,
  ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED'],
  upgradeStatus(deps),
);
const onReplay = replayEvent(deps);

export const handler = (event: unknown): Promise<void> => (isReplay(event) ? onReplay(event) : onEvent(event));
