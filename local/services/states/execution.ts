import type { Timer } from '../../core/clock';
import type { History } from './asl/history';
import type { Positions } from './asl/position';
import type { Scope } from './asl/scope';
import type { Machine } from './asl/state-run';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. */
export interface ExecutionResult {
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string | undefined;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly input: string;
  readonly startDate: Date;
  readonly scope: Scope;
  readonly history: History;
  /** Where it is; empty once it has ended. */
  readonly positions: Positions;
  /** When TimeoutSeconds of the machine pass, in milliseconds since the epoch. */
  readonly timeoutAt?: number | undefined;
  status: Status;
  /** Of timeoutAt. */
  timeout?: Timer;
  stopDate?: Date;
  result: ExecutionResult;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ExecutionStatusChange {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: Status;
  /** Milliseconds since the epoch, as stopDate. */
  readonly startDate: number;
  readonly stopDate: number | null;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** The detail of the EventBridge event for the status that the execution has now. */
export const statusChangeOf = (execution: Execution): ExecutionStatusChange => {
  const { arn, machine, name, status, startDate, stopDate, input, result } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startDate.getTime(),
    stopDate: stopDate?.getTime() ?? null,
    input,
    output: result.output ?? null,
    error: result.error ?? null,
    cause: result.cause ?? null,
  };
};

/** An element of ListExecutions, and the beginning of DescribeExecution. */
export const summaryOf = ({ arn, machine, name, status, startDate, stopDate }: Execution) => ({
  executionArn: arn,
  stateMachineArn: machine.arn,
  name,
  status,
  startDate,
  ...(stopDate && { stopDate }),
});

const ENDINGS: Readonly<Record<Exclude<Status, 'RUNNING'>, { readonly type: string; readonly details: string }>> = {
  SUCCEEDED: { type: 'ExecutionSucceeded', details: 'executionSucceededEventDetails' },
  FAILED: { type: 'ExecutionFailed', details: 'executionFailedEventDetails' },
  TIMED_OUT: { type: 'ExecutionTimedOut', details: 'executionTimedOutEventDetails' },
  ABORTED: { type: 'ExecutionAborted', details: 'executionAbortedEventDetails' },
};

/** Ends an execution and cancels what still waits in it. @returns false when it had ended before */
export const endExecution = (
  execution: Execution,
  status: keyof typeof ENDINGS,
  result: ExecutionResult,
  now: number,
): boolean => {
  if (execution.status !== 'RUNNING') return false;
  const { type, details } = ENDINGS[status];
  execution.status = status;
  execution.stopDate = new Date(now);
  execution.result = result;
  execution.history.add(type, { [details]: result });
  execution.scope.cancel();
  execution.positions.clear();
  execution.timeout?.cancel();
  return true;
};
