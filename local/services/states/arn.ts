import { AwsError } from '../../core/aws-error';

/** What follows the resource type in an ARN: a name, or those of a machine and an execution. */
const NAMES = { stateMachine: /^[^:]+(:[^:]+)?$/, execution: /^[^:]+:[^:]+$/ } as const;

const invalid = (problem: string) => new AwsError('InvalidArn', `Invalid Arn: '${problem}'`);

/**
 * An ARN of a state machine or an execution, whether or not there is such a one.
 * @throws AwsError InvalidArn: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const checkedArn = (arn: string | undefined, type: keyof typeof NAMES): string => {
  if (!arn?.startsWith('arn:')) throw invalid(`Invalid ARN prefix: ${arn}`);
  const [, resourceType, names] = /^arn:aws[\w-]*:states:[^:]+:[^:]+:(\w+):(.+)$/.exec(arn) ?? [];
  if (resourceType === undefined || names === undefined) throw invalid(arn);
  if (resourceType !== type) throw invalid(`Resource type not valid in this context: ${resourceType}`);
  if (!NAMES[type].test(names)) throw invalid(arn);
  return arn;
};
