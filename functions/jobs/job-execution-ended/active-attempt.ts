import { DescribeJobExecutionCommand, type IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import { isAwsError } from '../../shared/errors';
import type { JobExecutionEndedDeps } from './job-execution-ended';

/**
 * Without a number the data plane describes the latest attempt, unless it has ended:
 * https://docs.aws.amazon.com/iot/latest/apireference/API_iot-jobs-data_DescribeJobExecution.html
 */
export const iotActiveAttempt =
  (jobs: IoTJobsDataPlaneClient): JobExecutionEndedDeps['activeAttempt'] =>
  async (jobId, thingName) => {
    try {
      const { execution } = await jobs.send(new DescribeJobExecutionCommand({ jobId, thingName }));
      const isActive = execution?.status === 'QUEUED' || execution?.status === 'IN_PROGRESS';
      return isActive ? execution.executionNumber : undefined;
    } catch (error) {
      if (isAwsError(error, 'TerminalStateException', 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  };
