import { AwsError } from '../../../core/aws-error';
import type { IotContext } from '../context';
import { invalidRequest, invalidStateTransition, notFound } from '../errors';
import type { ThingStore } from '../registry/thing-store';
import { jobIdOf, required, thingNameOf } from '../validation';
import { type JobExecution, isTerminal } from './job';
import type { JobExecutions } from './job-executions';
import { checkStatusDetails, checkStepTimeout } from './job-limits';
import { executionMessage, summaryOf } from './notifications';
import type { PendingQueues } from './pending-queue';
import { secondsBeforeTimeout } from './job-views';

/** Used as job id: the next pending execution. */
const NEXT = '$next';
/** What a device may report. */
const REPORTABLE = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'] as const;
const isReportable = (text: string): text is (typeof REPORTABLE)[number] =>
  REPORTABLE.some((status) => status === text);

interface StepReport {
  readonly statusDetails?: Record<string, string> | undefined;
  readonly stepTimeoutInMinutes?: number | undefined;
}

export interface DescribeRequest {
  readonly executionNumber?: number | undefined;
  readonly includeJobDocument?: boolean | undefined;
}

export interface UpdateRequest extends StepReport {
  readonly status?: string | undefined;
  readonly expectedVersion?: number | undefined;
  readonly executionNumber?: number | undefined;
}

/**
 * What devices do with their job executions, by the HTTPS API or by the MQTT topics.
 * Times are in seconds, the job document is an object.
 */
export interface DeviceJobs {
  pending(thingName: string): { inProgressJobs: Summary[]; queuedJobs: Summary[] };
  /** The next execution, now IN_PROGRESS; undefined when nothing is pending. */
  startNext(thingName: string, report: StepReport): ExecutionMessage | undefined;
  /** @param jobId `$next` for the next pending one */
  describe(thingName: string, jobId: string, request: DescribeRequest): ExecutionMessage | undefined;
  /** @throws AwsError InvalidRequestException, ResourceNotFoundException, InvalidStateTransitionException, VersionMismatch */
  update(thingName: string, jobId: string, request: UpdateRequest): JobExecution;
  /** Status, details and version, as in responses and rejections. */
  state(thingName: string, jobId: string): ExecutionState | undefined;
}

type Summary = ReturnType<typeof summaryOf>;
type ExecutionMessage = ReturnType<typeof executionMessage> & {
  readonly thingName: string;
  readonly approximateSecondsBeforeTimedOut?: number;
};
type ExecutionState = Pick<JobExecution, 'status' | 'statusDetails' | 'versionNumber'>;

/** @param queues pending executions by thing */
export const createDeviceJobs = (
  { clock }: IotContext,
  things: ThingStore,
  executions: JobExecutions,
  queues: PendingQueues,
): DeviceJobs => {
  const thingOf = (thingName: string) => things.getOrThrow(thingNameOf(thingName)).thingName;
  const getOrThrow = (thingName: string, jobId: string, executionNumber?: number): JobExecution => {
    const execution = executions.find(jobIdOf(jobId), thingOf(thingName), executionNumber);
    if (!execution) throw notFound(`There is no execution of job ${jobId} for thing ${thingName}.`);
    return execution;
  };
  const message = (execution: JobExecution, includeDocument = true): ExecutionMessage => {
    const left = secondsBeforeTimeout(execution, clock.now());
    return {
      ...executionMessage(execution, includeDocument),
      thingName: execution.thingName,
      ...(left === undefined ? {} : { approximateSecondsBeforeTimedOut: left }),
    };
  };

  return {
    pending: (thingName) => {
      const all = queues.of(thingOf(thingName));
      return {
        inProgressJobs: all.filter(({ status }) => status === 'IN_PROGRESS').map(summaryOf),
        queuedJobs: all.filter(({ status }) => status === 'QUEUED').map(summaryOf),
      };
    },

    startNext: (thingName, { statusDetails, stepTimeoutInMinutes }) => {
      checkStatusDetails(statusDetails);
      checkStepTimeout(stepTimeoutInMinutes);
      const next = queues.next(thingOf(thingName));
      // An execution that is already running is returned unchanged.
      if (next?.status === 'QUEUED') executions.update(next, 'IN_PROGRESS', { statusDetails, stepTimeoutInMinutes });
      return next && message(next);
    },

    describe: (thingName, jobId, { executionNumber, includeJobDocument }) => {
      if (jobId === NEXT) {
        const next = queues.next(thingOf(thingName));
        return next && message(next, includeJobDocument);
      }
      const execution = getOrThrow(thingName, jobId, executionNumber);
      if (isTerminal(execution.status))
        throw new AwsError(
          'TerminalStateException',
          `The execution of job ${jobId} for thing ${thingName} is ${execution.status}.`,
          410,
        );
      return message(execution, includeJobDocument);
    },

    update: (thingName, jobId, request) => {
      const { statusDetails, stepTimeoutInMinutes, expectedVersion } = request;
      const status = required(request.status, 'status');
      if (!isReportable(status))
        throw invalidRequest(`status "${status}" cannot be reported: use ${REPORTABLE.join(', ')}.`);
      checkStatusDetails(statusDetails);
      checkStepTimeout(stepTimeoutInMinutes);
      const execution = getOrThrow(thingName, jobId, request.executionNumber);
      const { status: before, versionNumber } = execution;
      if (isTerminal(before))
        throw invalidStateTransition(
          `The execution of job ${jobId} for thing ${thingName} is ${before}: it cannot become ${status}.`,
        );
      if (expectedVersion !== undefined && expectedVersion !== versionNumber)
        throw new AwsError(
          'VersionMismatch',
          `The execution of job ${jobId} for thing ${thingName} has version ${versionNumber}, the update expects ${expectedVersion}.`,
          409,
        );
      executions.update(execution, status, { statusDetails, stepTimeoutInMinutes });
      return execution;
    },

    state: (thingName, jobId) => {
      const execution = executions.find(jobId, thingName);
      if (!execution) return undefined;
      const { status, statusDetails, versionNumber } = execution;
      return { status, statusDetails, versionNumber };
    },
  };
};
