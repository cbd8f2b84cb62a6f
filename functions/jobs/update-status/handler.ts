import { IoTJobsDataPlaneClient, UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane';
import { log } from '../../shared/log';
import { onMessages } from '../../shared/sns-in';
import { updateStatus } from './update-status';

const jobs = new IoTJobsDataPlaneClient({});

export const handler = onMessages(
  log,
  ['DEVICE_STARTED_DOWNLOAD_SUCCESS', 'FIRMWARE_UPGRADE_SUCCESS', 'FIRMWARE_UPGRADE_FAIL'],
  updateStatus({ log, updateJobExecution: (request) => jobs.send(new UpdateJobExecutionCommand(request)) }),
);
