import { number, object, pipe, safeParse, string, transform } from 'valibot';
import { AwsError } from '../../core/aws-error';

const RedrivePolicy = object({
  deadLetterTargetArn: string(),
  // CloudFormation writes a number, some tools a string.
  maxReceiveCount: pipe(string(), transform(Number), number()),
});

interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

const parse = (text: string): RedrivePolicy | undefined => {
  try {
    const json: unknown = JSON.parse(text);
    const counted =
      typeof json === 'object' && json !== null && 'maxReceiveCount' in json
        ? { ...json, maxReceiveCount: String(json.maxReceiveCount) }
        : json;
    const parsed = safeParse(RedrivePolicy, counted);
    return parsed.success && parsed.output.maxReceiveCount >= 1 ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};

/** The queue's redrive policy, if it has one. @throws AwsError InvalidAttributeValue */
export const redrivePolicyOf = (attributes: Readonly<Record<string, string>>): RedrivePolicy | undefined => {
  const text = attributes['RedrivePolicy'];
  if (!text) return undefined;
  const policy = parse(text);
  if (!policy)
    throw new AwsError(
      'InvalidAttributeValue',
      `RedrivePolicy must be like {"deadLetterTargetArn":"arn:aws:sqs:…","maxReceiveCount":3}, not ${text}.`,
    );
  return policy;
};
