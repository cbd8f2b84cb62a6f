/** The statuses of job executions in the order in which people read them. */
export const STATUSES = [
  ...(['QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'CANCELED', 'REMOVED'] as const),
] as const;
export type ExecutionStatus = (typeof STATUSES)[number];
export type Counts = Readonly<Record<ExecutionStatus, number>>;

/** Job executions that are not over. */
export const isPending = (status: string): boolean => status === 'QUEUED' || status === 'IN_PROGRESS';

/** What IoT Jobs counts as a failure. */
export const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'REJECTED'] as const;

/** How many devices have failed. */
export const failedIn = (counts: Readonly<Record<(typeof FAILED_STATUSES)[number], number>>): number =>
  FAILED_STATUSES.reduce((sum, status) => sum + counts[status], 0);

/** How many devices have a job execution, and how many of these are over. */
export const totalsOf = (counts: Counts): { readonly all: number; readonly ended: number } => {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { all, ended: all - counts.QUEUED - counts.IN_PROGRESS };
};

/** @example statusInWords('TIMED_OUT') === 'timed out' */
export const statusInWords = (status: string): string => status.toLowerCase().replace('_', ' ');
