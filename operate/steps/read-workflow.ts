import { DescribeExecutionCommand, type ExecutionStatus, type HistoryEvent } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { isAwsError } from '../../functions/shared/errors';
import type { Operator } from '../operator';
import { type CurrentState, currentStateIn } from './current-state';
import type { Definition } from './definition';
import { historyPages } from './history-pages';

/** One execution of the state machine. Times are milliseconds since the epoch. */
export interface Workflow {
  readonly executionArn: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly error?: string;
  readonly cause?: string;
  /** Where it is, or was. */
  readonly current?: CurrentState;
  /** Until when that state waits. */
  readonly waitsUntil?: number;
  /** Why the task of that state failed last, after which it was tried again. */
  readonly lastFailure?: { readonly error: string; readonly cause: string; readonly at: number };
}

const inputSchema = v.looseObject({ activation: v.object({ waitUntil: v.pipe(v.string(), v.isoTimestamp()) }) });

const timeOf = ({ timestamp }: HistoryEvent): number => timestamp?.getTime() ?? 0;

/** What is waited for: the latest of the time limits of the tasks, or the end of a Wait state. */
const waitsUntilIn = (events: readonly HistoryEvent[]): number | undefined => {
  const limits = events.flatMap((event) => {
    const seconds = event.taskScheduledEventDetails?.timeoutInSeconds;
    if (seconds !== undefined) return [timeOf(event) + seconds * 1000];
    if (event.type !== 'WaitStateEntered') return [];
    const input = v.safeParse(inputSchema, JSON.parse(event.stateEnteredEventDetails?.input ?? 'null'));
    return input.success ? [Date.parse(input.output.activation.waitUntil)] : [];
  });
  return limits.length === 0 ? undefined : Math.max(...limits);
};

const lastFailureIn = (newestFirst: readonly HistoryEvent[]): Workflow['lastFailure'] => {
  const failed = newestFirst.find(({ type }) => type === 'TaskFailed');
  const { error = '', cause = '' } = failed?.taskFailedEventDetails ?? {};
  return failed && { error, cause, at: timeOf(failed) };
};

/** What the events since the current state was entered say. @param newestFirst back to that one at least */
export const workflowState = (
  newestFirst: readonly HistoryEvent[],
  definition: Pick<Definition, 'topLevelOf'>,
): Pick<Workflow, 'current' | 'waitsUntil' | 'lastFailure'> => {
  const current = currentStateIn(newestFirst, definition);
  if (!current) return {};
  const entered = newestFirst.findIndex(
    ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === current.state,
  );
  const since = newestFirst.slice(0, entered + 1);
  const [waitsUntil, lastFailure] = [waitsUntilIn(since), lastFailureIn(since)];
  return { current, ...(waitsUntil !== undefined && { waitsUntil }), ...(lastFailure && { lastFailure }) };
};

/** Every event, the oldest first, up to `limit`. @returns none when Step Functions does not have the execution any more */
export const executionHistory = async (
  operator: Operator,
  executionArn: string,
  { limit = 1_000, newestFirst = false }: { readonly limit?: number; readonly newestFirst?: boolean } = {},
): Promise<readonly HistoryEvent[]> => {
  const events: HistoryEvent[] = [];
  const input = { executionArn, reverseOrder: newestFirst };
  for await (const page of historyPages(operator, Math.min(1_000, limit), input)) {
    events.push(...page);
    if (events.length >= limit) break;
  }
  return events;
};

/**
 * Status and state of an execution, with the data of the events since the state was entered: two calls.
 * @returns undefined when Step Functions does not have it any more (it keeps ended ones for 90 days)
 */
export const readWorkflow = async (
  operator: Operator,
  executionArn: string,
  definition: Pick<Definition, 'topLevelOf'>,
): Promise<Workflow | undefined> => {
  try {
    const found = await operator.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    const events = await executionHistory(operator, executionArn, { newestFirst: true, limit: 300 });
    return {
      ...{ executionArn, status: found.status ?? 'RUNNING', startedAt: found.startDate?.getTime() ?? 0 },
      ...(found.stopDate && { stoppedAt: found.stopDate.getTime() }),
      ...(found.error !== undefined && { error: found.error }),
      ...(found.cause !== undefined && { cause: found.cause }),
      ...workflowState(events, definition),
    };
  } catch (error) {
    if (isAwsError(error, 'ExecutionDoesNotExist')) return undefined;
    throw error;
  }
};
