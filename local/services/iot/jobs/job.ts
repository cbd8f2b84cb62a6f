import type {
  AbortConfig,
  JobExecutionStatus,
  JobExecutionsRetryConfig,
  JobExecutionsRolloutConfig,
  JobStatus,
  PresignedUrlConfig,
  TargetSelection,
  TimeoutConfig,
} from '@aws-sdk/client-iot';
import type { Timer } from '../../../core/clock';

/** How a job rolls out, retries, times out and aborts; a job template holds the same. */
export interface JobConfigs {
  readonly presignedUrlConfig?: PresignedUrlConfig;
  readonly jobExecutionsRolloutConfig?: JobExecutionsRolloutConfig;
  readonly abortConfig?: AbortConfig;
  readonly timeoutConfig?: TimeoutConfig;
  readonly jobExecutionsRetryConfig?: JobExecutionsRetryConfig;
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
  /** Latest execution of each thing. */
  readonly executions: Map<string, JobExecution>;
  /** Statuses of the latest executions, counted as they change. */
  readonly counts: Record<JobExecutionStatus, number>;
  /** Executions ever queued: a criterion of exponential roll-out. */
  notified: number;
  rolloutTimer?: Timer;
}

/** The execution of a job by one thing. */
export interface JobExecution {
  readonly job: Job;
  readonly thingName: string;
  readonly executionNumber: number;
  /** How many retries came before this one. */
  readonly retryAttempt: number;
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
