import type {
  AbortConfig,
  JobExecutionStatus,
  JobExecutionsRetryConfig,
  JobExecutionsRolloutConfig,
  JobStatus,
  PresignedUrlConfig,
  SchedulingConfig,
  TargetSelection,
  TimeoutConfig,
} from '@aws-sdk/client-iot';
import type { Timer } from '../../../core/clock';

/** How a job rolls out, retries, times out, aborts and is scheduled; a job template holds the same, of the schedule the windows. */
export interface JobConfigs {
  readonly presignedUrlConfig?: PresignedUrlConfig;
  readonly jobExecutionsRolloutConfig?: JobExecutionsRolloutConfig;
  readonly abortConfig?: AbortConfig;
  readonly timeoutConfig?: TimeoutConfig;
  readonly jobExecutionsRetryConfig?: JobExecutionsRetryConfig;
  readonly schedulingConfig?: SchedulingConfig;
}

/** A job. All times are milliseconds since the epoch. */
export interface Job {
  readonly jobId: string;
  readonly jobArn: string;
  readonly targets: Set<string>;
  readonly targetSelection: TargetSelection;
  readonly document: string;
  /** The document as devices see it in MQTT messages. */
  readonly documentValue: unknown;
  readonly jobTemplateArn: string | undefined;
  readonly documentParameters: Record<string, string> | undefined;
  readonly createdAt: number;
  configs: JobConfigs;
  description: string | undefined;
  status: JobStatus;
  lastUpdatedAt: number;
  completedAt?: number;
  forceCanceled?: boolean;
  comment?: string;
  reasonCode?: string;
  /** Things whose execution has not been rolled out yet, in order. */
  readonly waiting: Set<string>;
  /** Things that joined later, or try again: they do not wait for the roll-out rate, only for a window. */
  readonly joined: Set<string>;
  /** Latest execution of each thing. */
  readonly executions: Map<string, JobExecution>;
  /** Statuses of the latest executions, counted as they change. */
  readonly counts: Record<JobExecutionStatus, number>;
  /** Executions ever queued: a criterion of exponential roll-out. */
  notified: number;
  /** What the roll-out rate allows at its next step; 1 before the first. */
  rolloutCredit?: number;
  /** What a deletion or cancellation that goes on in portions has to do. */
  unfinished?: 'delete' | 'cancel';
  rolloutTimer?: Timer;
  joinedTimer?: Timer;
  readonly scheduleTimers: Set<Timer>;
  /** Its end time has passed. */
  ended?: boolean;
}

/** Failures after which an execution may start again. */
export type RetryableFailure = 'FAILED' | 'TIMED_OUT';

/** The execution of a job by one thing. */
export interface JobExecution {
  readonly job: Job;
  readonly thingName: string;
  readonly executionNumber: number;
  /** How many retries came before this one, by the failure that they followed. */
  readonly retries: Readonly<Record<RetryableFailure, number>>;
  readonly queuedAt: number;
  status: JobExecutionStatus;
  statusDetails: Record<string, string>;
  startedAt?: number;
  lastUpdatedAt: number;
  versionNumber: number;
  forceCanceled?: boolean;
  /** Timers of the job's time limit and of the device's own step. */
  readonly deadlines: { job?: Deadline | undefined; step?: Deadline | undefined };
}

export interface Deadline {
  readonly due: number;
  readonly timer: Timer;
}

const NO_EXECUTIONS: Record<JobExecutionStatus, number> = {
  QUEUED: 0,
  IN_PROGRESS: 0,
  SUCCEEDED: 0,
  FAILED: 0,
  TIMED_OUT: 0,
  REJECTED: 0,
  REMOVED: 0,
  CANCELED: 0,
};

/** Counts of a job without executions. */
export const noCounts = (): Record<JobExecutionStatus, number> => ({ ...NO_EXECUTIONS });

/** A terminal status never changes again. */
export const isTerminal = (status: JobExecutionStatus): boolean => status !== 'QUEUED' && status !== 'IN_PROGRESS';

/** Executions of the job that have not ended. */
export const countUnfinished = ({ counts }: Job): number => counts.QUEUED + counts.IN_PROGRESS;

/** AWS writes times in messages in whole seconds. */
export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** How many retries came before an execution. */
export const retryAttempt = ({ retries }: JobExecution): number => retries.FAILED + retries.TIMED_OUT;

/** A job that has not ended. Between its windows it is SCHEDULED, and executions may still run. */
export const isActive = ({ status }: Job): boolean => status === 'IN_PROGRESS' || status === 'SCHEDULED';
