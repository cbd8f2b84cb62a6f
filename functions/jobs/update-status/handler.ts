import { IoTJobsDataPlaneClient, UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { updateStatus } from './update-status';

const { STACK_NAME } = fromEnv(process.env, 'STACK_NAME');
const jobs = new IoTJobsDataPlaneClient({});

export const handler = onMessages(
  createLog(STACK_NAME),
  ['DEVICE_STARTED_DOWNLOAD_SUCCESS', 'FIRMWARE_UPGRADE_SUCCESS', 'FIRMWARE_UPGRADE_FAIL'],
  updateStatus({ updateJobExecution: (request) => jobs.send(new UpdateJobExecutionCommand(request)) }),
);
