import * as v from 'valibot';
import type { Log } from '../../shared/log';
import type { PublishMessage } from '../../shared/sns-out';
import { operationIdOf } from '../operation-id';

/** What the rule JobExecutionEnded passes on. */
const eventSchema = v.object({
  jobId: v.pipe(v.string(), v.nonEmpty()),
  thingName: v.pipe(v.string(), v.nonEmpty()),
  reason: v.pipe(v.string(), v.nonEmpty()),
});

export interface JobExecutionEndedDeps {
  /** @returns number of the attempt that is queued or in progress; undefined when every attempt has ended */
  readonly activeAttempt: (jobId: string, thingName: string) => Promise<number | undefined>;
  readonly publish: PublishMessage;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Publishes that the attempts of a job at a thing have ended, except the one that is active. The event of IoT Jobs does not
 * name its attempt (https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html) and may be late: by now a retry,
 * or a thing that joined its group again, may have a newer attempt. So the state of the job execution decides, and the
 * message is about what had begun when it was looked up.
 * @throws Error when the event is not what the rule sends, and whatever AWS answers; Lambda tries again
 */
export const jobExecutionEnded =
  ({ activeAttempt, publish, log, now }: JobExecutionEndedDeps) =>
  async (event: unknown): Promise<void> => {
    const { jobId, thingName, reason } = v.parse(eventSchema, event);
    const startedBefore = now();
    const executionNumber = await activeAttempt(jobId, thingName);
    const activeOperationId = executionNumber === undefined ? undefined : operationIdOf({ jobId, executionNumber });
    await publish({
      ...{ name: 'JOB_EXECUTION_ENDED' as const, jobId, thingName, reason, startedBefore },
      ...(activeOperationId !== undefined && { activeOperationId }),
    });
    log.info(`Job execution ${reason}`, { jobId, thingName, activeOperationId });
  };
