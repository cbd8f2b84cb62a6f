import type {
  CancelJobExecutionCommandInput,
  DeleteJobExecutionCommandInput,
  DescribeJobExecutionCommandInput,
  DescribeJobExecutionCommandOutput,
  ListJobExecutionsForJobCommandInput,
  ListJobExecutionsForJobCommandOutput,
  ListJobExecutionsForThingCommandInput,
  ListJobExecutionsForThingCommandOutput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { checkVersion, invalidStateTransition, notFound } from '../errors';
import type { Output } from '../output';
import { pageOf } from '../paging';
import type { ThingStore } from '../registry/thing-store';
import { jobIdOf, required, thingNameOf } from '../validation';
import { type JobExecution, isTerminal } from './job';
import type { JobExecutions } from './job-executions';
import { checkStatusDetails } from './job-limits';
import type { JobLifecycle } from './job-lifecycle';
import type { JobStore } from './job-store';
import { executionDescription, executionSummary } from './job-views';

/**
 * DescribeJobExecution, ListJobExecutionsForJob, ListJobExecutionsForThing, CancelJobExecution, DeleteJobExecution of the
 * control plane.
 */
export const createJobExecutionOperations = (
  { clock, arns }: IotContext,
  things: ThingStore,
  jobs: JobStore,
  executions: JobExecutions,
  lifecycle: JobLifecycle,
) => {
  const getOrThrow = (job: string | undefined, thing: string | undefined, executionNumber?: number): JobExecution => {
    const [jobId, thingName] = [jobIdOf(job), thingNameOf(thing)];
    const execution = executions.find(jobId, thingName, executionNumber);
    if (!execution)
      throw notFound(
        `There is no execution ${executionNumber === undefined ? '' : `number ${executionNumber} `}of job ${jobId} for thing ${thingName}.`,
      );
    return execution;
  };
  const nameOf = ({ job, thingName }: JobExecution) => `The execution of job ${job.jobId} for thing ${thingName}`;

  return {
    DescribeJobExecution: (input: DescribeJobExecutionCommandInput): Output<DescribeJobExecutionCommandOutput> => ({
      execution: executionDescription(
        getOrThrow(input.jobId, input.thingName, input.executionNumber),
        arns,
        clock.now(),
      ),
    }),

    ListJobExecutionsForJob: (
      input: ListJobExecutionsForJobCommandInput,
    ): Output<ListJobExecutionsForJobCommandOutput> => {
      const job = jobs.getOrThrow(jobIdOf(input.jobId));
      const all = [...job.executions.values()].filter(
        ({ status }) => input.status === undefined || status === input.status,
      );
      const { items, nextToken } = pageOf(all, input);
      const executionSummaries = items.map((execution) => ({
        thingArn: arns.of('thing', execution.thingName),
        jobExecutionSummary: executionSummary(execution),
      }));
      return { executionSummaries, nextToken };
    },

    ListJobExecutionsForThing: (
      input: ListJobExecutionsForThingCommandInput,
    ): Output<ListJobExecutionsForThingCommandOutput> => {
      const { thingName } = things.getOrThrow(thingNameOf(input.thingName));
      const all = executions
        .ofThing(thingName)
        .filter(
          ({ status, job }) =>
            [undefined, status].includes(input.status) && [undefined, job.jobId].includes(input.jobId),
        );
      const { items, nextToken } = pageOf([...all].reverse(), input);
      const executionSummaries = items.map((execution) => ({
        jobId: execution.job.jobId,
        jobExecutionSummary: executionSummary(execution),
      }));
      return { executionSummaries, nextToken };
    },

    CancelJobExecution: (input: CancelJobExecutionCommandInput) => {
      const execution = getOrThrow(input.jobId, input.thingName);
      checkStatusDetails(input.statusDetails);
      checkVersion(nameOf(execution), input.expectedVersion, execution.versionNumber);
      const { status } = execution;
      if (isTerminal(status)) throw invalidStateTransition(`${nameOf(execution)} is ${status}: it cannot be canceled.`);
      if (status === 'IN_PROGRESS' && !input.force)
        throw invalidStateTransition(`${nameOf(execution)} is IN_PROGRESS: cancel it with force.`);
      const { statusDetails, force = false } = input;
      executions.update(execution, 'CANCELED', { statusDetails, forceCanceled: force });
      return {};
    },

    DeleteJobExecution: (input: DeleteJobExecutionCommandInput) => {
      const executionNumber = required(input.executionNumber, 'executionNumber');
      const execution = getOrThrow(input.jobId, input.thingName, executionNumber);
      if (!isTerminal(execution.status) && !input.force)
        throw invalidStateTransition(`${nameOf(execution)} is ${execution.status}: delete it with force.`);
      executions.remove(execution);
      lifecycle.checkCompletion(execution.job);
      return {};
    },
  };
};
