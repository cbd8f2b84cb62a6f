import * as v from 'valibot';
import type { Log } from '../../shared/log';
import type { PublishMessage } from '../../shared/sns-out';

/**
 * The detail is the answer of DescribeExecution, whose error and cause are optional:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const eventSchema = v.object({
  detail: v.object({
    executionArn: v.string(),
    status: v.string(),
    input: v.nullish(v.string()),
    error: v.nullish(v.string()),
    cause: v.nullish(v.string()),
  }),
});

const inputSchema = v.object({
  thingName: v.pipe(v.string(), v.nonEmpty()),
  operationId: v.pipe(v.string(), v.nonEmpty()),
});

const parseInput = (input: string | null | undefined) => {
  try {
    const parsed = v.safeParse(inputSchema, JSON.parse(input ?? ''));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};

/** So begins the error of an execution that failed after it had published its failure; no error of AWS begins like this. */
export const REPORTED_BY_WORKFLOW = 'FIRMWARE_UPGRADE_FAIL.';

/**
 * The safety net of the workflow: however an execution ended (a run-time error that no Catch sees, its own time limit, a
 * StopExecution), its job execution must not wait for ever, and its device must not be asked for anything any more. Publishes the
 * failure, also of an execution that was stopped because its job execution had ended, unless the workflow is known to have done so;
 * without an error in the event it is published twice, and a job execution that has ended ignores it.
 * @throws Error when the event is not one of Step Functions, and whatever SNS answers
 */
export const executionEnded =
  (publish: PublishMessage, log: Log) =>
  async (event: unknown): Promise<void> => {
    const { executionArn, status, input, error, cause } = v.parse(eventSchema, event).detail;
    const itsLog = log.with({ executionArn });
    const started = parseInput(input);
    // Step Functions leaves out inputs above 248 KiB: notifications of jobs are smaller.
    if (!started) return itsLog.warn(`Execution ${status}: its input names no operation`);
    const { thingName, operationId } = started;
    const operationLog = itsLog.with({ operationId, thingName });
    if (status === 'FAILED' && error?.startsWith(REPORTED_BY_WORKFLOW))
      return operationLog.info('Execution failed, and has reported it', { error });
    await publish({
      ...{ name: 'FIRMWARE_UPGRADE_FAIL' as const, id: operationId, operationId, thingName, executionArn },
      details: { step: 'Workflow', error: error ?? status, cause: cause ?? `The workflow ended as ${status}.` },
    });
    operationLog.info(`Execution ${status}: reported to the jobs domain`, { error, cause });
  };
