import { AwsError } from '../../core/aws-error';

/** Least and greatest values: Amazon SQS API reference. */
const REQUEST_RANGES = {
  MaxNumberOfMessages: [1, 10],
  WaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
} as const;

/** Bytes of body and attributes: 1 MiB since August 2025, 256 KiB before. */
const MAX_BYTES = 1_048_576;

const ATTRIBUTE_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: REQUEST_RANGES.VisibilityTimeout,
  DelaySeconds: REQUEST_RANGES.DelaySeconds,
  ReceiveMessageWaitTimeSeconds: REQUEST_RANGES.WaitTimeSeconds,
  MessageRetentionPeriod: [60, 1_209_600],
  MaximumMessageSize: [1_024, MAX_BYTES],
};

const isWithin = (value: number, [least, most]: readonly [number, number]) =>
  Number.isInteger(value) && value >= least && value <= most;

/** @throws AwsError InvalidParameterValue naming the parameter and its range */
export const checkRanges = (
  input: Readonly<Partial<Record<keyof typeof REQUEST_RANGES, number | undefined>>>,
): void => {
  for (const name of ['MaxNumberOfMessages', 'WaitTimeSeconds', 'VisibilityTimeout', 'DelaySeconds'] as const) {
    const range = REQUEST_RANGES[name];
    const value = input[name];
    if (value !== undefined && !isWithin(value, range))
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${range[0]} and ${range[1]}, if provided.`,
      );
  }
};

/** @throws AwsError InvalidAttributeValue naming the queue's attribute and its range */
export const checkQueueAttributes = (attributes: Readonly<Record<string, string>>): void => {
  for (const [name, range] of Object.entries(ATTRIBUTE_RANGES)) {
    const value = attributes[name];
    if (value !== undefined && !isWithin(Number(value), range))
      throw new AwsError(
        'InvalidAttributeValue',
        `${name}: "${value}" is not an integer from ${range[0]} to ${range[1]}.`,
      );
  }
};

/** @throws AwsError MissingParameter, InvalidParameterValue */
export const bodyOf = (body: string | undefined): string => {
  if (!body) throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > MAX_BYTES)
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BYTES} bytes.`,
    );
  return body;
};
