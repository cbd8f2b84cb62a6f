import { type GetExecutionHistoryInput, type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { isAwsError } from '../../functions/shared/errors';
import type { Operator } from '../operator';

/**
 * The history of an execution, page by page; none when Step Functions does not have it any more.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export async function* historyPages(
  { clients: { sfn } }: Operator,
  pageSize: number,
  input: Pick<GetExecutionHistoryInput, 'executionArn' | 'reverseOrder' | 'includeExecutionData'>,
): AsyncGenerator<readonly HistoryEvent[]> {
  try {
    for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn, pageSize }, input)) yield events;
  } catch (error) {
    if (!isAwsError(error, 'ExecutionDoesNotExist')) throw error;
  }
}
