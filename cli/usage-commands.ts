import type { EmbeddedAws } from '../local/embedded-aws';

/** Example commands for a running embedded AWS. */
export const usageCommands = (aws: EmbeddedAws, jobId?: string): readonly string[] => {
  const job = jobId ?? '<job id>';
  return [
    '',
    'Use it with wme, the AWS CLI or any SDK:',
    `  export AWS_ENDPOINT_URL=${aws.endpointUrl} AWS_REGION=${aws.region} AWS_DEFAULT_REGION=${aws.region}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...(jobId === undefined
      ? [
          '  npm run simulator -- --devices 5',
          '  aws iot create-dynamic-thing-group --thing-group-name old --query-string "attributes.firmwareVersion:1.2.1"',
          '  npm run wme -- rollout create --firmware-version 1.2.3 --group old',
        ]
      : []),
    '  npm run wme -- rollout list',
    `  npm run wme -- rollout watch ${job}`,
    `  npm run wme -- explain --job ${job}`,
    `  aws iot list-job-executions-for-job --job-id ${job}`,
    `  aws stepfunctions list-executions --state-machine-arn ${aws.output('StateMachineArn')} --max-results 5`,
    '  aws stepfunctions get-execution-history --execution-arn <execution ARN>',
    'Press Ctrl-C to stop it.',
  ];
};
