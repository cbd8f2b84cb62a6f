import { IoTJobsDataPlaneClient, UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { publishTo } from '../../shared/sns-out';
import { updateStatus } from './update-status';

const { EVENTS_TOPIC_ARN, STACK_NAME } = fromEnv(process.env, 'EVENTS_TOPIC_ARN', 'STACK_NAME');
const jobs = new IoTJobsDataPlaneClient({});

export const handler = onMessages(
  createLog(STACK_NAME),
  ['DEVICE_STARTED_DOWNLOAD_SUCCESS', 'FIRMWARE_UPGRADE_SUCCESS', 'FIRMWARE_UPGRADE_FAIL'],
  updateStatus({
    updateJobExecution: (request) => jobs.send(new UpdateJobExecutionCommand(request)),
    publish: publishTo(new SNSClient({}), EVENTS_TOPIC_ARN),
  }),
);
