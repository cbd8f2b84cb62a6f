import { SFNClient } from '@aws-sdk/client-sfn';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { sfnTasks } from '../tasks';
import { startAck } from './start-ack';

const { STACK_NAME } = fromEnv(process.env, 'STACK_NAME');

export const handler = onMessages(
  createLog(STACK_NAME),
  [
    'DEVICE_CONNECTED',
    'OUTCOME_RECORDED',
    'DEVICE_STARTED_DOWNLOAD_SUCCESS',
    'DEVICE_STARTED_DOWNLOAD_FAIL',
    'DEVICE_STARTED_ACTIVATION_SUCCESS',
    'DEVICE_STARTED_ACTIVATION_FAIL',
  ],
  startAck(sfnTasks(new SFNClient({}))),
);
