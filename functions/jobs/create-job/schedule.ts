import * as v from 'valibot';
import { isCron } from './cron';
import { fields, matching, oneOf, wholeNumber } from './fields';

const MINUTE_MS = 60_000;
const LEAST_AHEAD_MS = 30 * MINUTE_MS;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

const time = v.pipe(
  matching(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/,
    'must be a time with its zone, such as 2027-01-31T02:00Z',
  ),
  v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time that exists'),
);

/**
 * When the job begins and ends: https://docs.aws.amazon.com/iot/latest/apireference/API_SchedulingConfig.html, and the windows in
 * which it rolls out: https://docs.aws.amazon.com/iot/latest/apireference/API_MaintenanceWindow.html
 */
export const scheduleSchema = v.pipe(
  fields({
    startTime: v.optional(time),
    endTime: v.optional(time),
    endBehavior: v.optional(oneOf('STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL')),
    maintenanceWindows: v.optional(
      v.pipe(
        v.array(
          fields({
            startTime: v.pipe(
              matching(/^cron\(/, 'must be a cron expression (UTC) such as cron(0 2 ? * SUN *)'),
              v.check(isCron, 'must be a cron expression (UTC) such as cron(0 2 ? * SUN *)'),
            ),
            durationInMinutes: wholeNumber(1, 1_430),
          }),
          'must be a list',
        ),
        v.minLength(1, 'must have at least one window'),
      ),
    ),
  }),
  v.check((schedule) => Object.keys(schedule).length > 0, 'must have startTime, endTime or maintenanceWindows'),
  v.check(
    ({ endBehavior, endTime }) => endBehavior === undefined || endTime !== undefined,
    'must have endTime with endBehavior',
  ),
);

type Schedule = v.InferOutput<typeof scheduleSchema>;

/** What AWS IoT refuses about the times of a schedule. @param now milliseconds since the epoch */
export const scheduleProblems = ({ startTime, endTime }: Schedule, now: number): readonly string[] => {
  const problems: string[] = [];
  const start = startTime === undefined ? undefined : Date.parse(startTime);
  const end = endTime === undefined ? undefined : Date.parse(endTime);
  const at = `now it is ${new Date(now).toISOString()}`;
  if (start !== undefined && (start < now + LEAST_AHEAD_MS || start > now + YEAR_MS))
    problems.push(`schedule.startTime must be at least 30 minutes and at most a year ahead, not ${startTime} (${at})`);
  if (end !== undefined && (end < now + LEAST_AHEAD_MS || end > now + 2 * YEAR_MS))
    problems.push(`schedule.endTime must be at least 30 minutes and at most two years ahead, not ${endTime} (${at})`);
  if (start !== undefined && end !== undefined && end < start + LEAST_AHEAD_MS)
    problems.push(`schedule.endTime must be at least 30 minutes after startTime ${startTime}, not ${endTime}`);
  return problems;
};

/** In the spelling of https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-types.html#parameter-type-timestamp */
export const schedulingConfigOf = ({ startTime, endTime, ...rest }: Schedule) => ({
  ...rest,
  ...(startTime !== undefined && { startTime: new Date(startTime).toISOString() }),
  ...(endTime !== undefined && { endTime: new Date(endTime).toISOString() }),
});
