import type { MaintenanceWindow, SchedulingConfig } from '@aws-sdk/client-iot';
import type { Clock, Timer } from '../../../core/clock';
import { type Cron, parseCron } from './cron';
import type { Job } from './job';

const MINUTE_MS = 60_000;
/** As many start times of windows DescribeJob shows. */
const SHOWN_WINDOWS = 7;

interface Window {
  readonly cron: Cron;
  readonly durationMs: number;
}

const windowsOf = (windows: readonly MaintenanceWindow[] = []): readonly Window[] =>
  windows.map(({ startTime = '', durationInMinutes = 0 }) => ({
    cron: parseCron(startTime),
    durationMs: durationInMinutes * MINUTE_MS,
  }));

/** When a window opens next. */
const nextStart = (windows: readonly Window[], after: number): number | undefined => {
  const starts = windows.flatMap(({ cron }) => cron.next(after) ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
};

/** When the window ends that is open, if one is. */
const endOfOpenWindow = (windows: readonly Window[], now: number): number | undefined => {
  const ends = windows.flatMap(({ cron, durationMs }) => {
    const start = cron.next(now - durationMs);
    return start !== undefined && start <= now ? [start + durationMs] : [];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
};

const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

/** Start times of the coming windows, as DescribeJob has them. */
export const scheduledRollouts = (
  { startTime, endTime, maintenanceWindows }: SchedulingConfig,
  now: number,
): { startTime: string }[] => {
  const windows = windowsOf(maintenanceWindows);
  const end = timeOf(endTime) ?? Infinity;
  const rollouts: { startTime: string }[] = [];
  let after = Math.max(now, (timeOf(startTime) ?? 0) - 1);
  while (rollouts.length < SHOWN_WINDOWS) {
    const start = nextStart(windows, after);
    if (start === undefined || start >= end) break;
    rollouts.push({ startTime: new Date(start).toISOString() });
    after = start;
  }
  return rollouts;
};

export interface Schedule {
  /** Sets the status of a new job, and the timers that change it. */
  begin(job: Job): void;
  /** Starts the timers of a job again after a restart, and does what was due meanwhile. */
  resume(job: Job): void;
  stop(job: Job): void;
}

/** What happens at the times of a schedule. */
export interface ScheduleEvents {
  /** The job is IN_PROGRESS: it may roll out. */
  readonly opened: (job: Job) => void;
  /** The job is SCHEDULED: it waits for its next window. */
  readonly closed: (job: Job) => void;
  /** The end time: nothing rolls out any more. */
  readonly ended: (job: Job) => void;
}

/**
 * A job with a start time or maintenance windows is SCHEDULED until it may roll out, and again after each window, until its
 * end time: https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html
 */
export const createSchedule = (clock: Clock, { opened, closed, ended }: ScheduleEvents): Schedule => {
  const at = (job: Job, time: number, work: () => void): void => {
    const timer: Timer = clock.setTimeout(() => {
      job.scheduleTimers.delete(timer);
      work();
    }, time - clock.now());
    job.scheduleTimers.add(timer);
  };
  const open = (job: Job) => {
    job.status = 'IN_PROGRESS';
    job.lastUpdatedAt = clock.now();
    opened(job);
  };
  const close = (job: Job) => {
    if (job.status !== 'IN_PROGRESS') return;
    job.status = 'SCHEDULED';
    job.lastUpdatedAt = clock.now();
    closed(job);
  };
  const awaitWindow = (job: Job, windows: readonly Window[], after: number): void => {
    const start = nextStart(windows, after);
    if (start === undefined) return;
    at(job, start, () => {
      open(job);
      awaitEnd(job, windows);
    });
  };
  const awaitEnd = (job: Job, windows: readonly Window[]): void => {
    const end = endOfOpenWindow(windows, clock.now());
    if (end !== undefined) return at(job, end, () => awaitEnd(job, windows));
    close(job);
    awaitWindow(job, windows, clock.now());
  };
  const scheduleOf = ({ configs }: Job) => {
    const { startTime, endTime, maintenanceWindows } = configs.schedulingConfig ?? {};
    return { start: timeOf(startTime), end: timeOf(endTime), windows: windowsOf(maintenanceWindows) };
  };
  return {
    resume: (job) => {
      const { start, end, windows } = scheduleOf(job);
      if (job.ended) return;
      if (end !== undefined) at(job, end, () => ended(job));
      if (windows.length === 0) {
        if (job.status === 'SCHEDULED' && start !== undefined) return at(job, start, () => open(job));
        return opened(job);
      }
      const now = clock.now();
      if (start !== undefined && start > now) return awaitWindow(job, windows, start - 1);
      if (job.status === 'SCHEDULED' && endOfOpenWindow(windows, now) !== undefined) open(job);
      else if (job.status === 'IN_PROGRESS') opened(job);
      if (job.status === 'SCHEDULED') awaitWindow(job, windows, now);
      else awaitEnd(job, windows);
    },
    begin: (job) => {
      const { start, end, windows } = scheduleOf(job);
      if (end !== undefined) at(job, end, () => ended(job));
      if (start === undefined && windows.length === 0) return opened(job);
      job.status = 'SCHEDULED';
      // A window that opens at the start time counts.
      if (windows.length > 0) awaitWindow(job, windows, (start ?? clock.now() + 1) - 1);
      else if (start !== undefined) at(job, start, () => open(job));
    },
    stop: (job) => {
      for (const timer of job.scheduleTimers) timer.cancel();
      job.scheduleTimers.clear();
    },
  };
};
