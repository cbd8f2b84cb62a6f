import type { MaintenanceWindow, SchedulingConfig, TargetSelection } from '@aws-sdk/client-iot';
import { invalidRequest } from '../errors';
import { required } from '../validation';
import { parseCron } from './cron';
import { between } from './job-limits';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

const timeOf = (parameter: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw invalidRequest(`${parameter} "${text}" is not a time such as 2027-01-31T02:00:00.000Z.`);
  return time;
};

const ahead = (parameter: string, time: number | undefined, now: number, years: number) => {
  if (time !== undefined && (time < now + 30 * MINUTE_MS || time > now + years * YEAR_MS))
    throw invalidRequest(
      `${parameter} ${new Date(time).toISOString()} is not valid: it must be between 30 minutes and ${years} year(s) ahead.`,
    );
};

/** @throws AwsError InvalidRequestException, see https://docs.aws.amazon.com/iot/latest/apireference/API_MaintenanceWindow.html */
export const checkWindows = (windows: readonly MaintenanceWindow[] = []): void => {
  for (const { startTime, durationInMinutes } of windows) {
    parseCron(required(startTime, 'maintenanceWindows startTime'));
    between('maintenanceWindows durationInMinutes', required(durationInMinutes, 'durationInMinutes'), 1, 1_430);
  }
};

/** @throws AwsError InvalidRequestException, see https://docs.aws.amazon.com/iot/latest/apireference/API_SchedulingConfig.html */
export const checkSchedule = (
  { startTime, endTime, endBehavior, maintenanceWindows }: SchedulingConfig,
  targetSelection: TargetSelection,
  now: number,
): void => {
  const start = timeOf('schedulingConfig.startTime', startTime);
  const end = timeOf('schedulingConfig.endTime', endTime);
  ahead('schedulingConfig.startTime', start, now, 1);
  ahead('schedulingConfig.endTime', end, now, 2);
  if (start !== undefined && end !== undefined && end < start + 30 * MINUTE_MS)
    throw invalidRequest('schedulingConfig.endTime must be at least 30 minutes after startTime.');
  if (endBehavior !== undefined && !['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'].includes(endBehavior))
    throw invalidRequest(
      `schedulingConfig.endBehavior "${endBehavior}" is not valid: use STOP_ROLLOUT, CANCEL or FORCE_CANCEL.`,
    );
  checkWindows(maintenanceWindows);
  if ((maintenanceWindows ?? []).length > 0 && targetSelection !== 'CONTINUOUS')
    throw invalidRequest('schedulingConfig.maintenanceWindows are for jobs with targetSelection CONTINUOUS only.');
};
