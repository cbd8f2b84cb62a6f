import type { DeviceDescription } from '../devices/describe-device';
import type { DeviceRecords } from '../devices/records';
import type { RolloutWithDocument } from '../rollouts/describe-rollout';
import type { JobExecution } from '../rollouts/job-execution';
import type { Workflow } from '../steps/read-workflow';
import type { FoundDeadLetter } from './dead-letters';

/** All that is known of one device in one roll-out. Times are milliseconds since the epoch. */
export interface Facts {
  readonly now: number;
  readonly thingName: string;
  /** The roll-out that was asked for, or the device's latest; absent when none concerns it. */
  readonly jobId?: string;
  /** Absent when the registry has no such thing. */
  readonly thing?: DeviceDescription;
  /** Absent when IoT Jobs has no such job. */
  readonly rollout?: RolloutWithDocument;
  /** The latest attempt; absent when the roll-out has not reached the device, or does not concern it. */
  readonly execution?: JobExecution;
  /** Jobs of the device that are not over, also others. */
  readonly pending: readonly Pick<JobExecution, 'jobId' | 'status' | 'queuedAt'>[];
  readonly records: DeviceRecords;
  /** The execution of the state machine that owns the attempt. */
  readonly claim?: { readonly executionArn: string; readonly startedAt: number };
  /** What Step Functions says of it. */
  readonly workflow?: Workflow;
  /** About this device; absent when nobody looked. */
  readonly deadLetters?: readonly FoundDeadLetter[];
}

/** What the facts mean. */
export interface Verdict {
  readonly kind: 'none' | 'waiting' | 'working' | 'succeeded' | 'failed' | 'stopped' | 'stuck';
  /** One sentence: what is being waited for, or how it ended. */
  readonly sentence: string;
  readonly since?: number;
  readonly until?: number;
  /** What would help. */
  readonly help?: string;
}

/** A line of what the verdict rests on. */
export interface Evidence {
  readonly label: string;
  readonly text: string;
}

export interface Explanation extends Verdict {
  readonly thingName: string;
  readonly jobId?: string;
  readonly evidence: readonly Evidence[];
}

/** One reason of many: says what the facts mean, or nothing when it does not apply. */
export type Reason = (facts: Facts) => Verdict | undefined;

/** The attempt that the facts are about. */
export const operationIdOf = ({ jobId, execution }: Facts): string | undefined =>
  jobId !== undefined && execution ? `${jobId}.${execution.executionNumber}` : undefined;
