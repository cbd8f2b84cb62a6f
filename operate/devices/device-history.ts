import { jobExecutionOf } from '../../functions/jobs/operation-id';
import { isAwsError } from '../../functions/shared/errors';
import { ListJobExecutionsForThingCommand } from '@aws-sdk/client-iot';
import { forEachLimited } from '../limited';
import type { Operator } from '../operator';
import { describeJobExecution, type JobExecution } from '../rollouts/job-execution';
import { executionHistory } from '../steps/read-workflow';
import { type DeviceRecords, deviceRecords } from './records';
import { type TimelineEntry, timelineOf } from './timeline';

/** One attempt of a roll-out at a device. */
export interface Attempt {
  readonly operationId: string;
  readonly jobId: string;
  /** From 1. */
  readonly executionNumber: number;
  /** Absent while its workflow has not begun. */
  readonly executionArn?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Of the job execution; absent for an older attempt, and when IoT Jobs does not have it any more. */
  readonly status?: JobExecution['status'];
  readonly details: Readonly<Record<string, string>>;
  readonly timeline: readonly TimelineEntry[];
}

interface Begun {
  readonly operationId: string;
  readonly executionArn?: string;
  readonly startedAt: number;
}

/** Job executions of the thing without a workflow: the latest 50 of the thing, one call. */
const notBegun = async ({ clients: { iot }, resources: { jobIdPrefix } }: Operator, thingName: string) => {
  try {
    const { executionSummaries = [] } = await iot.send(
      new ListJobExecutionsForThingCommand({ thingName, maxResults: 50 }),
    );
    return executionSummaries.flatMap(({ jobId = '', jobExecutionSummary: { executionNumber = 1, queuedAt } = {} }) =>
      jobId.startsWith(`${jobIdPrefix}-`)
        ? [{ operationId: `${jobId}.${executionNumber}`, startedAt: queuedAt?.getTime() ?? 0 }]
        : [],
    );
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return [];
    throw error;
  }
};

/** Attempts by the newest first: those that a workflow owns, and those that none has begun. */
const attemptsIn = ({ jobs }: DeviceRecords, waiting: readonly Begun[]): readonly Begun[] => {
  const begun = jobs.flatMap(({ attempts }) => attempts);
  const known = new Set(begun.map(({ operationId }) => operationId));
  return [...begun, ...waiting.filter(({ operationId }) => !known.has(operationId))].toSorted(
    (a, b) => b.startedAt - a.startedAt,
  );
};

const attemptOf = async (operator: Operator, records: DeviceRecords, begun: Begun): Promise<Attempt> => {
  const { operationId, executionArn } = begun;
  const { jobId, executionNumber } = jobExecutionOf(operationId);
  const latest = await describeJobExecution(operator, jobId, records.device.thingName);
  const execution = latest?.executionNumber === executionNumber ? latest : undefined;
  const events = executionArn === undefined ? [] : await executionHistory(operator, executionArn);
  return {
    ...{ ...begun, jobId, executionNumber, details: execution?.details ?? {} },
    ...(execution && { status: execution.status }),
    timeline: timelineOf({ operationId, execution, events, ...records }),
  };
};

/**
 * What happened to a device, the newest attempt first. The tables of the stack are keyed by thing, so three Queries find
 * everything: the executions of the state machine, the commands, the recorded events. Each attempt that is told costs two
 * calls more: its job execution and its history in Step Functions.
 * @param limit attempts at most
 */
export const deviceHistory = async (
  operator: Operator,
  thingName: string,
  { limit = 5, jobId }: { readonly limit?: number; readonly jobId?: string } = {},
): Promise<readonly Attempt[]> => {
  const [records, waiting] = await Promise.all([deviceRecords(operator, thingName), notBegun(operator, thingName)]);
  const isWanted = ({ operationId }: Begun) => jobId === undefined || jobExecutionOf(operationId).jobId === jobId;
  const wanted = attemptsIn(records, waiting).filter(isWanted).slice(0, limit);
  return forEachLimited(wanted, 3, (begun) => attemptOf(operator, records, begun));
};
