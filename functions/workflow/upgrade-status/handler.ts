import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { sfnTasks } from '../tasks';
import { dynamoInbox } from './inbox';
import { isWait, startWait, upgradeStatus } from './upgrade-status';

const { STACK_NAME, TASK_TOKENS_TABLE } = fromEnv(process.env, 'STACK_NAME', 'TASK_TOKENS_TABLE');
const log = createLog(STACK_NAME);
const deps = {
  inbox: dynamoInbox(DynamoDBDocumentClient.from(new DynamoDBClient({})), TASK_TOKENS_TABLE),
  tasks: sfnTasks(new SFNClient({})),
  now: Date.now,
};
const onEvent = onMessages(
  log,
  ['FIRMWARE_TRANSFERRED', 'DOWNLOAD_OPERATION_DONE', 'DEVICE_REBOOTED', 'ACTIVATION_FAILED'],
  upgradeStatus(deps),
);
const onWait = startWait(deps, log);

/** Invoked by the events topic with events, and by the state machine with a task that waits for one. */
export const handler = (event: unknown): Promise<void> => (isWait(event) ? onWait(event) : onEvent(event));
