import { integer, minValue, number, object, parseJson, pipe, safeParse, string, transform, union } from 'valibot';
import { AwsError } from '../../core/aws-error';

/** CloudFormation sends the count as a number, some tools as text. */
const Count = pipe(union([number(), string()]), transform(Number), integer(), minValue(1));
const RedrivePolicy = pipe(string(), parseJson(), object({ deadLetterTargetArn: string(), maxReceiveCount: Count }));

/** The queue's redrive policy, if it has one. @throws AwsError InvalidAttributeValue */
export const redrivePolicyOf = (attributes: Readonly<Record<string, string>>) => {
  const text = attributes['RedrivePolicy'];
  if (!text) return undefined;
  const policy = safeParse(RedrivePolicy, text);
  if (policy.success) return policy.output;
  throw new AwsError(
    'InvalidAttributeValue',
    `RedrivePolicy must be like {"deadLetterTargetArn":"arn:aws:sqs:…","maxReceiveCount":3}, not ${text}.`,
  );
};
