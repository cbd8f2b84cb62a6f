import * as v from 'valibot';

const EXAMPLE = {
  firmwareVersion: '1.2.3',
  upgradeTrigger: 'manual',
  targetArn: 'arn:aws:iot:us-east-1:123456789012:thinggroup/firmware-1-2-1',
  targetSelection: 'SNAPSHOT',
};

const ARN = /^arn:[\w-]+:iot:[\w-]+:\d{12}:(thing|thinggroup)\/[A-Za-z0-9:_-]{1,128}$/;

/**
 * The version goes into a URL path and an attribute of the thing, which holds no `+`: no separators, no spaces.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html
 */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const isSecretName = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const DIGEST_LENGTHS = { 'SHA-1': 40, 'SHA-224': 56, 'SHA-256': 64, 'SHA-384': 96, 'SHA-512': 128 } as const;

const flag = v.boolean('must be true or false');
const time = v.pipe(
  v.string('must be text'),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:30'),
);

/** What to download, and from where, when it is not the deployment's default. */
const firmwareSchema = v.pipe(
  v.strictObject({
    url: v.optional(v.pipe(v.string('must be text'), v.regex(/^https?:\/\/\S{1,1900}$/, 'must be an http(s) URL'))),
    fileSize: v.optional(
      v.pipe(v.number('must be a number of bytes'), v.integer('must be whole'), v.minValue(1, 'must be at least 1')),
    ),
    checkSumAlgorithm: v.optional(
      v.picklist(
        ['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'],
        'must be SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512',
      ),
    ),
    checkSum: v.optional(v.pipe(v.string('must be text'), v.regex(/^[0-9A-Fa-f]+$/, 'must be hexadecimal'))),
    credentialsSecret: v.optional(
      v.pipe(v.string('must be text'), v.regex(isSecretName, 'must be the name of a secret')),
    ),
  }),
  v.check(
    ({ checkSumAlgorithm, checkSum }) =>
      checkSumAlgorithm === undefined ? checkSum === undefined : checkSum?.length === DIGEST_LENGTHS[checkSumAlgorithm],
    'must have checkSumAlgorithm and checkSum together, of the right length',
  ),
);

/** One phase: the device boots when it has the firmware. Two phases: it boots in a window of its local time. */
const activationSchema = v.variant(
  'mode',
  [
    v.strictObject({ mode: v.literal('IMMEDIATELY') }),
    v.strictObject({
      mode: v.literal('WINDOW'),
      window: v.strictObject({
        start: time,
        end: time,
        timeZone: v.optional(
          v.pipe(v.string('must be text'), v.check(isTimeZone, 'must be a time zone such as Europe/Berlin')),
        ),
      }),
    }),
  ],
  'must have mode IMMEDIATELY, or mode WINDOW and a window',
);

const seconds = v.optional(
  v.pipe(
    v.number('must be a number of seconds'),
    v.integer('must be whole'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(1_209_600, 'must be at most 1209600, which is 14 days, the time limit of a workflow'),
  ),
);

/** Limits of this job's steps that differ from the deployment's. */
const timeLimitsSchema = v.strictObject({
  startDownloadSeconds: seconds,
  transferSeconds: seconds,
  operationSeconds: seconds,
  rebootSeconds: seconds,
  rebootGraceSeconds: seconds,
});

const payloadSchema = v.strictObject({
  firmwareVersion: v.pipe(
    v.string('must be text'),
    v.regex(
      VERSION,
      'must be 1 to 64 letters, digits or . _ - and begin with a letter or digit (the registry holds no +)',
    ),
  ),
  upgradeTrigger: v.optional(
    v.pipe(v.string('must be text'), v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')),
    'manual',
  ),
  targetArn: v.pipe(v.string('must be text'), v.regex(ARN, 'must be the ARN of a thing or a thing group')),
  targetSelection: v.optional(v.picklist(['SNAPSHOT', 'CONTINUOUS'], 'must be SNAPSHOT or CONTINUOUS'), 'SNAPSHOT'),
  firmware: v.optional(firmwareSchema),
  activation: v.optional(activationSchema),
  timeLimits: v.optional(timeLimitsSchema),
  allowDowngrade: v.optional(flag),
});

export type CreateJobPayload = v.InferOutput<typeof payloadSchema>;

/** The payload of JobsCreateJob is wrong: the message names field, input and a payload that works. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';
}

const entriesOf = (schema: { readonly entries: object }) => Object.keys(schema.entries);

/** The fields that stand beside a wrong one. */
const fieldsBeside = (issue: v.InferIssue<typeof payloadSchema>): readonly string[] => {
  const path = v.getDotPath(issue) ?? '';
  if (path.startsWith('firmware.')) return entriesOf(firmwareSchema.pipe[0]);
  if (path.startsWith('timeLimits.')) return entriesOf(timeLimitsSchema);
  if (path.startsWith('activation.window.')) return ['start', 'end', 'timeZone'];
  return path.startsWith('activation.') ? ['mode', 'window'] : entriesOf(payloadSchema);
};

const describe = (issue: v.InferIssue<typeof payloadSchema>): string => {
  const field = v.getDotPath(issue);
  if (field === null) return `the payload must be an object, not ${issue.received}`;
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `${field} is not a field of it (it has ${fieldsBeside(issue).join(', ')})`;
  if (issue.input === undefined) return `${field} is missing`;
  return `${field} ${issue.message}, not ${JSON.stringify(issue.input)}`;
};

/** @throws InvalidPayloadError */
export const parsePayload = (payload: unknown): CreateJobPayload => {
  const parsed = v.safeParse(payloadSchema, payload);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(describe).join('; ');
  throw new InvalidPayloadError(`No job was created: ${problems}. Example: ${JSON.stringify(EXAMPLE)}`);
};

/**
 * Refuses a single thing that no request of MQTT 3.1.1 would reach. For the things of a group device management decides: it
 * knows which agents speak MQTT 5.
 * @throws InvalidPayloadError
 */
export const checkThingName = ({ targetArn }: CreateJobPayload, longest: number): void => {
  const [, thingName = ''] = /:thing\/(.*)$/.exec(targetArn) ?? [];
  if (thingName.length > longest)
    throw new InvalidPayloadError(
      `No job was created: the thing name in targetArn has ${thingName.length} characters, at most ${longest} are possible: ` +
        `requests to agents of MQTT 3.1.1 have it twice in their topic, and a topic of AWS IoT has at most 256 bytes.`,
    );
};
