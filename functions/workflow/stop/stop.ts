import { type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';

/** An execution of the state machine that owns an operation. */
export interface ClaimedExecution {
  readonly operationId: string;
  readonly executionArn: string;
  /** When it claimed the operation, milliseconds since the epoch. */
  readonly startedAt: number;
  /** The second in which IoT Jobs queued the attempt, milliseconds since the epoch. */
  readonly queuedAt?: number | undefined;
}

/**
 * That attempts of a job at a thing have ended. `queuedBefore`: all but the active one that were queued before, milliseconds since
 * the epoch, are not to be claimed any more; undefined when that cannot be told of attempts that are not claimed yet.
 */
export interface Ending {
  readonly thingName: string;
  readonly jobId: string;
  readonly queuedBefore: number | undefined;
  readonly activeOperationId?: string | undefined;
}

export interface StopDeps {
  /**
   * Marks attempts of a job at a thing as ended, so that none of them is claimed from now on.
   * @returns the executions that own attempts of the job
   */
  readonly markEnded: (ending: Ending) => Promise<readonly ClaimedExecution[]>;
  readonly stopExecution: (executionArn: string, error: string, cause: string) => Promise<void>;
}

/** The error of executions that were stopped because their job execution had ended. */
const STOPPED = 'JobExecutionEnded';

/**
 * Until when attempts were queued that have ended, milliseconds since the epoch. Of a job that was cancelled or deleted there is
 * no later one. A thing that left its group may join again in the same second. After a time-out IoT Jobs may queue the next
 * attempt at once, before or after the active one was looked up.
 */
const lastQueuedAt = (reason: string, endedAt: number): number | undefined => {
  if (reason === 'timed_out') return undefined;
  return reason === 'canceled' || reason === 'deleted' ? endedAt : endedAt - 1_000;
};

/**
 * Stops the workflows of attempts that have ended without the workflow's doing: all but the active one that had begun by then, or
 * that began later, before the mark, for an attempt that the mark is about. Later attempts go on. A workflow that has not claimed
 * its attempt yet finds the mark and stops by itself.
 */
export const stopWorkflow =
  ({ markEnded, stopExecution }: StopDeps) =>
  async (message: MessageOf<'JOB_EXECUTION_ENDED'>, log: Log): Promise<void> => {
    const { thingName, jobId, reason, startedBefore, activeOperationId } = message;
    const queuedBefore = lastQueuedAt(reason, startedBefore);
    const claims = await markEnded({ thingName, jobId, queuedBefore, activeOperationId });
    const ended = claims.filter(
      ({ operationId, startedAt, queuedAt = Infinity }) =>
        operationId !== activeOperationId &&
        (startedAt <= startedBefore || (queuedBefore !== undefined && queuedAt <= queuedBefore)),
    );
    for (const { executionArn } of ended)
      await stopExecution(executionArn, STOPPED, `The job execution was ${reason}.`);
    log.info(`Job execution ${reason}: ${ended.length === 0 ? 'no workflow to stop' : 'workflow stopped'}`, {
      operationIds: ended.map(({ operationId }) => operationId),
      activeOperationId,
    });
  };

export const sfnStopExecution =
  (sfn: SFNClient): StopDeps['stopExecution'] =>
  async (executionArn, error, cause) => {
    try {
      await sfn.send(new StopExecutionCommand({ executionArn, error, cause }));
    } catch (problem) {
      // Ended so long ago that Step Functions has forgotten it.
      if (!isAwsError(problem, 'ExecutionDoesNotExist')) throw problem;
    }
  };
