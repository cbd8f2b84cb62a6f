import { describeDevice } from '../devices/describe-device';
import { type DeviceRecords, deviceRecords } from '../devices/records';
import { NotFoundError, type Operator } from '../operator';
import { rolloutWithDocument } from '../rollouts/describe-rollout';
import { describeJobExecution, pendingJobs } from '../rollouts/job-execution';
import { describeDefinition } from '../steps/definition';
import { readWorkflow } from '../steps/read-workflow';
import { deadLettersAbout } from './dead-letters';
import type { Facts } from './facts';

const unlessMissing = (error: unknown): undefined => {
  if (!(error instanceof NotFoundError)) throw error;
};

/** Undefined when there is no such thing: IoT Jobs refuses to list its jobs. */
const pendingOf = async (operator: Operator, thingName: string): Promise<Facts['pending']> => {
  try {
    return await pendingJobs(operator, thingName);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
};

/** The job that the device has now, else the one that began last. */
const latestJob = ({ jobs }: DeviceRecords, pending: Facts['pending'], prefix: string): string | undefined => {
  const own = pending.find(({ jobId }) => jobId.startsWith(`${prefix}-`));
  if (own) return own.jobId;
  const lastBegun = ({ attempts }: (typeof jobs)[number]) => attempts.at(-1)?.startedAt ?? 0;
  return jobs.toSorted((a, b) => lastBegun(b) - lastBegun(a))[0]?.jobId;
};

const workflowFacts = async (operator: Operator, facts: Facts): Promise<Pick<Facts, 'claim' | 'workflow'>> => {
  const { jobId, execution, records } = facts;
  if (!execution) return {};
  const operationId = `${jobId ?? ''}.${execution.executionNumber}`;
  const claim = records.jobs.flatMap(({ attempts }) => attempts).find((attempt) => attempt.operationId === operationId);
  if (!claim) return {};
  const { executionArn, startedAt } = claim;
  const workflow = await readWorkflow(operator, executionArn, await describeDefinition(operator));
  return { claim: { executionArn, startedAt }, ...(workflow && { workflow }) };
};

/**
 * Collects what is known of a device in a roll-out: about a dozen calls, whatever the size of the fleet.
 * @param jobId the device's current or latest one by default
 * @param withDeadLetters also look into the two queues
 */
export const gatherFacts = async (
  operator: Operator,
  thingName: string,
  { jobId: asked, withDeadLetters = true }: { readonly jobId?: string; readonly withDeadLetters?: boolean } = {},
): Promise<Facts> => {
  const [thing, pending, records, deadLetters] = await Promise.all([
    describeDevice(operator, thingName).catch(unlessMissing),
    pendingOf(operator, thingName),
    deviceRecords(operator, thingName),
    withDeadLetters ? deadLettersAbout(operator, thingName) : undefined,
  ]);
  const jobId = asked ?? latestJob(records, pending, operator.resources.jobIdPrefix);
  const [rollout, execution] =
    jobId === undefined
      ? []
      : await Promise.all([
          rolloutWithDocument(operator, jobId).catch(unlessMissing),
          describeJobExecution(operator, jobId, thingName),
        ]);
  const facts: Facts = {
    ...{ now: operator.now(), thingName, pending, records },
    ...(jobId !== undefined && { jobId }),
    ...(thing && { thing }),
    ...(rollout && { rollout }),
    ...(execution && { execution }),
    ...(deadLetters && { deadLetters }),
  };
  return { ...facts, ...(await workflowFacts(operator, facts)) };
};
