import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { messageInWords } from './messages';
import { stateInWords } from './states';

const parametersSchema = v.union([
  v.object({ Message: v.looseObject({ name: v.string(), firmwareVersion: v.optional(v.string()) }) }),
  v.object({ Payload: v.object({ wait: v.object({ name: v.string() }) }) }),
]);

const jsonOf = (text = ''): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a task asks for; undefined when only its state says it. */
const taskInWords = (parameters: string | undefined): string | undefined => {
  const parsed = v.safeParse(parametersSchema, jsonOf(parameters));
  if (!parsed.success || 'Payload' in parsed.output) return undefined;
  const { name, firmwareVersion } = parsed.output.Message;
  return messageInWords(name, { firmwareVersion });
};

const because = (error = '', cause = ''): string => [error, cause].filter(Boolean).join(': ') || 'without a reason';

/** What an event of GetExecutionHistory says; undefined for those that add nothing to the others. */
export const historyEventInWords = (event: HistoryEvent): string | undefined => {
  const entered = event.stateEnteredEventDetails?.name;
  if (entered !== undefined) return `The workflow ${stateInWords(entered).doing}`;
  switch (event.type) {
    case 'ExecutionStarted':
      return 'The workflow begins';
    case 'TaskScheduled':
      return taskInWords(event.taskScheduledEventDetails?.parameters);
    case 'TaskFailed':
      return `The step failed: ${because(event.taskFailedEventDetails?.error, event.taskFailedEventDetails?.cause)}`;
    case 'TaskTimedOut':
      return 'The step took longer than its time limit';
    case 'ExecutionSucceeded':
      return 'The workflow ended with success';
    case 'ExecutionFailed':
      return `The workflow failed: ${because(event.executionFailedEventDetails?.error, event.executionFailedEventDetails?.cause)}`;
    case 'ExecutionAborted':
      return `The workflow was stopped: ${because(event.executionAbortedEventDetails?.error, event.executionAbortedEventDetails?.cause)}`;
    case 'ExecutionTimedOut':
      return 'The workflow took longer than its time limit';
    default:
      return undefined;
  }
};

/** Technical name of an event, for those who read Step Functions' console: its state, or its type. */
export const historyEventName = ({ stateEnteredEventDetails, type }: HistoryEvent): string =>
  stateEnteredEventDetails?.name ?? type ?? '';
