import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isAwsError } from '../shared/errors';
import type { Log } from '../shared/log';

/** Settles a waiting task of the state machine. @returns whether it waited; one that is closed counts as settled */
export interface Tasks {
  succeed(token: string, output: Readonly<Record<string, string>>, log: Log): Promise<boolean>;
  fail(token: string, error: string, cause: string, log: Log): Promise<boolean>;
}

/** The task timed out, was settled before, or its execution has ended. */
const CLOSED = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'] as const;

/** Tasks over the Step Functions API. A closed task counts as settled: a retry would not help. */
export const sfnTasks = (sfn: SFNClient): Tasks => {
  const settled = async (request: Promise<unknown>, log: Log) => {
    try {
      await request;
      return true;
    } catch (error) {
      if (!isAwsError(error, ...CLOSED)) throw error;
      log.info(`Task is closed already: ${error.name}`);
      return false;
    }
  };
  return {
    succeed: (taskToken, output, log) =>
      settled(sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })), log),
    // Limits of the API: error 256 characters, cause 32,768.
    fail: (taskToken, error, cause, log) =>
      settled(
        sfn.send(new SendTaskFailureCommand({ taskToken, error: error.slice(0, 256), cause: cause.slice(0, 32_768) })),
        log,
      ),
  };
};
