import { forEachLimited } from '../limited';
import type { Operator } from '../operator';
import { type ExecutionStatus, FAILED_STATUSES, failedIn } from '../words/statuses';
import { describeJobExecution, type JobExecution } from './job-execution';
import { type RolloutExecution, someExecutions } from './list-executions';

/** Devices that failed at the same step with the same error. */
export interface FailureGroup {
  readonly status: ExecutionStatus;
  /** The step of the workflow, as in statusDetails; absent where IoT Jobs ended the job execution. */
  readonly step?: string;
  readonly error?: string;
  /** What the most of them report. */
  readonly cause?: string;
  /** Among those that were looked at. */
  readonly devices: number;
  /** A few of them. */
  readonly samples: readonly string[];
}

export interface Failures {
  readonly groups: readonly FailureGroup[];
  /** How many failures were looked at. */
  readonly looked: number;
  /** How many there are. */
  readonly failed: number;
}

const MAX_SAMPLES = 5;
const AT_ONCE = 4;

export interface Failure {
  readonly thingName: string;
  readonly execution: Pick<JobExecution, 'status' | 'details'>;
}

const mostFrequent = (texts: readonly string[]): string | undefined => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
};

const groupOf = (failures: readonly Failure[]): FailureGroup => {
  const { status = 'FAILED', details = {} } = failures[0]?.execution ?? {};
  const { step, error } = details;
  const cause = mostFrequent(failures.flatMap(({ execution }) => execution.details['cause'] ?? []));
  return {
    ...{ status, devices: failures.length },
    ...(step !== undefined && { step }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    samples: failures.slice(0, MAX_SAMPLES).map(({ thingName }) => thingName),
  };
};

/** The largest group first. */
export const groupFailures = (failures: readonly Failure[]): readonly FailureGroup[] => {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { status, details } = failure.execution;
    const key = JSON.stringify([status, details['step'], details['error']]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(failure);
  }
  return [...groups.values()].map(groupOf).toSorted((a, b) => b.devices - a.devices);
};

/** Details of job executions that are over do not change: what was read is kept, by job, thing and attempt. */
export type FailureCache = Map<string, JobExecution>;

const detailed = async (
  operator: Operator,
  jobId: string,
  { thingName, status, executionNumber }: RolloutExecution,
  cache: FailureCache,
): Promise<Failure> => {
  const key = `${jobId}.${executionNumber} ${thingName}`;
  const known = cache.get(key) ?? (await describeJobExecution(operator, jobId, thingName));
  // A retry may have begun meanwhile.
  if (known?.executionNumber !== executionNumber) return { thingName, execution: { status, details: {} } };
  cache.set(key, known);
  return { thingName, execution: known };
};

/**
 * The failures of a roll-out by cause. No list of AWS has the causes: ListJobExecutionsForJob and Step Functions'
 * ListExecutions return statuses only. So at most `limit` failed devices are described, one call each, and kept in the
 * cache; job executions that IoT Jobs timed out or a device rejected need no call.
 */
export const rolloutFailures = async (
  operator: Operator,
  jobId: string,
  counts: Parameters<typeof failedIn>[0],
  { limit = 50, cache = new Map() }: { readonly limit?: number; readonly cache?: FailureCache } = {},
): Promise<Failures> => {
  const failures: Failure[] = [];
  for (const status of FAILED_STATUSES) {
    if (counts[status] === 0) continue;
    const executions = await someExecutions(operator, jobId, status, limit);
    failures.push(
      ...(status === 'FAILED'
        ? await forEachLimited(executions, AT_ONCE, (execution) => detailed(operator, jobId, execution, cache))
        : executions.map(({ thingName }) => ({ thingName, execution: { status, details: {} } }))),
    );
  }
  const failed = failedIn(counts);
  return { groups: groupFailures(failures), looked: failures.length, failed };
};
