import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { sfnTasks } from '../tasks';
import { dynamoInbox } from './inbox';
import { isReplay, replayEvent, upgradeStatus } from './upgrade-status';

const { STACK_NAME, TASK_TOKENS_TABLE } = fromEnv(process.env, 'STACK_NAME', 'TASK_TOKENS_TABLE');
const log = createLog(STACK_NAME);
const deps = {
  inbox: dynamoInbox(new DynamoDBClient({}), TASK_TOKENS_TABLE),
  tasks: sfnTasks(new SFNClient({})),
  now: () => Math.floor(Date.now() / 1000),
};
const onEvent = onMessages(
  log,
  ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED', 'ACTIVATION_FAILED'],
  upgradeStatus(deps),
);
const onReplay = replayEvent(deps, log);

export const handler = (event: unknown): Promise<void> => (isReplay(event) ? onReplay(event) : onEvent(event));
