import * as v from 'valibot';
import { distinct, fields, matching, oneOf, text, wholeNumber } from './fields';
import { firmwareSchema } from './firmware';
import { InvalidPayloadError, invalidPayload } from './invalid-payload';
import { abortSchema, retrySchema, rolloutSchema, timeoutSchema } from './rollout';
import { scheduleSchema } from './schedule';

const targetArn = matching(
  /^arn:[\w-]+:iot:[\w-]+:\d{12}:(thing|thinggroup)\/[A-Za-z0-9:_-]{1,128}$/,
  'must be the ARN of a thing or a thing group',
);

/**
 * The version goes into a URL path and an attribute of the thing, which holds no `+`: no separators, no spaces.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html
 */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html: targets of a job */
const MAX_TARGETS = 100;

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const flag = v.boolean('must be true or false');
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:30');

/** One phase: the device boots when it has the firmware. Two phases: it boots in a window of its local time. */
const activationSchema = v.variant(
  'mode',
  [
    fields({ mode: v.literal('IMMEDIATELY') }),
    fields({
      mode: v.literal('WINDOW'),
      window: fields({
        start: time,
        end: time,
        timeZone: v.optional(v.pipe(text, v.check(isTimeZone, 'must be a time zone such as Europe/Berlin'))),
      }),
    }),
  ],
  'must have mode IMMEDIATELY, or mode WINDOW and a window',
);

const seconds = v.optional(
  v.pipe(
    wholeNumber(1),
    v.maxValue(1_209_600, 'must be at most 1209600, which is 14 days, the time limit of a workflow'),
  ),
);

/** Limits of this job's steps that differ from the deployment's. */
const timeLimitsSchema = fields({
  connectSeconds: seconds,
  startDownloadSeconds: seconds,
  transferSeconds: seconds,
  operationSeconds: seconds,
  rebootSeconds: seconds,
  rebootGraceSeconds: seconds,
});

const payloadSchema = v.pipe(
  fields({
    firmwareVersion: matching(
      VERSION,
      'must be 1 to 64 letters, digits or . _ - and begin with a letter or digit (the registry holds no +)',
    ),
    upgradeTrigger: v.optional(matching(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'), 'manual'),
    targetArn: v.optional(targetArn),
    targetArns: v.optional(
      v.pipe(
        v.array(targetArn, 'must be a list'),
        v.minLength(1, 'must have at least one target'),
        v.maxLength(MAX_TARGETS, `must have at most ${MAX_TARGETS} targets`),
        v.check((arns) => distinct(arns), 'must name each target once'),
      ),
    ),
    targetSelection: v.optional(oneOf('SNAPSHOT', 'CONTINUOUS'), 'SNAPSHOT'),
    firmware: v.optional(firmwareSchema),
    activation: v.optional(activationSchema),
    whenOffline: v.optional(oneOf('wait', 'fail')),
    timeLimits: v.optional(timeLimitsSchema),
    allowDowngrade: v.optional(flag),
    rollout: v.optional(rolloutSchema),
    abort: v.optional(abortSchema),
    retry: v.optional(retrySchema),
    timeout: v.optional(timeoutSchema),
    schedule: v.optional(scheduleSchema),
    dryRun: v.optional(flag, false),
  }),
  v.transform(({ targetArn: one, targetArns: several, ...rest }) => ({ ...rest, one, several })),
  v.check(
    ({ one, several }) => one !== undefined || several !== undefined,
    'targetArn is missing (or targetArns, a list)',
  ),
  v.check(
    ({ one, several }) => one === undefined || several === undefined,
    'targetArn and targetArns exclude each other',
  ),
  v.transform(({ one, several, ...rest }) => ({
    ...rest,
    targets: several ?? (one === undefined ? [] : [one]),
  })),
);

export type CreateJobPayload = v.InferOutput<typeof payloadSchema>;
export type TimeLimits = v.InferOutput<typeof timeLimitsSchema>;

const describe = (issue: v.InferIssue<typeof payloadSchema>): string => {
  const field = v.getDotPath(issue);
  if (field === null)
    return issue.kind === 'validation' ? issue.message : `the payload must be an object, not ${issue.received}`;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${field} ${issue.message}`;
  if (issue.input === undefined) return `${field} is missing`;
  return `${field} ${issue.message}, not ${JSON.stringify(issue.input)}`;
};

/** @throws InvalidPayloadError */
export const parsePayload = (payload: unknown): CreateJobPayload => {
  const parsed = v.safeParse(payloadSchema, payload);
  if (parsed.success) return parsed.output;
  throw invalidPayload(parsed.issues.map(describe));
};

/**
 * Refuses a single thing that no request of MQTT 3.1.1 would reach. For the things of a group device management decides: it
 * knows which agents speak MQTT 5.
 * @throws InvalidPayloadError
 */
export const checkThingNames = ({ targets }: CreateJobPayload, longest: number): void => {
  for (const target of targets) {
    const [, thingName = ''] = /:thing\/(.*)$/.exec(target) ?? [];
    if (thingName.length > longest)
      throw new InvalidPayloadError(
        `No job was created: the thing name in ${targets.length === 1 ? 'targetArn' : target} has ${thingName.length} characters, at most ${longest} are possible: ` +
          `requests to agents of MQTT 3.1.1 have it twice in their topic, and a topic of AWS IoT has at most 256 bytes.`,
      );
  }
};
