import type {
  DescribeJobExecutionCommandInput,
  DescribeJobExecutionCommandOutput,
  GetPendingJobExecutionsCommandInput,
  GetPendingJobExecutionsCommandOutput,
  StartNextPendingJobExecutionCommandInput,
  StartNextPendingJobExecutionCommandOutput,
  UpdateJobExecutionCommandInput,
  UpdateJobExecutionCommandOutput,
} from '@aws-sdk/client-iot-jobs-data-plane';
import type { ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { IotService } from '../iot/iot-service';

type Output<T> = Omit<T, '$metadata'>;

const required = (value: string | undefined, parameter: string): string => {
  if (!value) throw new AwsError('InvalidRequestException', `${parameter} is missing.`, 400);
  return value;
};

/** HTTPS responses contain the job document as text, MQTT messages as an object. */
const withTextDocument = <T extends { readonly jobDocument?: unknown }>(execution: T) => {
  const { jobDocument, ...rest } = execution;
  return { ...rest, ...(jobDocument === undefined ? {} : { jobDocument: JSON.stringify(jobDocument) }) };
};

/** The IoT Jobs data plane (`iot-jobs-data`): what devices, and functions on their behalf, do with job executions. */
export const createIotJobsDataService = ({ iot }: { readonly iot: IotService }): ServiceModule => {
  const { deviceJobs } = iot;
  return {
    service: 'iot-jobs-data',
    operations: {
      GetPendingJobExecutions: (
        input: GetPendingJobExecutionsCommandInput,
      ): Output<GetPendingJobExecutionsCommandOutput> => deviceJobs.pending(required(input.thingName, 'thingName')),

      StartNextPendingJobExecution: (
        input: StartNextPendingJobExecutionCommandInput,
      ): Output<StartNextPendingJobExecutionCommandOutput> => {
        const execution = deviceJobs.startNext(required(input.thingName, 'thingName'), input);
        return execution ? { execution: withTextDocument(execution) } : {};
      },

      DescribeJobExecution: (input: DescribeJobExecutionCommandInput): Output<DescribeJobExecutionCommandOutput> => {
        const [thingName, jobId] = [required(input.thingName, 'thingName'), required(input.jobId, 'jobId')];
        const execution = deviceJobs.describe(thingName, jobId, input);
        return execution ? { execution: withTextDocument(execution) } : {};
      },

      UpdateJobExecution: (input: UpdateJobExecutionCommandInput): Output<UpdateJobExecutionCommandOutput> => {
        const [thingName, jobId] = [required(input.thingName, 'thingName'), required(input.jobId, 'jobId')];
        const { status, statusDetails, versionNumber, job } = deviceJobs.update(thingName, jobId, input);
        return {
          ...(input.includeJobExecutionState ? { executionState: { status, statusDetails, versionNumber } } : {}),
          ...(input.includeJobDocument ? { jobDocument: job.document } : {}),
        };
      },
    },
    /** Service Authorization Reference: the resource of every action is the thing. */
    resourcesOf: (_operation, { thingName }) => iot.resourcesOf('DescribeThing', { thingName }),
    actionOf: (operation) => `iotjobsdata:${operation}`,
  };
};
