import * as v from 'valibot';
import type { JobConfigs } from './job-configs';
import type { CreateJobPayload, TimeLimits } from './payload';
import { scheduleProblems } from './schedule';

const limit = v.pipe(v.number(), v.minValue(1));
const defaultTimeLimitsSchema = v.object({
  startDownloadSeconds: limit,
  transferSeconds: limit,
  operationSeconds: limit,
  rebootSeconds: limit,
});

/** The deployment's time limits, seconds. */
export type DefaultTimeLimits = Readonly<v.InferOutput<typeof defaultTimeLimitsSchema>>;

/** @param json an object @throws Error when it has not all limits */
export const defaultTimeLimitsIn = (json: string): DefaultTimeLimits =>
  v.parse(defaultTimeLimitsSchema, JSON.parse(json));

const DAY_MINUTES = 24 * 60;

/** Minutes that a device may be IN_PROGRESS by the limits of the workflow: it is from the start of its download. */
const longestUpgrade = (defaults: DefaultTimeLimits, given: TimeLimits = {}, waitsForWindow = false): number => {
  const limitOf = (name: keyof DefaultTimeLimits) => given[name] ?? defaults[name];
  // Transfer and operation are awaited side by side.
  const download = Math.max(limitOf('transferSeconds'), limitOf('operationSeconds'));
  const activation = waitsForWindow ? limitOf('startDownloadSeconds') : 0;
  return Math.ceil((download + activation + limitOf('rebootSeconds')) / 60) + (waitsForWindow ? DAY_MINUTES : 0);
};

const timeoutProblems = (
  { timeout, timeLimits, activation }: CreateJobPayload,
  { timeoutConfig }: JobConfigs,
  defaults: DefaultTimeLimits,
): readonly string[] => {
  const minutes = timeoutConfig?.inProgressTimeoutInMinutes;
  const waitsForWindow = activation?.mode === 'WINDOW';
  const needed = longestUpgrade(defaults, timeLimits, waitsForWindow);
  if (minutes === undefined || minutes >= needed) return [];
  return [
    `timeout.inProgressTimeoutInMinutes${timeout ? '' : ' of the job template'} must be at least ${needed}, not ${minutes}: ` +
      `the time limits of transfer, operation${waitsForWindow ? ', activation, a day until the window opens' : ''} and reboot add up to that (see timeLimits)`,
  ];
};

/** Failures that only a time-out of the job causes, which it does not have. */
const failureProblems = ({ abortConfig, jobExecutionsRetryConfig, timeoutConfig }: JobConfigs): readonly string[] => {
  if (timeoutConfig?.inProgressTimeoutInMinutes !== undefined) return [];
  return Object.entries({ abort: abortConfig, retry: jobExecutionsRetryConfig }).flatMap(([group, config]) =>
    config?.criteriaList?.some(({ failureType }) => failureType === 'TIMED_OUT')
      ? [`${group}.criteriaList names TIMED_OUT, which no device becomes without timeout.inProgressTimeoutInMinutes`]
      : [],
  );
};

/**
 * Why fields of a job do not go together.
 * @param configs those of the job, whether they come from its payload or its template
 * @param now milliseconds since the epoch
 */
export const contradictions = (
  payload: CreateJobPayload,
  configs: JobConfigs,
  defaults: DefaultTimeLimits,
  now: number,
): readonly string[] => [
  // "Only continuous jobs": https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
  ...(configs.schedulingConfig?.maintenanceWindows && payload.targetSelection === 'SNAPSHOT'
    ? [
        `schedule.maintenanceWindows${payload.schedule?.maintenanceWindows ? '' : ' of the job template'} need targetSelection CONTINUOUS, not SNAPSHOT`,
      ]
    : []),
  ...timeoutProblems(payload, configs, defaults),
  ...failureProblems(configs),
  ...(payload.schedule ? scheduleProblems(payload.schedule, now) : []),
];
