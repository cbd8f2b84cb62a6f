import { partsOf } from '../limited';
import type { Operator } from '../operator';
import { createRollout, type Preview, previewRollout, RefusedError, type RolloutRequest } from './create-rollout';
import { type RolloutWithDocument, rolloutWithDocument } from './describe-rollout';
import { FAILED_STATUSES, failedIn } from '../words/statuses';
import { someExecutions } from './list-executions';

/** https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html: targets of a job */
const MAX_TARGETS = 100;
/** For more, one roll-out to the group of those that are still on the old version is less work for all. */
export const MAX_RETRIED = 1_000;

export interface Retry {
  /** Failed devices, by name. */
  readonly things: readonly string[];
  /** One payload of JobsCreateJob per 100 devices. */
  readonly requests: readonly RolloutRequest[];
}

/** Fields of the job document that JobsCreateJob takes as they are. */
const DOCUMENT_FIELDS = [
  ...(['firmwareVersion', 'upgradeTrigger', 'firmware', 'activation', 'whenOffline', 'timeLimits'] as const),
  'allowDowngrade',
] as const;

/** What JobsCreateJob has to be asked for to do the same again for these targets. A schedule is of the past: now. */
export const requestLike = (
  { document, configs: { rollout, abort, retry, timeout } }: Pick<RolloutWithDocument, 'document' | 'configs'>,
  targetArns: readonly string[],
): RolloutRequest => ({
  ...Object.fromEntries(
    DOCUMENT_FIELDS.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])),
  ),
  targetArns,
  ...(rollout && { rollout }),
  ...(abort && { abort }),
  ...(retry && { retry }),
  ...(timeout && { timeout }),
});

/**
 * The roll-outs that upgrade the failed devices of a roll-out again, with its settings: things as targets, at most 100 per
 * job, so several jobs. A static thing group would make one job of them, but take one call per device, a thing may be in ten
 * groups only, and somebody would have to delete it.
 * @throws NotFoundError when there is no such roll-out; RefusedError when no device failed, or more than 1,000 did
 */
export const planRetry = async (operator: Operator, jobId: string): Promise<Retry> => {
  const rollout = await rolloutWithDocument(operator, jobId);
  const failed = failedIn(rollout.counts);
  if (failed === 0) throw new RefusedError(`No device of roll-out ${jobId} has failed: there is nothing to retry.`);
  if (failed > MAX_RETRIED)
    throw new RefusedError(
      `${failed} devices of roll-out ${jobId} have failed, more than the ${MAX_RETRIED} that can be named: ` +
        'fix the cause, and create a roll-out to the same thing group, or to a dynamic group of the old version.',
    );
  const { partition, region, accountId } = operator.resources;
  const things: string[] = [];
  for (const status of FAILED_STATUSES)
    if (rollout.counts[status] > 0)
      things.push(...(await someExecutions(operator, jobId, status, MAX_RETRIED)).map(({ thingName }) => thingName));
  const arns = things.map((thingName) => `arn:${partition}:iot:${region}:${accountId}:thing/${thingName}`);
  return { things, requests: partsOf(arns, MAX_TARGETS).map((targets) => requestLike(rollout, targets)) };
};

/** @throws RefusedError with what JobsCreateJob says; earlier roll-outs of the retry exist then */
export const runRetry = async (operator: Operator, { requests }: Retry): Promise<readonly string[]> => {
  const jobIds: string[] = [];
  for (const request of requests) jobIds.push((await createRollout(operator, request)).jobId);
  return jobIds;
};

/** What the roll-outs of a retry would reach. @throws RefusedError */
export const previewRetry = async (operator: Operator, { requests }: Retry): Promise<readonly Preview[]> => {
  const previews: Preview[] = [];
  for (const request of requests) previews.push(await previewRollout(operator, request));
  return previews;
};
