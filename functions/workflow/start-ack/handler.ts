import { SFNClient } from '@aws-sdk/client-sfn';
import { log } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { sfnTasks } from '../tasks';
import { startAck } from './start-ack';

export const handler = onMessages(
  log,
  ['DEVICE_STARTED_DOWNLOAD_SUCCESS', 'DEVICE_STARTED_DOWNLOAD_FAIL'],
  startAck(sfnTasks(new SFNClient({}), log)),
);
