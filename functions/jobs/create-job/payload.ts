import * as v from 'valibot';

const EXAMPLE = {
  firmwareVersion: '1.2.3',
  upgradeTrigger: 'manual',
  targetArn: 'arn:aws:iot:us-east-1:123456789012:thinggroup/firmware-1-2-1',
  targetSelection: 'SNAPSHOT',
};

const ARN = /^arn:[\w-]+:iot:[\w-]+:\d{12}:(thing|thinggroup)\/[A-Za-z0-9:_-]{1,128}$/;

/** The version goes into a URL path and a job document: no separators, no spaces. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

const payloadSchema = v.strictObject({
  firmwareVersion: v.pipe(
    v.string('must be text'),
    v.regex(VERSION, 'must be 1 to 64 letters, digits or . _ + - and begin with a letter or digit'),
  ),
  upgradeTrigger: v.optional(
    v.pipe(v.string('must be text'), v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')),
    'manual',
  ),
  targetArn: v.pipe(v.string('must be text'), v.regex(ARN, 'must be the ARN of a thing or a thing group')),
  targetSelection: v.optional(v.picklist(['SNAPSHOT', 'CONTINUOUS'], 'must be SNAPSHOT or CONTINUOUS'), 'SNAPSHOT'),
});

export type CreateJobPayload = v.InferOutput<typeof payloadSchema>;

/** The payload of JobsCreateJob is wrong: the message names field, input and a payload that works. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';
}

const describe = (issue: v.InferIssue<typeof payloadSchema>): string => {
  const field = v.getDotPath(issue);
  if (field === null) return `the payload must be an object, not ${issue.received}`;
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `${field} is not a field of it (it has ${Object.keys(EXAMPLE).join(', ')})`;
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
