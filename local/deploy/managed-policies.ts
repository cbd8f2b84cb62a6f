import type { PolicyDocument } from '../services/iam/authorizer';

/** What the AWS managed policies allow that SAM attaches to the roles of functions. */
const DOCUMENTS: Readonly<Record<string, PolicyDocument>> = {
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
  AWSLambdaBasicExecutionRole: {
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXrayWriteOnlyAccess.html
  AWSXrayWriteOnlyAccess: {
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        Resource: '*',
      },
    ],
  },
};

/** @returns undefined for a policy that local mode does not know */
export const managedPolicy = (policyArn: string): PolicyDocument | undefined =>
  DOCUMENTS[policyArn.slice(policyArn.lastIndexOf('/') + 1)];
