import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';

export interface DeployedStack {
  readonly aws: EmbeddedAws;
  readonly iot: IoTClient;
  readonly lambda: LambdaClient;
  /** What the functions and services reported as errors. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** The stack on an embedded AWS of its own, with clients of it. */
export const deployStack = async (parameters: Readonly<Record<string, string>> = {}): Promise<DeployedStack> => {
  const problems: string[] = [];
  const aws = await startEmbeddedAws({
    ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, parameters },
    report: ({ level, message }) => level === 'error' && problems.push(message),
  });
  const iot = new IoTClient(aws.clientConfig);
  const lambda = new LambdaClient(aws.clientConfig);
  return {
    ...{ aws, iot, lambda, problems },
    close: async () => {
      iot.destroy();
      lambda.destroy();
      await aws.close();
    },
  };
};
